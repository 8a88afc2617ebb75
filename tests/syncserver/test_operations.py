"""What the office tells those who run it: alerts, health, metrics, the log."""

import asyncio
import io
import json
import logging
from datetime import timedelta

import pytest

from common.entries import AlertsSet
from common.users import UserRole
from syncserver.api.logs import JsonLines
from syncserver.audit.rebuild import rebuild
from syncserver.office import grants
from syncserver.office.alerts import Alert, alerts, alerts_set, set_alerts
from syncserver.office.contacts import Contacts, contacts_of
from syncserver.office.errors import OfficeError
from syncserver.office.health import disk_problems, look
from syncserver.office.leases import LeaseTerms, set_terms
from syncserver.office.office import Office
from syncserver.office.users import add_user, change_user, retire_user, users
from tests.browser.scene import conflicts
from tests.syncserver.voice import START, Clock, Line

PASSWORD = "correct horse battery"


def told(office: Office, **limits: int) -> list[Alert]:
    wanted = {"silent_hours": 24, "lease_hours": 24, "case_days": 7} | limits
    with office.change() as intake:
        set_alerts(intake, AlertsSet(**wanted))
    with office.store.read() as reading:
        return alerts(reading, contacts_of(reading), office.clock())


async def test_a_till_that_is_silent_or_may_soon_not_sell_is_told_of(line: Line, clock: Clock) -> None:
    voice = await line.till(clock)
    with line.office.change() as intake:
        set_terms(intake, voice.till, LeaseTerms(seconds=3 * 24 * 3600), clock())
    with line.office.store.write() as writing:
        contacts = Contacts(writing)
        contacts.heard(voice.till, clock(), version="0.1.0")
        contacts.keep(writing)
    assert told(line.office) == []
    clock.now += timedelta(hours=60)
    assert [(alert.word, alert.span // timedelta(hours=1)) for alert in told(line.office)] == [
        ("lease_low", 11),
        ("till_silent", 60),
    ]
    clock.now += timedelta(hours=20)
    assert [alert.word for alert in told(line.office, silent_hours=0)] == ["lease_over"]
    with line.office.change() as intake:
        grants.revoke(intake, voice.till, "sold")
    assert told(line.office) == []


def test_a_case_that_waits_is_told_of(office: Office, clock: Clock) -> None:
    key = conflicts(office)
    assert told(office) == []
    clock.now += timedelta(days=8)
    assert [(alert.word, alert.subject, alert.span.days) for alert in told(office)] == [("case_waits", key, 8)]
    assert told(office, case_days=0) == []
    assert any(f"Case {key} has waited" in problem for problem in look(office, {}, clock()).problems) is False
    told(office)
    assert any(f"Case {key} has waited" in problem for problem in look(office, {}, clock()).problems)


def test_what_people_set_is_in_the_journal(office: Office) -> None:
    with office.change() as intake:
        set_alerts(intake, AlertsSet(silent_hours=5, lease_hours=0, case_days=2))
        add_user(intake, "liu", name="刘洋", roles=[UserRole.ADMINISTRATOR], password=PASSWORD)
    assert rebuild(office.store, check=True, progress=lambda _: None) == []
    with office.store.read() as reading:
        assert alerts_set(reading).silent_hours == 5
        assert users(reading)["liu"].name == "刘洋"
    with pytest.raises(OfficeError), office.change() as intake:
        set_alerts(intake, AlertsSet(silent_hours=100_000, lease_hours=0, case_days=0))


def test_somebody_can_always_administer(office: Office) -> None:
    with pytest.raises(OfficeError), office.change() as intake:
        add_user(intake, "liu", name="Liu", roles=[UserRole.AUDITOR], password=PASSWORD)
    with office.change() as intake:
        add_user(intake, "liu", name="Liu", roles=[UserRole.ADMINISTRATOR], password=PASSWORD)
        add_user(intake, "chen", name="Chen", roles=[UserRole.SUPERVISOR], password=PASSWORD)
    for change in (
        lambda intake: retire_user(intake, "liu"),
        lambda intake: change_user(intake, "liu", name=None, roles=[UserRole.SUPERVISOR]),
    ):
        with pytest.raises(OfficeError), office.change() as intake:
            change(intake)
    with office.change() as intake:
        change_user(intake, "chen", name=None, roles=[UserRole.ADMINISTRATOR])
        retire_user(intake, "liu")


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "my name is liu ok", "x" * 300])
def test_a_password_that_is_tried_first_is_refused(office: Office, password: str) -> None:
    with pytest.raises(OfficeError) as refused, office.change() as intake:
        add_user(intake, "liu", name="Liu", roles=[UserRole.ADMINISTRATOR], password=password)
    assert password not in refused.value.what + refused.value.advice


