"""Addresses that somebody typed, or made up: no page breaks at one."""

import pytest

from common.users import UserRole
from syncserver.office.users import add_user
from tests.browser.scene import a_week
from tests.syncserver.voice import Clock, Line

ODD = (
    "journal/till-0011/99999999999999999999/1",
    "journal/till-0011/1/99999999999999999999",
    "journal/till-0011/1?from=99999999999999999999",
    "journal/till-0011/1?from=-1",
    "journal/till-0011/1?from=0",
    "journal/nobody/1",
    "accounts/%00",
    "accounts/0001100000?from=3",
    "accounts/0001100000?from=999999",
    "accounts?q=%00&after=%F0%9F%98%80&term=%25",
    "accounts?order=name&after=x&term=%F4%8F%BF%BF",
    "cases?state=in_force",
    "cases?state=nothing",
    "cases/%2e%2e/x",
    "reports?month=9999-12",
    "reports?month=0001-01",
    "reports?month=2026-13",
    "reports?report=receipts&month=0001-01",
    "reports?report=receipts&month=9999-12",
    "reports?report=statement&account=nobody",
    "reports?clerk=nobody",
    "reports?as=exe",
    "receipts?paper=%00",
    "receipts?paper=KT1:x:1:1:z",
    "tariffs/version/none",
    "tills/office",
    "clerks/none",
    "users/none",
    "today?language=klingon",
)


async def signed_in(line: Line) -> dict[str, str]:
    with line.office.change() as intake:
        add_user(intake, "liu", name="Liu", roles=[UserRole.ADMINISTRATOR], password="correct horse battery")
    return await sign_in(line)


async def sign_in(line: Line) -> dict[str, str]:
    async with line.session.get(line.url + "/office/sign-in") as answer:
        visit = answer.cookies["__Host-kilotill-visit"].value
    form = {"user": "liu", "password": "correct horse battery", "form": visit}
    cookies = {"Cookie": f"__Host-kilotill-visit={visit}"}
    async with line.session.post(
        line.url + "/office/sign-in", data=form, headers=cookies, allow_redirects=False
    ) as answer:
        return {"Cookie": f"__Host-kilotill={answer.cookies['__Host-kilotill'].value}"}


async def test_the_bare_address_leads_to_the_pages(line: Line) -> None:
    async with line.session.get(line.url + "/") as answer:
        assert answer.url.path == "/office/sign-in"
        assert answer.status == 200


async def test_odd_addresses_are_answered(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    a_week(line.office)
    headers = await signed_in(line)
    broken = {}
    for path in ODD:
        async with line.session.get(f"{line.url}/office/{path}", headers=headers) as answer:
            if answer.status >= 500:
                broken[path] = answer.status
    assert broken == {}, caplog.text


@pytest.mark.parametrize("path", ["/v1/account?number=%00", "/v1/snapshot?after=a%00", "/v1/version?run=%00&after=0"])
async def test_odd_questions_of_a_till_are_answered(line: Line, clock: Clock, path: str) -> None:
    voice = await line.till(clock)
    async with line.session.get(line.url + path, headers=voice.bearer) as answer:
        assert answer.status < 500


async def test_odd_words_in_a_form_are_answered(line: Line) -> None:
    headers = await signed_in(line)
    async with line.session.post(f"{line.url}/office/users", data={"user": "a\0"}, headers=headers) as answer:
        assert answer.status == 400
