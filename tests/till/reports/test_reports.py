"""The till's reports: equal to the bare entries and to the office's, and made again from their heads byte for byte."""

from contextlib import contextmanager

import pytest
from msgspec.structs import replace

from common.account import seal, standing
from common.admission import AccountUnknown
from common.chain import GENESIS
from common.clerks import Role
from common.documents import Format, render
from common.entries import ClerkSet
from common.reports.calendar import Month
from common.reports.month import By
from syncserver.ingest.intake import Intake
from syncserver.reports import accounts as office_accounts
from syncserver.reports import tills as office_tills
from syncserver.reports.month import month as office_month
from syncserver.reports.month import month_of_clerk as office_days
from syncserver.reports.source import source_of as office_source
from syncserver.store import MasterStore, WriterRow, WriterState
from tests.common.raw_sums import raw_sums
from tests.common.reports.sources import rows, total
from tests.common.world import ACCOUNT, World
from tests.syncserver.test_settling import KEY, START
from tests.till.operations.test_shift import LI, PINS
from tests.till.operations.test_shift import staffed as staffed
from till.operations.arrears import enter_arrears, pay_arrears
from till.operations.clerks import sign_in
from till.operations.refusals import BadField
from till.operations.reversal import reverse
from till.operations.shift import close_shift, open_shift
from till.operations.vend import Amount, vend
from till.operations.void_receipt import void_receipt
from till.reports import accounts, drawer
from till.reports.month import month, month_of_clerk
from till.reports.source import source_of
from till.store.as_of import HeadsNotHere, as_of
from till.store.reports import ReportReading

NOVEMBER = Month(2026, 11)


@pytest.fixture
def busy(staffed, branch):
    """A counter that has sold, undone, given a card anew, taken arrears, and counted its drawer."""
    card = branch.customer()
    with staffed.desk() as desk:
        sign_in(desk, "wang", PINS["wang"])
        open_shift(desk, 10_000)
        with staffed.card(card) as driver:
            vend(desk, driver, Amount(money=5_000))
        branch.insert(card)
        with staffed.card(card) as driver:
            vend(desk, driver, Amount(money=7_000), payment="card")
            reverse(desk, driver, LI)
            vend(desk, driver, Amount(money=3_000))
        enter_arrears(desk, "A1", name="old bill", amount=900, share=0, fixed=100, supervisor=LI)
        pay_arrears(desk, "A1", 400, payment="cash")
        void_receipt(desk, f"{desk.till}-00000001", LI)
        close_shift(desk, 18_400)
    return staffed


@contextmanager
def reading_of(counter, language="en"):
    with counter.desk() as desk:
        reading = ReportReading(desk.store)
        yield reading, source_of(reading, language)


@contextmanager
def master_of(counter, folder):
    """An office that has taken in all that the till has."""
    store = MasterStore.create(folder / "office.db")
    with counter.desk() as desk, store.write() as writing:
        for writer in ("office", counter.till):
            branch = "" if writer == "office" else "B1"
            writing.add_writer(
                WriterRow(
                    id=writer, epoch=1, branch=branch, name=writer, key="", box="", seq=0, hash=GENESIS,
                    state=WriterState.ACTIVE, reason="",
                )
            )  # fmt: skip
        intake = Intake(writing, KEY, START)
        for writer in ("office", counter.till):
            intake.take(list(desk.store.entries(writer, 1)))
        intake.finish()
    try:
        with store.read() as reading:
            yield reading, office_source(reading, "en")
    finally:
        store.close()


def files_of(documents):
    """All of them as CSV, the first in every format: paper takes its time."""
    return [render(document, Format.CSV) for document in documents] + [render(documents[0], one) for one in Format]


def made(found):
    """What a report says, whoever made it: a till adds notes, and knows less of other journals."""
    return (found.name, found.title, found.sections)


def test_the_month_is_what_the_bare_entries_add_up_to(busy):
    with reading_of(busy) as (reading, source):
        entries = [*reading.store.entries(busy.till, 1)]
        sums = raw_sums(entries, "Asia/Shanghai", "B1")
        found = total(month(reading, source, NOVEMBER))
    assert found["net"] == sum(value[3] for value in sums.values()) == 8_400
    assert (found["vends"], found["reversals"], found["reversed_money"], found["other"]) == (3, 1, -7_000, 400)


def test_till_and_office_say_the_same(busy, tmp_path):
    with reading_of(busy) as (here, at_till), master_of(busy, tmp_path) as (there, at_office):
        for by in By:
            ours = month(here, at_till, NOVEMBER, by=by)
            assert made(ours) == made(office_month(there, at_office, NOVEMBER, by=by, branch="B1"))
        pairs = [
            (month_of_clerk(here, at_till, NOVEMBER, "wang"), office_days(there, at_office, NOVEMBER, "wang")),
            (drawer.receipts(here, at_till, NOVEMBER), office_tills.receipts(there, at_office, NOVEMBER)),
            (drawer.shifts(here, at_till, NOVEMBER), office_tills.shifts(there, at_office, NOVEMBER)),
            (drawer.shift(here, at_till, 1), office_tills.shift(there, at_office, busy.till, 1)),
            (accounts.arrears(here, at_till), office_accounts.arrears(there, at_office)),
            (accounts.makeups_owed(here, at_till), office_accounts.makeups_owed(there, at_office)),
            (accounts.closed(here, at_till), office_accounts.closed(there, at_office)),
            (accounts.stock(here, at_till), office_accounts.stock(there, at_office)),
            (accounts.statement(here, at_till, "A1"), office_accounts.statement(there, at_office, "A1")),
        ]
    for ours, theirs in pairs:
        assert made(ours) == made(theirs)


