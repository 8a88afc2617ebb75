"""What the office's people do on the pages, and that it is the office's own work: entries, and what tills hear."""

import csv
import io
import sqlite3
from pathlib import Path

import jwt
from playwright.sync_api import Page

from common.entries import CaseDecided, TariffPublished, UserActed
from common.wire import read_feed_line
from syncserver.office import cases
from syncserver.office.clerks import clerks
from syncserver.office.finding import follow
from syncserver.office.leases import terms_of
from syncserver.office.office import Office
from syncserver.store import DecisionState
from tests.benchmarks.fleet import AMOUNT, Seller
from tests.browser.conftest import Open, sign_in
from tests.browser.desk import Desk
from tests.browser.scene import a_week, conflicts
from tests.till.sync.sticks import Far, Post


def said(office: Office) -> list[object]:
    """The bodies of the office's own entries, in order."""
    with office.store.read() as reading:
        return [stored.signed.entry.body for stored in reading.entries("office", 1)]


def test_a_case_is_decided_with_a_reason_and_says_who(page: Page, desk: Desk) -> None:
    key = conflicts(desk.office)
    page.goto("/office/cases")
    page.click("tbody a >> nth=0")
    assert "given twice" in page.inner_text("h1")
    page.check(".choice:has-text('Forgive it') input")
    page.click("button:has-text('Decide')")
    assert "/office/cases/" in page.url  # the browser asks for the reason
    page.fill("#reason", "the till was offline")
    page.click("button:has-text('Decide')")
    page.wait_for_url("**/office/cases")
    assert "No case stands so." in page.inner_text("main")
    words = said(desk.office)
    place = next(place for place, body in enumerate(words) if isinstance(body, CaseDecided))
    acted, decided = words[place - 1 : place + 1]  # what the rules say to it comes after
    assert isinstance(acted, UserActed)
    assert isinstance(decided, CaseDecided)
    assert (acted.user, acted.subject, decided.case, decided.by) == ("admin", key, key, "admin")
    with desk.office.store.read() as reading:
        assert cases.case(reading, key).state is DecisionState.DECIDED


def test_an_auditor_looks_and_changes_nothing(open_page: Open, desk: Desk) -> None:
    conflicts(desk.office)
    page = sign_in(open_page(), "audit")
    assert page.locator("nav.main >> text=Users").count() == 0
    page.goto("/office/cases")
    page.click("tbody a >> nth=0")
    assert page.locator("form:has(#reason)").count() == 0
    before = len(said(desk.office))
    token = page.get_attribute("input[name=form]", "value")
    answer = page.request.post(page.url, form={"form": token or "", "option": "forgive", "reason": "x"})
    assert answer.status == 403
    assert page.goto("/office/users").status == 403  # type: ignore[union-attr]
    assert len(said(desk.office)) == before


def test_a_form_that_is_not_ours_does_nothing(page: Page, desk: Desk) -> None:
    before = len(said(desk.office))
    for form, headers in (
        ({"silent_hours": "1"}, {}),
        ({"silent_hours": "1", "form": "guessed"}, {}),
        (
            {"silent_hours": "1", "form": page.get_attribute("input[name=form]", "value") or ""},
            {"Sec-Fetch-Site": "cross-site"},
        ),
    ):
        answer = page.request.post(desk.url + "/office/alerts", form=form, headers=headers)
        assert answer.status == 403
        assert "out of date" in answer.text()
    assert len(said(desk.office)) == before


def test_a_tariff_is_drafted_compared_published_and_seen_by_a_till(page: Page, desk: Desk) -> None:
    fleet = a_week(desk.office)
    page.goto("/office/tariffs/draft")
    text = page.input_value("#text")
    page.fill("#text", text.replace("0.538", "0.6"))
    page.click("text=Keep and compare")
    assert "+0.062" in page.inner_text("table")
    page.fill("#day", "2026-11-01")
    page.click("text=Publish to all tills")
    assert "has begun" in page.inner_text("[role=alert]")
    page.fill("#day", "2027-01-01")
    page.click("text=Publish to all tills")
    page.wait_for_url("**/office/tariffs")
    assert "to come" in page.inner_text("table")
    with desk.office.store.read() as reading:
        (made,) = [tariff for tariff in reading.tariffs() if tariff.tariff == "zhejiang-2026-2"]
    assert made.classes["residential"][0].price == 600_000
    assert f"{made.since:%Y-%m-%dT%H:%M%z}" == "2027-01-01T00:00+0800"
    heard = page.request.get("/v1/feed?after=0", headers={"Authorization": f"Bearer {token_of(fleet[0], desk)}"})
    told = [read_feed_line(line).signed.entry.body for line in heard.body().split(b"\n")[:-1]]
    assert TariffPublished(tariff=made) in told


