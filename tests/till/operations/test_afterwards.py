"""What comes after a sale: make-up by approval, reversal, meter change, closing; the meter always has what was paid."""

from datetime import UTC, datetime

import pytest

from common.account import latest_purchases
from common.admission import (
    AccountIsFrozen,
    CardStillOut,
    ClearNotDone,
    CreditStillThere,
    MakeupNotProved,
    MeterNotGivenUp,
    NothingOwed,
    NothingToRefund,
    NothingToReverse,
)
from tests.till.operations.staff import LI, at, sell, view
from till.operations.cards import issue_card, read_card, replace_card
from till.operations.clerks import Supervisor
from till.operations.closing import freeze_account, next_step, refund, wipe_card
from till.operations.makeup import make_up
from till.operations.meters import Reading, change_meter, clear_meter, enter_reading
from till.operations.receipts import print_queued
from till.operations.refusals import NotAllowed, ReadingMissing, WrongPin
from till.operations.reversal import reverse
from till.printing.printer import FilePrinter
from till.simulator.meter import MeterOutcome

LATER = datetime(2027, 6, 1, tzinfo=UTC)


def test_a_reversed_vend_gives_the_money_back_and_the_meter_gets_nothing(branch, staffed, tmp_path):
    card = branch.customer()
    sold = sell(staffed, card)
    with staffed.desk() as desk, staffed.card(card) as driver:
        before = desk.store.totals()
        done = reverse(desk, driver, LI)
        totals = desk.store.totals()
        assert (totals.vends, totals.reversals, totals.energy, totals.money) == (1, 1, 0, 0)
        assert before.money == 2_690
        paper = FilePrinter(tmp_path / "paper")
        assert print_queued(desk, paper) == [sold.receipt, done.receipt]
        text = (tmp_path / "paper" / f"{done.receipt}.txt").read_text()
        assert "冲正收据  REVERSAL" in text
        assert "26.90 CNY" in text
        assert "li" in text
    assert branch.insert(card) is MeterOutcome.NOTHING
    assert view(staffed).books.energy.reversed == 50_000
    sell(staffed, card, 20_000)
    assert branch.insert(card) is MeterOutcome.LOADED
    assert branch.meter().total_loaded == 20_000
    with staffed.desk() as desk:
        assert [bought.credit for bought in desk.store.purchases("A1", 10)] == [20_000]
        assert [bought.credit for bought in latest_purchases(desk.store.account("A1"))] == [20_000]
    at(staffed, card, read_card)
    assert view(staffed).books.energy.taken == 20_000


def test_the_years_use_does_not_count_what_was_reversed(branch, staffed):
    card = branch.customer()
    sell(staffed, card, 2_760_000)
    at(staffed, card, reverse, LI)
    assert sell(staffed, card, 1_000_000).credit == 1_000_000
    with staffed.desk() as desk:
        assert desk.store.totals().money == 53_800


def test_what_the_meter_took_is_not_reversed(branch, staffed):
    card = branch.customer()
    sell(staffed, card)
    branch.insert(card)
    with pytest.raises(NothingToReverse):
        at(staffed, card, reverse, LI)
    assert view(staffed).books.energy.taken == 50_000


@pytest.mark.parametrize(
    ("supervisor", "refused"),
    [
        (Supervisor(clerk="li", pin="000000", reason="x"), WrongPin),
        (Supervisor(clerk="wang", pin="380512", reason="x"), NotAllowed),
    ],
)
def test_a_reversal_needs_a_supervisor(branch, staffed, supervisor, refused):
    card = branch.customer()
    sell(staffed, card)
    with pytest.raises(refused):
        at(staffed, card, reverse, supervisor)
    assert branch.insert(card) is MeterOutcome.LOADED


