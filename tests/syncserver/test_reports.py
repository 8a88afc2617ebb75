"""The office's reports: equal to the bare entries, and made again byte for byte from the journals' heads."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import astuple, replace

from common.account import CardState, JobState, open_debts, standing
from common.chain import GENESIS
from common.clock import ClockWord
from common.documents import Document, Format, render
from common.entries import Purpose, UtilitySet
from common.receipt_code import receipt_text
from common.reports.calendar import Month
from common.reports.line import REVERSAL, VEND, Line
from common.reports.month import By
from common.reports.register import register
from common.reports.stock import count_cards
from common.shift import VOIDED
from syncserver.audit.rebuild import rebuild
from syncserver.ingest.folding import whole_facts
from syncserver.ingest.intake import Intake
from syncserver.office.errors import OfficeError
from syncserver.reports import accounts, tills
from syncserver.reports.as_of import as_of
from syncserver.reports.month import month, month_of_clerk
from syncserver.reports.source import calendar_of, source_of
from syncserver.store import CardRow, MasterStore
from tests.common.histories import ODD_HISTORIES, examples, lived_oddly
from tests.common.pieces import ACCOUNT
from tests.common.raw_sums import raw_sums
from tests.common.reports.sources import rows, total
from tests.common.world import World
from tests.syncserver.test_settling import KEY, START, master, shuffled, take

pytestmark = pytest.mark.usefixtures("each_store")

UTILITY = UtilitySet(name="江南供电公司", currency="CNY", digits=2, zone="Asia/Shanghai")
NOVEMBER = Month(2026, 11)
TILLS = ["till-0001", "till-0002", "till-0003"]


@contextmanager
def utility(tills: list[str] = TILLS) -> Iterator[MasterStore]:
    """A master store that knows who the utility is."""
    with master(tills) as store:
        with store.write() as writing:
            intake = Intake(writing, KEY, START)
            intake.say(UTILITY)
            intake.finish()
        yield store


def november(store: MasterStore, by: By = By.CLERK) -> Document:
    with store.read() as reading:
        return month(reading, source_of(reading, "zh"), NOVEMBER, by=by)


@given(ODD_HISTORIES, st.integers(0, 2**32 - 1).map(random.Random))
@settings(max_examples=examples(25), deadline=None)
def test_the_month_is_what_the_bare_entries_add_up_to(history, chance):
    world = lived_oddly(history)
    with utility() as store:
        for group in shuffled(world, chance):
            take(store, group)
        sums = raw_sums([signed for journal in world.entries for signed in journal], UTILITY.zone)
        of = {kind: [value for key, value in sums.items() if key[6] == kind] for kind in ("vend", "makeup", "refund")}
        for by in By:
            found = total(november(store, by))
            assert found["net"] == sum(value[3] for value in sums.values())
            assert found["vends"] == sum(value[0] for value in of["vend"])
            assert found["energy"] == sum(value[1] for value in of["vend"])
            assert found["makeups"] == sum(value[0] for value in of["makeup"])
            assert found["refunded"] == sum(value[3] for value in of["refund"])


@given(ODD_HISTORIES, ODD_HISTORIES, st.integers(0, 2**32 - 1).map(random.Random))
@settings(max_examples=examples(12), deadline=None)
def test_a_report_is_made_again_from_its_heads_byte_for_byte(before, after, chance):
    world = lived_oddly((before[0] + after[0], before[1], before[2]))
    with utility() as store:
        groups = shuffled(world, chance)
        cut = chance.randint(0, len(groups))
        for group in groups[:cut]:
            take(store, group)
        made = november(store)
        files = {format: render(made, format) for format in (Format.CSV, Format.TEXT)}
        for group in groups[cut:]:
            take(store, group)
        with as_of(store, made.heads, lambda _: None) as then:
            again = november(then)
        assert again == made
        assert {format: render(again, format) for format in files} == files


def test_pdf_and_xlsx_are_made_again_too():
    world = World.new(1)
    world.vend(0, 0, 1_000)
    with utility(TILLS[:1]) as store:
        take(store, world.entries)
        made = november(store)
        world.insert(0)
        world.vend(0, 0, 2_000)
        take(store, [world.tills[0].journal[-2:]])
        assert total(november(store))["vends"] == 2
        with as_of(store, made.heads, lambda _: None) as then:
            for format in Format:
                assert render(november(then), format) == render(made, format)
        assert rebuild(store, check=False, progress=lambda _: None) == []
        for format in Format:
            assert render(november(store), format) == render(november(store), format)


def test_heads_that_the_office_does_not_have_are_refused():
    with utility(TILLS[:1]) as store:
        (head,) = november(store).heads
        for wrong in (replace(head, writer="till-0009"), replace(head, hash=GENESIS), replace(head, seq=99)):
            with pytest.raises(OfficeError, match="does not have"), as_of(store, [wrong], lambda _: None):
                pass


def test_the_days_of_a_clerk():
    world = World.new(1)
    world.vend(0, 0, 1_000)
    with utility(TILLS[:1]) as store:
        take(store, world.entries)
        with store.read() as reading:
            document = month_of_clerk(reading, source_of(reading, "en"), NOVEMBER, "wang")
            assert [(row["day"].isoformat(), row["vends"]) for row in rows(document)] == [("2026-11-23", 1)]
            assert rows(month_of_clerk(reading, source_of(reading, "en"), NOVEMBER, "nobody")) == []


@given(ODD_HISTORIES, st.sampled_from(["en", "zh"]), st.integers(0, 2**32 - 1).map(random.Random))
@settings(max_examples=examples(40), deadline=None)
def test_lists_and_statement_say_what_the_account_is(history, language, chance):
    world = lived_oddly(history)
    with utility() as store:
        for group in shuffled(world, chance):
            take(store, group)
        with store.read() as reading:
            source = source_of(reading, language)
            facts = whole_facts(reading, ACCOUNT, reading.accounts([ACCOUNT])[ACCOUNT].last)
            told = accounts.statement(reading, source, ACCOUNT)
            owed, debts = accounts.makeups_owed(reading, source), accounts.arrears(reading, source)
            shut, cards = accounts.closed(reading, source), accounts.stock(reading, source)
            numbers = tills.receipts(reading, source, NOVEMBER)
    view = standing(facts)
    assert total(told)["money"] == view.books.money == sum(row["money"] for row in rows(told))
    written = [job for job in facts.jobs.values() if job.state is JobState.WRITTEN]
    assert sum(row["energy"] > 0 for row in rows(told)) == sum(
        job.energy > 0 and job.purpose in (Purpose.VEND, Purpose.MAKEUP) for job in written
    )
    assert sorted(row["energy"] + row["money_credit"] for row in rows(owed)) == sorted(one.credit for one in view.owed)
    assert total(debts)["outstanding"] == sum(debt.outstanding for debt in open_debts(facts))
    assert len(rows(shut)) == (facts.frozen is not None)
    assert total(cards)["active"] == sum(card.state is CardState.ACTIVE for card in view.cards.values())
    given_out = [signed.entry.body for journal in world.entries for signed in journal]
    assert sum(row["given"] for row in rows(numbers, 1)) == len(rows(numbers))
    assert {row["receipt"] for row in rows(numbers)} == {
        body.receipt for body in given_out if getattr(body, "receipt", None)
    }


def lines_of(till, found):
    """A till's lines: some number a second time, some are missing, some undo what another did."""
    for place, (number, day, kind, of) in enumerate(found):
        yield Line(
            job=f"{till}/{place:08d}", account=f"A{place}", writer=till, receipt=receipt_text(till, number),
            energy=1_000, amount=60, at=(START + timedelta(days=day)).isoformat(), state="written", epoch=1,
            seq=1 + place, kind=kind,
            for_job="" if kind == VEND else f"{TILLS[0]}/{of:08d}" if kind == REVERSAL else receipt_text(TILLS[0], of),
        )  # fmt: skip