def token_of(seller: Seller, desk: Desk) -> str:
    """As a till signs it."""
    now = int(desk.clock.now.timestamp())
    claims = {"iss": seller.till, "aud": "kilotill", "iat": now, "exp": now + 60}
    return jwt.encode(claims, seller.key, algorithm="EdDSA", headers={"kid": seller.till})


def test_a_report_is_downloaded_and_says_what_the_entries_say(page: Page, desk: Desk, tmp_path: Path) -> None:
    fleet = a_week(desk.office)
    page.goto("/office/reports?by=till")
    with page.expect_download() as given:
        page.click("button:has-text('CSV')")
    given.value.save_as(tmp_path / "month.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "month.csv").read_text("utf-8-sig"))))
    (total,) = [row for row in rows if row and row[0].startswith("Total")]
    money = sum(seller.jobs for seller in fleet) * AMOUNT
    assert f"{money / 100:.2f}" in total
    assert f"{money / 100:,.2f}" in page.inner_text("tfoot")
    with page.expect_download() as given:
        page.click("button:has-text('PDF')")
    given.value.save_as(tmp_path / "month.pdf")
    assert (tmp_path / "month.pdf").read_bytes().startswith(b"%PDF-")


def test_an_account_is_found_and_its_life_is_proved(page: Page, desk: Desk) -> None:
    a_week(desk.office)
    follow(desk.office.store)  # the server does so once a second
    page.goto("/office/accounts")
    for words in ("李四", "ls", "M0001100000", "0001100000"):
        page.fill("#q", words)
        page.press("#q", "Enter")
        page.wait_for_load_state()
        assert page.locator("tbody th >> text=0001100000").count() == 1, words
    page.click("tbody th >> text=0001100000")
    assert page.locator(".timeline li").count() == page.locator(".timeline .tag.good").count() > 5
    page.click(".timeline li >> nth=0 >> a")
    assert "It holds" in page.inner_text("[role=status]")
    with desk.office.store.read() as reading:
        last = next(reading.back_from(reading.accounts(["0001100000"])["0001100000"].last))
    assert last.line.decode().strip() == page.inner_text("pre.raw")


def test_a_journal_that_was_tampered_with_is_found_out(page: Page, desk: Desk) -> None:
    a_week(desk.office, tills=1)
    page.goto("/office/journal/till-0011/1")
    page.click("text=Verify the journal")
    assert "hold: every hash" in page.inner_text("[role=status]")
    tamper(desk.office, "till-0011", 20)
    page.goto("/office/journal/till-0011/1")
    page.click("text=Verify the journal")
    assert "does not hold" in page.inner_text("[role=alert]")
    page.click("[role=alert] a")
    assert page.url.endswith("/journal/till-0011/1/20")
    assert "IT DOES NOT HOLD" in page.inner_text("[role=status]")


def tamper(office: Office, writer: str, seq: int) -> None:
    """Somebody at the database itself alters what a till wrote."""
    base = sqlite3.connect(office.folder.database)
    with base:
        where = "WHERE writer = ? AND seq = ?"
        (raw,) = base.execute(f"SELECT raw FROM journal {where}", (writer, seq)).fetchone()
        base.execute(f"UPDATE journal SET raw = ? {where}", (bytes(raw).replace(b"wang", b"gnaw"), writer, seq))
    base.close()


def test_clerks_tills_and_cards_are_looked_after(page: Page, desk: Desk) -> None:
    a_week(desk.office)
    page.goto("/office/clerks")
    page.fill("#clerk", "chen")
    page.fill("#name", "陈 <b>静</b>")
    page.fill("#branch", "hill")
    page.fill("#pin", "123456")
    page.click("button:has-text('Add')")
    assert "tried first" in page.inner_text("[role=alert]")
    page.fill("#pin", "380512")
    page.click("button:has-text('Add')")
    page.wait_for_url("**/office/clerks")
    assert "陈 <b>静</b>" in page.inner_text("table")
    with desk.office.store.read() as reading:
        assert clerks(reading)["chen"].branch == "hill"
    page.goto("/office/tills/till-0011")
    page.fill("#days", "3")
    page.click("button:has-text('Grant')")
    assert "hears of its new lease" in page.inner_text("[role=status]")
    with desk.office.store.read() as reading:
        assert terms_of(reading, "till-0011").seconds == 3 * 86_400
    page.goto("/office/cards")
    page.fill("#branch", "hill")
    page.fill("#count", "5")
    page.click("button:has-text('Allot')")
    assert "5 cards are branch hill's" in page.inner_text("[role=status]")
    page.goto("/office/tills")
    page.fill("#branch", "hill")
    page.fill("#name", "window 2")
    page.click("text=Make a code")
    code = page.inner_text("output.secret")
    assert len(code.replace("-", "")) == 32
    page.reload()
    assert page.locator("output.secret").count() == 0


def test_a_stick_is_written_for_a_till_and_what_is_no_stick_is_refused(page: Page, desk: Desk, tmp_path: Path) -> None:
    a_week(desk.office)
    page.goto("/office/sticks")
    with page.expect_download() as given:
        page.click("text=Write its file")
    given.value.save_as(tmp_path / "till-0011-from-office.kilotill")
    assert given.value.suggested_filename == "till-0011-from-office.kilotill"
    assert (tmp_path / "till-0011-from-office.kilotill").stat().st_size > 1_000
    page.set_input_files("#file", tmp_path / "till-0011-from-office.kilotill")
    page.click("text=Take it in")
    assert page.locator("[role=alert]").count() == 1
    (tmp_path / "odd.kilotill").write_bytes(b"not one of ours")
    page.set_input_files("#file", tmp_path / "odd.kilotill")
    page.click("text=Take it in")
    assert "It is no bundle" in page.inner_text("[role=alert]")


class AtTheDesk(Post):
    """The desk's office, as a till that has no line knows it."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.clock = desk, desk.clock

    @property
    def office(self) -> Office:
        return self.desk.office


def test_a_branch_without_a_line_lives_on_sticks_that_the_pages_write_and_take(
    page: Page, desk: Desk, tmp_path: Path
) -> None:
    till = Far(tmp_path, AtTheDesk(desk), "far", synced=False)

    def written() -> Path:
        page.goto("/office/sticks")
        page.select_option("select[name=till]", till.till)
        with page.expect_download() as given:
            page.click("text=Write its file")
        given.value.save_as(tmp_path / given.value.suggested_filename)
        return tmp_path / given.value.suggested_filename

    till.take(written())  # who the utility is, and what to seal its own with
    till.open_account("A77")
    out = Path(till.export(tmp_path).path)
    everything = till.journal.head.seq
    for new in (everything, 0):  # brought a second time it does no harm
        page.goto("/office/sticks")
        page.set_input_files("#file", out)
        page.click("text=Take it in")
        said = page.inner_text("[role=status]")
        assert f"{till.till}, stick 1: {new} new entries of {everything}; the office holds entry {everything}." in said
        assert page.locator("[role=alert]").count() == 0
    page.goto("/office/accounts/A77")
    assert "李四" in page.inner_text("main")
    assert till.take(written()).waiting == 0
    till.store.close()


def test_many_cases_are_decided_at_once_where_that_changes_nothing(page: Page, desk: Desk) -> None:
    key = conflicts(desk.office, "cloned")
    page.goto("/office/cases")
    page.check("input[data-all]")
    assert page.is_checked("input[name=key]")
    page.select_option("#option", "keep_blocked")
    page.click("text=Decide all chosen")
    assert "reason is needed" in page.inner_text("[role=alert]")
    page.check("input[name=key]")
    page.select_option("#option", "keep_blocked")
    page.fill("#reason", "the card was handed in")
    page.click("text=Decide all chosen")
    assert "cases are decided" in page.inner_text("[role=status]")
    with desk.office.store.read() as reading:
        assert cases.case(reading, key).state is DecisionState.DECIDED


def test_a_user_is_added_signs_in_and_is_out_at_once_when_retired(page: Page, open_page: Open) -> None:
    page.goto("/office/users")
    page.fill("#user", "liu")
    page.fill("#name", "刘洋")
    page.check(".choice:has-text('auditor') input")
    page.fill("#password", "four plain words here")
    page.click("button:has-text('Add')")
    assert "liu may sign in" in page.inner_text("[role=status]")
    other = sign_in(open_page(), "liu", "four plain words here")
    other.goto("/office/journal")
    page.goto("/office/users/liu")
    page.click("button:has-text('Retire')")
    other.reload()
    assert "/office/sign-in" in other.url
    page.goto("/office/users/admin")
    page.click("button:has-text('Retire')")
    assert "Nobody would be left" in page.inner_text("[role=alert]")
