"""Meters that count money, and models: what is put on the card is what the meter gets, to the cent."""

import pytest
from argon2 import PasswordHasher

from common.account import details, standing
from common.admission import AboveMeterLimit, CreditOfAnotherUnit, MakeupIsOwed, NothingToRefund
from common.clerks import Role
from common.entries import ClerkSet, MakeupOwed, MeterModelSet
from common.units import CreditUnit
from till.operations.accounts import amend_account, open_account
from till.operations.arrears import enter_arrears
from till.operations.cards import issue_card, read_card, replace_card
from till.operations.clerks import Supervisor
from till.operations.closing import freeze_account, refund, refund_owed, wipe_card
from till.operations.desk import present
from till.operations.job_id import new_job_id
from till.operations.makeup import make_up
from till.operations.meters import Reading, change_meter, clear_meter, enter_reading
from till.operations.receipts import print_queued
from till.operations.refusals import BadField, CardOfAnotherModel, EnergyNotSold, NoSuchModel
from till.operations.reversal import reverse
from till.operations.vend import Amount, quote_vend, vend
from till.printing.printer import FilePrinter
from till.simulator.meter import MeterOutcome
from till.store.rebuild import rebuild

HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
LI = Supervisor(clerk="li", pin="194673", reason="seen it")
MONEY_MODEL = MeterModelSet(model="DDZY-M", unit=CreditUnit.MONEY, limit=50_000, chip="cpu", layout="cpu-v1")
ENERGY_MODEL = MeterModelSet(model="DDZY-E", unit=CreditUnit.ENERGY, limit=999_000, chip="cpu", layout="cpu-v1")
OFF_THE_WALL = Reading(meter="M2", count=0, remaining=0, use=0, supervisor=LI)
MEMORY_MODEL = MeterModelSet(model="OLD", unit=CreditUnit.ENERGY, limit=999_000, chip="sle4442", layout="sle4442-v1")


@pytest.fixture
def staffed(branch, counter):
    branch.office.say(
        ClerkSet(clerk="li", name="li", branch="B1", roles=[Role.SUPERVISOR], pin=HASHER.hash(LI.pin), active=True)
    )
    for model in (MONEY_MODEL, ENERGY_MODEL, MEMORY_MODEL):
        branch.office.say(model)
    counter.hear()
    return counter


def at(counter, card, job, *arguments, **named):
    with counter.desk() as desk, counter.card(card) as driver:
        return job(desk, driver, *arguments, **named)


def open_at(counter, model, **more):
    with counter.desk() as desk:
        named = {"number": "A1", "name": "李四", "meter": "M1", "tariff_class": "residential"}
        return open_account(desk, **(named | {"model": model} | more))


def customer(branch, counter, model="DDZY-M"):
    """An account with a card, and its meter on the wall."""
    unit = open_at(counter, model).unit
    branch.meter("M1", unit)
    card = branch.blank(0)
    at(counter, card, issue_card, "A1")
    return card


def view(counter):
    with counter.desk() as desk:
        assert rebuild(desk.store, check=True, progress=lambda _: None) == []
        found = standing(desk.store.account("A1"))
        assert found.books.conserved
        return found


def test_the_money_that_is_paid_is_the_money_in_the_meter(branch, staffed, tmp_path):
    card = customer(branch, staffed)
    for count in (1, 2, 3):
        done = at(staffed, card, vend, Amount(money=12_345))
        assert (done.count, done.credit, done.unit) == (count, 12_345, CreditUnit.MONEY)
        assert branch.insert(card) is MeterOutcome.LOADED
    assert branch.meter().total_loaded == 3 * 12_345
    at(staffed, card, read_card)
    books = view(staffed).books
    assert (books.money_credit.sold, books.money_credit.taken, books.energy.sold) == (37_035, 37_035, 0)
    with staffed.desk() as desk:
        totals = desk.store.totals()
        assert (totals.vends, totals.energy, totals.money_credit, totals.money) == (3, 0, 37_035, 37_035)
        print_queued(desk, FilePrinter(tmp_path / "paper"))
    text = (tmp_path / "paper" / f"{done.receipt}.txt").read_text()
    assert "123.45 CNY" in text
    assert "kWh" not in text