def test_the_register_accounts_for_every_number(busy):
    with reading_of(busy) as (reading, source):
        found = drawer.receipts(reading, source, NOVEMBER)
    given = rows(found)
    assert [row["receipt"] for row in given] == [f"{busy.till}-{number:08d}" for number in range(1, len(given) + 1)]
    spoiled, undone, instead = [row for row in given if row["standing"]]
    assert (undone["what"], undone["money"], undone["standing"]) == ("sale", 7_000, f"void: {given[2]['receipt']}")
    assert (spoiled["money"], spoiled["standing"]) == (5_000, f"void: {instead['receipt']}")
    assert (instead["money"], instead["standing"]) == (0, f"in place of {spoiled['receipt']}")
    (numbers,) = rows(found, 1)
    assert (numbers["given"], numbers["voided"], numbers["missing"], numbers["double"]) == (len(given), 2, 0, 0)
    assert total(found)["money"] == 8_400


def test_a_shift_is_told_as_it_was_counted(busy):
    with reading_of(busy) as (reading, source):
        (row,) = rows(drawer.shifts(reading, source, NOVEMBER))
        report = drawer.shift(reading, source, 1)
        with pytest.raises(BadField):
            drawer.shift(reading, source, 2)
        closed = reading.store.shifts.closed(1)
    assert (row["z"], row["float"], row["expected_cash"], row["counted_cash"]) == (
        f"{busy.till}-Z1-00001", 10_000, 18_400, 18_400,
    )  # fmt: skip
    assert row["difference"] == 0
    assert total(report)["net"] == sum(part.money for part in closed.shift.taken)
    assert [row["net"] for row in rows(report)] == [part.money for part in closed.shift.taken]


def test_the_statement_adds_up_to_the_books(busy):
    with reading_of(busy) as (reading, source):
        found = accounts.statement(reading, source, "A1")
        books = standing(reading.store.whole_account("A1")).books
        with pytest.raises(AccountUnknown):
            accounts.statement(reading, source, "A9")
    assert total(found)["money"] == books.money == sum(row["money"] for row in rows(found))
    assert [row["what"] for row in rows(found)][:2] == ["account opened", "first card"]
    assert {row["standing"] for row in rows(found)} >= {"in the meter", "undone", "on the card"}


def test_stock_counts_each_card_once(busy, branch):
    with reading_of(busy) as (reading, source):
        (row,) = rows(accounts.stock(reading, source))
    assert row == {"branch": "B1", "allotted": 20, "blank": 19, "active": 1, "superseded": 0, "blocked": 0}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_reports_are_made_again_from_their_heads(busy, branch, language):
    def all_of(reading, source):
        return [
            month(reading, source, NOVEMBER),
            drawer.receipts(reading, source, NOVEMBER),
            drawer.shifts(reading, source, NOVEMBER),
            drawer.shift(reading, source, 1),
            accounts.arrears(reading, source),
            accounts.stock(reading, source),
            accounts.statement(reading, source, "A1"),
        ]

    with reading_of(busy, language) as (reading, source):
        before = all_of(reading, source)
    files = files_of(before)
    with busy.desk() as desk:
        pay_arrears(desk, "A1", 100, payment="cash")
        branch.office.say(
            ClerkSet(clerk="wang", name="another name", branch="B1", roles=[Role.CLERK], pin="", active=False)
        )
    busy.hear()
    with reading_of(busy, language) as (reading, source):
        assert month(reading, source, NOVEMBER) != before[0]
        with as_of(reading.store, before[0].heads, lambda _: None) as then:
            found = ReportReading(then)
            again = all_of(found, source_of(found, language))
    assert again == before
    assert files_of(again) == files


def test_heads_that_cannot_be_gone_back_to_are_refused(busy):
    with reading_of(busy) as (reading, source):
        heads = source.heads
        unknown = [replace(heads[0], writer="till-0009")]
        fewer = [replace(head, entries=head.entries - 1) for head in heads]
        for wrong in (unknown, fewer):
            with pytest.raises(HeadsNotHere), as_of(reading.store, wrong, lambda _: None):
                pass


def test_what_a_snapshot_sums_up_is_told_and_counted_in_the_statement(staffed):
    world = World.new(1)
    for _ in range(9):
        world.vend(0, 0, 1_000)
        world.insert(0)
        world.read(0, 0)
    facts, archived = seal(world.tills[0].facts)
    assert archived
    with staffed.desk() as desk:
        desk.store.begin_from(facts, 1)
    with reading_of(staffed) as (reading, source):
        found = accounts.statement(reading, source, ACCOUNT)
        assert any("1 accounts came with a snapshot" in note for note in found.notes)
        (summed,) = [row for row in rows(found) if row["at"] is None]
        assert summed["what"] == f"{len(archived)} sales before, summed up"
        assert total(found)["money"] == standing(facts).books.money == sum(row["money"] for row in rows(found))