async def test_contacts_are_heard_and_kept(line: Line, clock: Clock) -> None:
    voice = await line.till(clock)
    headers = voice.bearer | {"Kilotill-Version": "9.9"}
    async with line.session.get(f"{line.url}/v1/feed?after=3", headers=headers) as answer:
        assert answer.status == 200
    async with line.session.get(f"{line.url}/metrics") as answer:
        text = await answer.text()
    assert f'kilotill_till_silent_seconds{{till="{voice.till}"}} 0.0' in text
    assert 'kilotill_requests_total{method="GET",route="/v1/feed",status="200"} 1.0' in text
    assert 'kilotill_tills{state="active"} 1.0' in text
    assert "kilotill_entries " in text


async def test_health_says_what_people_asked_to_be_told(line: Line, clock: Clock) -> None:
    voice = await line.till(clock)
    clock.now = START + timedelta(days=30)
    async with line.session.get(f"{line.url}/v1/health") as answer:
        found = await answer.json()
    assert found["ok"]
    assert f"{voice.till} may not sell until it is in touch: its lease is over." in found["problems"]


def test_a_disk_that_is_low_is_said(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert disk_problems(office.folder.path) == []
    usage = type("Usage", (), {"total": 100 * 1024**3, "used": 0, "free": 300 * 1024**2})()
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    (said,) = disk_problems(office.folder.path)
    assert "300 MB are free" in said.text


async def test_no_secret_is_in_the_log(line: Line, clock: Clock) -> None:
    """Passwords, PINs, codes, tokens and cookies pass through; the log says what was done and by which route."""
    with line.office.change() as intake:
        add_user(intake, "liu", name="Liu", roles=[UserRole.ADMINISTRATOR], password=PASSWORD)
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        voice = await line.till(clock)
        token = voice.token()
        secrets = [PASSWORD, "wrong password 77", token, "380512"]
        async with line.session.get(line.url + "/office/sign-in") as answer:
            visit = answer.cookies["__Host-kilotill-visit"].value
        cookies = {"Cookie": f"__Host-kilotill-visit={visit}"}
        for password in ("wrong password 77", PASSWORD):
            form = {"user": "liu", "password": password, "form": visit}
            async with line.session.post(
                line.url + "/office/sign-in", data=form, headers=cookies, allow_redirects=False
            ) as answer:
                status, given = answer.status, answer.cookies
        assert status == 303
        session = given["__Host-kilotill"].value
        assert (given["__Host-kilotill"]["httponly"], given["__Host-kilotill"]["secure"]) == (True, True)
        assert given["__Host-kilotill"]["samesite"] == "Strict"
        secrets += [visit, session]
        headers = {"Cookie": f"__Host-kilotill={session}"}
        async with line.session.get(line.url + "/office/clerks", headers=headers) as answer:
            page = await answer.text()
        form_token = page.split('name="form" value="')[1].split('"')[0]
        secrets.append(form_token)
        form = {"clerk": "wang", "name": "Wang", "branch": "hill", "role": "clerk", "pin": "380512", "form": form_token}
        async with line.session.post(line.url + "/office/clerks", data=form, headers=headers) as answer:
            assert answer.status == 200
        form = {"branch": "hill", "name": "window", "form": form_token}
        async with line.session.post(line.url + "/office/tills", data=form, headers=headers) as answer:
            page = await answer.text()
        secrets.append(page.split('class="secret">')[1].split("<")[0])
        await asyncio.sleep(0)
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
    lines = [json.loads(found) for found in stream.getvalue().splitlines()]
    assert {"signed in", "refused to sign in", "answered"} <= {found["what"] for found in lines}
    assert any(found.get("user") == "liu" for found in lines)
    assert any(found.get("route") == "/office/sign-in" for found in lines)
    for secret in secrets:
        assert secret not in stream.getvalue()