def test_a_lost_card_with_credit_is_made_up_by_evidence_once(branch, staffed):
    """The old man put his card in askew and lost it: the new card proves that the meter lacks the credit."""
    old, new = branch.customer(), branch.blank(1)
    sell(staffed, old)
    at(staffed, new, replace_card, "A1", "damaged")
    with pytest.raises(MakeupNotProved):
        at(staffed, new, make_up)
    branch.insert(new)
    assert at(staffed, new, make_up).credit == 50_000
    assert branch.insert(new) is MeterOutcome.LOADED
    with pytest.raises(NothingOwed):
        at(staffed, new, make_up)
    assert branch.insert(old) is MeterOutcome.REFUSED_ISSUE
    assert branch.meter().total_loaded == 50_000
    with staffed.desk() as desk:
        assert desk.store.totals().money == 2_690


def test_an_account_whose_lost_credit_was_made_up_can_be_closed(branch, staffed):
    """The credit on the lost card has a count that the meter is past: it can never arrive, and hinders nothing."""
    old, new = branch.customer(), branch.blank(1)
    sell(staffed, old)
    at(staffed, new, replace_card, "A1", "lost")
    branch.insert(new)
    at(staffed, new, make_up)
    branch.insert(new)
    at(staffed, new, clear_meter)
    assert branch.insert(new) is MeterOutcome.CLEARED
    at(staffed, new, wipe_card)
    with staffed.desk() as desk:
        assert refund(desk, "A1", payment="cash", supervisor=LI).credit == 50_000
        assert next_step(desk, "A1") is None


@pytest.mark.parametrize("taken", [False, True])
def test_without_evidence_a_supervisor_stands_by_it_and_the_meter_never_takes_both(branch, staffed, taken):
    old, new = branch.customer(), branch.blank(1)
    sell(staffed, old)
    if taken:
        branch.insert(old)
    at(staffed, new, replace_card, "A1", "lost")
    with pytest.raises(MakeupNotProved):
        at(staffed, new, make_up)
    at(staffed, new, make_up, LI)
    assert branch.insert(new) is (MeterOutcome.REFUSED_COUNT if taken else MeterOutcome.LOADED)
    with pytest.raises(NothingOwed):
        at(staffed, new, make_up, LI)
    assert branch.meter().total_loaded == 50_000
    assert view(staffed).books.money == 2_690


def test_a_meter_change_moves_the_credit_once_and_the_card_follows(branch, staffed):
    card = branch.customer()
    sell(staffed, card)
    branch.insert(card)
    branch.meter().consume(20_000)
    with pytest.raises(ReadingMissing):
        at(staffed, card, change_meter, "M2", None)
    at(staffed, card, clear_meter)
    with pytest.raises(ClearNotDone):
        sell(staffed, card)
    assert branch.insert(card) is MeterOutcome.CLEARED
    assert branch.insert(card) is MeterOutcome.CLEARED
    assert at(staffed, card, change_meter, "M2", None).credit == 30_000
    assert branch.insert(card) is MeterOutcome.REFUSED_METER
    assert branch.insert(card, "M2") is MeterOutcome.LOADED
    assert branch.insert(card, "M2") is MeterOutcome.ALREADY_LOADED
    assert branch.meter("M2").total_loaded == 30_000
    sell(staffed, card, 10_000)
    assert branch.insert(card, "M2") is MeterOutcome.LOADED
    at(staffed, card, read_card)
    found = view(staffed)
    assert found.meter == "M2"
    assert (found.books.energy.moved, found.books.energy.held, found.books.energy.in_meters) == (30_000, 0, 60_000)


def test_a_burnt_meter_is_read_by_a_person(branch, staffed):
    card = branch.customer()
    sell(staffed, card)
    branch.insert(card)
    at(staffed, card, read_card)
    sell(staffed, card, 7_000)  # on the card when the meter burns
    reading = Reading("M1", count=1, remaining=50_000, use=0, supervisor=LI)
    assert at(staffed, card, change_meter, "M2", reading).credit == 50_000
    assert branch.insert(card, "M2") is MeterOutcome.LOADED
    assert at(staffed, card, make_up).credit == 7_000
    assert branch.insert(card, "M2") is MeterOutcome.LOADED
    assert branch.meter("M2").total_loaded == 57_000
    at(staffed, card, read_card)
    assert view(staffed).books.energy.owed == 0