KINDS = st.sampled_from([VEND, VEND, VEND, REVERSAL, VOIDED])
LINES = st.lists(st.tuples(st.integers(1, 30), st.integers(-60, 60), KINDS, st.integers(0, 9)), max_size=20)


@given(LINES, LINES, st.integers(-50_000_000, 50_000_000))
@settings(max_examples=examples(40), deadline=None)
def test_the_register_of_a_month_is_as_if_all_lines_were_read(of_first, of_second, ahead_ms):
    lines = [*lines_of(TILLS[0], of_first), *lines_of(TILLS[1], of_second)]
    with utility() as store:
        with store.write() as writing:
            writing.put_vends(lines)
            writing.put_clock(TILLS[0], ClockWord(1, 9, ahead_ms, 0))
        with store.read() as reading:
            source = source_of(reading, "en")
            for of in (Month(2026, 10), NOVEMBER, Month(2026, 12)):
                wanted = register(source, of, lines, calendar_of(reading, source), tills=TILLS, scope=source.scope(""))
                assert tills.receipts(reading, source, of) == wanted


SERIALS = st.sampled_from([f"{place:016d}" for place in range(8)])


@given(
    st.dictionaries(SERIALS, st.sampled_from(["hill", "lake"])),
    st.dictionaries(st.tuples(SERIALS, st.sampled_from(["A1", "A2"])), st.sampled_from(CardState)),
)
@settings(max_examples=examples(40), deadline=None)
def test_cards_are_counted_as_if_each_was_looked_at(allotted, states):
    cards = [CardRow(serial, account, 1, state.value) for (serial, account), state in states.items()]
    with utility() as store:
        with store.write() as writing:
            writing.put_cards(cards)
            for serial, branch in allotted.items():
                writing.allot(branch, [serial])
        wanted = count_cards(allotted, [(card.serial, CardState(card.state)) for card in cards])
        with store.read() as reading:
            assert sorted(reading.stock(), key=astuple) == sorted(wanted, key=astuple)
            for branch in ("hill", "lake"):
                of_branch = [cards for cards in wanted if cards.branch == branch]
                assert sorted(reading.stock(branch), key=astuple) == sorted(of_branch, key=astuple)


def test_an_account_that_is_not_there():
    with utility(TILLS[:1]) as store, store.read() as reading, pytest.raises(OfficeError, match="no account A7"):
        accounts.statement(reading, source_of(reading, "en"), "A7")