def test_arrears_take_their_part_and_the_rest_is_credit(branch, staffed):
    card = customer(branch, staffed)
    with staffed.desk() as desk:
        enter_arrears(desk, "A1", name="2025", amount=5_000, share=300_000, fixed=0, supervisor=LI)
    with staffed.desk() as desk, staffed.card(card) as driver:
        quote = quote_vend(desk, present(desk, driver), Amount(money=10_000), new_job_id(desk.till, desk.now()))
    assert (quote.amount, quote.money_credit, quote.energy, quote.vat) == (10_000, 7_000, 0, 0)
    assert sum(line.amount for line in quote.lines) == quote.amount
    assert at(staffed, card, vend, Amount(money=10_000)).credit == 7_000
    branch.insert(card)
    assert branch.meter().total_loaded == 7_000


def test_no_energy_is_sold_to_a_meter_that_counts_money(branch, staffed):
    card = customer(branch, staffed)
    with pytest.raises(EnergyNotSold) as refused:
        at(staffed, card, vend, Amount(energy=1_000))
    assert (refused.value.account, refused.value.meter) == ("A1", "M1")


def test_a_models_limit_holds(branch, staffed):
    card = customer(branch, staffed)
    with pytest.raises(AboveMeterLimit) as refused:
        at(staffed, card, vend, Amount(money=50_001))
    assert (refused.value.limit.amount, refused.value.limit.unit) == (50_000, CreditUnit.MONEY)
    with staffed.desk() as desk:
        with pytest.raises(BadField):
            amend_account(desk, "A1", limit=50_001)
        amend_account(desk, "A1", limit=20_000)
    with pytest.raises(AboveMeterLimit):
        at(staffed, card, vend, Amount(money=20_001))


def test_a_sale_is_undone_and_what_is_left_is_refunded_at_face_value(branch, staffed):
    card = customer(branch, staffed)
    at(staffed, card, vend, Amount(money=9_000))
    at(staffed, card, reverse, LI)
    at(staffed, card, vend, Amount(money=8_000))
    branch.insert(card)
    branch.meter().consume(3_000)
    at(staffed, card, clear_meter)
    assert branch.insert(card) is MeterOutcome.CLEARED
    at(staffed, card, read_card)
    at(staffed, card, wipe_card)
    with staffed.desk() as desk:
        paid = refund(desk, "A1", payment="cash", supervisor=LI)
        assert (paid.credit, paid.unit, paid.amount) == (5_000, CreditUnit.MONEY, 5_000)
        with pytest.raises(NothingToRefund):
            refund(desk, "A1", payment="cash", supervisor=LI)
        freeze_account(desk, "A1", LI)
        totals = desk.store.totals()
        assert (totals.money, totals.money_credit) == (3_000, 8_000)
    assert view(staffed).books.money_credit.held == 0


def test_credit_follows_to_a_meter_of_the_same_unit_and_never_to_one_of_another(branch, staffed):
    card = customer(branch, staffed)
    at(staffed, card, vend, Amount(money=8_000))
    branch.insert(card)
    at(staffed, card, clear_meter)
    branch.insert(card)
    with pytest.raises(CreditOfAnotherUnit) as refused:
        at(staffed, card, change_meter, "M2", None, model="DDZY-E")
    assert (refused.value.credit.amount, refused.value.credit.unit) == (8_000, CreditUnit.MONEY)
    branch.meter("M2", CreditUnit.MONEY)
    done = at(staffed, card, change_meter, "M2", None, model="DDZY-M")
    assert (done.credit, done.unit) == (8_000, CreditUnit.MONEY)
    branch.insert(card, "M2")
    assert branch.meter("M2").total_loaded == 8_000
    at(staffed, card, clear_meter)
    branch.insert(card, "M2")
    at(staffed, card, read_card)
    with staffed.desk() as desk:
        refund(desk, "A1", payment="cash", supervisor=LI)
    branch.meter("M3")
    assert at(staffed, card, change_meter, "M3", None, model="DDZY-E").credit == 0
    at(staffed, card, vend, Amount(energy=7_000))
    branch.insert(card, "M3")
    at(staffed, card, read_card)
    found = view(staffed)
    assert (found.unit, found.books.energy.in_meters, found.books.money_credit.in_meters) == (
        CreditUnit.ENERGY, 7_000, 0,
    )  # fmt: skip
    with staffed.desk() as desk:
        known = details(desk.store.account("A1"))
        assert (known.model, known.limit) == ("DDZY-E", 999_000)


def test_a_meter_takes_no_credit_of_another_unit(branch, staffed):
    card = customer(branch, staffed)
    at(staffed, card, vend, Amount(money=8_000))
    (branch.folder / "M1.meter").unlink()
    branch.meter("M1", CreditUnit.ENERGY)
    assert branch.insert(card) is MeterOutcome.REFUSED_METER
    assert branch.meter().total_loaded == 0