def test_an_account_is_closed_step_by_step(branch, staffed, tmp_path):
    card = branch.customer()
    sell(staffed, card, 100_000)
    branch.insert(card)
    branch.meter().consume(60_000)
    at(staffed, card, read_card)

    def waits():
        with staffed.desk() as desk:
            return next_step(desk, "A1")

    def refused():
        with staffed.desk() as desk:
            return freeze_account(desk, "A1", LI)

    assert isinstance(waits(), MeterNotGivenUp)
    with pytest.raises(MeterNotGivenUp):
        refused()
    with pytest.raises(MeterNotGivenUp):
        at(staffed, card, wipe_card)
    with staffed.desk() as desk, pytest.raises(NothingToRefund):
        refund(desk, "A1", payment="cash", supervisor=LI)
    at(staffed, card, clear_meter)
    with pytest.raises(ClearNotDone):
        at(staffed, card, wipe_card)
    branch.insert(card)
    at(staffed, card, read_card)
    assert isinstance(waits(), CardStillOut)
    at(staffed, card, wipe_card)
    with pytest.raises(CreditStillThere):
        refused()
    with staffed.desk() as desk:
        paid = refund(desk, "A1", payment="cash", supervisor=LI)
        assert (paid.credit, paid.amount) == (40_000, 2_152)
        assert desk.store.totals().money == 5_380 - 2_152
        print_queued(desk, FilePrinter(tmp_path / "paper"))
        assert "退费收据  REFUND" in (tmp_path / "paper" / f"{paid.receipt}.txt").read_text()
        with pytest.raises(NothingToRefund):
            refund(desk, "A1", payment="cash", supervisor=LI)
    assert waits() is None
    refused()
    with pytest.raises(AccountIsFrozen):
        waits()
    with pytest.raises(AccountIsFrozen):
        at(staffed, branch.blank(2), issue_card, "A1")
    found = view(staffed)
    assert (found.books.energy.refunded, found.books.energy.held, found.books.energy.in_meters) == (40_000, 0, 60_000)
    with staffed.desk() as desk:
        assert [bought.credit for bought in desk.store.purchases("A1", 10)] == [100_000]
        assert [row.number for row in desk.store.find("ls", 10)] == ["A1"]


def test_a_wiped_card_is_somebody_elses_next_card(branch, staffed):
    card = branch.customer()
    at(staffed, card, wipe_card)
    with staffed.desk() as desk:
        assert desk.store.in_stock(card.stem)
        branch.open(desk, "A2", "M2")
    at(staffed, card, issue_card, "A2")
    sell(staffed, card, 5_000)
    assert branch.insert(card, "M2") is MeterOutcome.LOADED
    with staffed.desk() as desk:
        assert not desk.store.in_stock(card.stem)
        assert desk.store.account_by_card(card.stem).account == "A2"
    assert view(staffed, "A2").active == card.stem
    at(staffed, branch.blank(3), issue_card, "A1")
    assert view(staffed).cards[branch.blank(3).stem].issue == 2


def test_a_reading_of_a_meter_needs_a_supervisor_and_is_final(branch, staffed):
    card = branch.customer()
    sell(staffed, card)
    branch.insert(card)
    at(staffed, card, read_card)
    with staffed.desk() as desk:
        with pytest.raises(WrongPin):
            enter_reading(desk, "A1", Reading("M1", 1, 50_000, 0, Supervisor(clerk="li", pin="1", reason="x")))
        enter_reading(desk, "A1", Reading("M1", 1, 50_000, 0, LI))
        paid = refund(desk, "A1", payment="cash", supervisor=LI)
        assert paid.amount == 2_690
    assert view(staffed).books.energy.in_meters == 0