def test_a_credit_that_never_arrived_is_given_back_instead_of_made_up(branch, staffed):
    """Sold on a card that another till had replaced: the customer does not want it any more."""
    card = customer(branch, staffed)
    sold = at(staffed, card, vend, Amount(money=8_000))
    new = branch.blank(1)
    at(staffed, new, replace_card, "A1", "lost")
    owed = MakeupOwed(
        key="k",
        rule="test",
        account="A1",
        for_job=sold.job,
        credit=8_000,
        unit=CreditUnit.MONEY,
        stranded_on="6201000000000000",
    )
    branch.office.say(owed)
    staffed.hear()
    branch.insert(new)
    with pytest.raises(MakeupIsOwed):
        at(staffed, new, vend, Amount(money=1_000))
    with staffed.desk() as desk:
        paid = refund_owed(desk, "A1", sold.job, payment="cash", supervisor=LI)
        assert (paid.amount, paid.for_job) == (8_000, sold.job)
        with pytest.raises(NothingToRefund):
            refund_owed(desk, "A1", sold.job, payment="cash", supervisor=LI)
        assert desk.store.totals().money == 0
    at(staffed, new, vend, Amount(money=1_000))
    branch.insert(new)
    at(staffed, new, read_card)
    books = view(staffed).books
    assert (books.money_credit.reversed, books.money_credit.in_meters, books.money) == (8_000, 1_000, 1_000)
    assert branch.meter().total_loaded == 1_000


def test_a_credit_that_a_meter_which_came_down_never_took_is_given_back(branch, staffed):
    """It moved from the first meter, so that no sale can be reversed; and the third counts in another unit."""
    card = customer(branch, staffed)
    at(staffed, card, vend, Amount(money=8_000))
    branch.insert(card)
    at(staffed, card, clear_meter)
    branch.insert(card)
    branch.meter("M2", CreditUnit.MONEY)
    assert at(staffed, card, change_meter, "M2", None, model="DDZY-M").credit == 8_000
    branch.meter("M3")
    with pytest.raises(CreditOfAnotherUnit):
        at(staffed, card, change_meter, "M3", OFF_THE_WALL, model="DDZY-E")
    with staffed.desk() as desk:
        with pytest.raises(NothingToRefund):
            refund(desk, "A1", payment="cash", supervisor=LI)
        enter_reading(desk, "A1", OFF_THE_WALL)
        paid = refund(desk, "A1", payment="cash", supervisor=LI)
        assert (paid.amount, paid.credit, paid.unit) == (8_000, 8_000, CreditUnit.MONEY)
        with pytest.raises(NothingToRefund):
            refund(desk, "A1", payment="cash", supervisor=LI)
        assert desk.store.totals().money == 0
    assert at(staffed, card, change_meter, "M3", None, model="DDZY-E").credit == 0
    assert view(staffed).books.money_credit.conserved


def test_a_make_up_carries_money(branch, staffed):
    card = customer(branch, staffed)
    at(staffed, card, vend, Amount(money=8_000))
    new = branch.blank(1)
    at(staffed, new, replace_card, "A1", "lost")
    branch.insert(new)
    done = at(staffed, new, make_up)
    assert (done.credit, done.unit, done.receipt) == (8_000, CreditUnit.MONEY, None)
    branch.insert(new)
    assert branch.meter().total_loaded == 8_000


def test_a_card_that_the_meter_cannot_read_is_not_given_out(branch, staffed):
    open_at(staffed, "OLD")
    with pytest.raises(CardOfAnotherModel) as refused:
        at(staffed, branch.blank(0, chip="cpu"), issue_card, "A1")
    assert (refused.value.chip, refused.value.model, refused.value.wanted) == ("cpu-v1", "OLD", "sle4442-v1")
    assert at(staffed, branch.blank(1, chip="sle4442"), issue_card, "A1").account == "A1"
    with pytest.raises(CardOfAnotherModel):
        at(staffed, branch.blank(2, chip="cpu"), replace_card, "A1", "lost")


def test_a_model_that_nobody_set_is_refused(staffed):
    with pytest.raises(NoSuchModel) as refused:
        open_at(staffed, "X")
    assert refused.value.known == "DDZY-E, DDZY-M, OLD"
    with pytest.raises(BadField):
        open_at(staffed, "DDZY-M", limit=50_001)
