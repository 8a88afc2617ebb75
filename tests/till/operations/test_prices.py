"""What a sale costs beside its tariff: arrears, fees, the year's use, and a price that was quoted before it changed."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from common.account import latest_purchases, open_debts
from common.entries import LeaseGranted, TariffPublished
from common.lease import Lease
from common.tariff import Fees, Tier
from tests.till.branch import ZHEJIANG
from tests.till.operations.staff import LI, at, sell, view
from till.operations.arrears import enter_arrears, pay_arrears
from till.operations.card_job import run
from till.operations.cards import read_card, replace_card
from till.operations.desk import present
from till.operations.job_id import new_job_id
from till.operations.meters import change_meter, clear_meter
from till.operations.receipts import print_queued
from till.operations.refusals import BadField, QuoteExpired
from till.operations.reversal import reverse
from till.operations.vend import Amount, quote_vend, start_vend, vend
from till.printing.printer import FilePrinter

LATER = datetime(2027, 6, 1, tzinfo=UTC)


def priced(branch, counter, **members):
    """A new tariff version, in force now."""
    branch.office.say(
        TariffPublished(tariff=msgspec.structs.replace(ZHEJIANG, tariff="next", since=branch.clock.now, **members))
    )
    counter.hear()


def test_arrears_are_recovered_from_what_is_bought_until_they_are_paid(branch, staffed, tmp_path):
    card = branch.customer()
    with staffed.desk() as desk:
        enter_arrears(desk, "A1", name="2025", amount=4_000, share=300_000, fixed=0, supervisor=LI)
    for paid in (3_000, 1_000, 0):
        with staffed.desk() as desk, staffed.card(card) as driver:
            done = vend(desk, driver, Amount(money=10_000))
            job = desk.store.job(done.job)
            assert (job.amount, sum(job.recovered.values())) == (10_000, paid)
            print_queued(desk, FilePrinter(tmp_path / "paper"))
            text = (tmp_path / "paper" / f"{done.receipt}.txt").read_text()
            assert ("欠费 Arrears 2025" in text) == (paid > 0)
        branch.insert(card)
    with staffed.desk() as desk:
        assert open_debts(desk.store.account("A1")) == []


def test_a_reversal_opens_the_arrears_again(branch, staffed):
    card = branch.customer()
    with staffed.desk() as desk:
        enter_arrears(desk, "A1", name="2025", amount=4_000, share=0, fixed=4_000, supervisor=LI)
    at(staffed, card, vend, Amount(money=10_000))
    at(staffed, card, reverse, LI)
    with staffed.desk() as desk:
        assert [debt.outstanding for debt in open_debts(desk.store.account("A1"))] == [4_000]
        assert desk.store.totals().money == 0


@pytest.mark.parametrize("wrong", [{"amount": 0}, {"share": 1, "fixed": 1}, {"share": 0}, {"share": 1_000_000}])
def test_arrears_that_cannot_be(branch, staffed, wrong):
    branch.customer()
    members = {"name": "x", "amount": 1, "share": 1, "fixed": 0, "supervisor": LI} | wrong
    with staffed.desk() as desk, pytest.raises(BadField):
        enter_arrears(desk, "A1", **members)


def test_cards_cost_their_fees_and_each_has_its_receipt(branch, staffed, tmp_path):
    priced(branch, staffed, fees=Fees(issue=500, replacement=1_000))
    branch.customer()
    assert at(staffed, branch.blank(1), replace_card, "A1", "lost").receipt == "till-0001-00000002"
    with staffed.desk() as desk:
        assert desk.store.totals().money == 1_500
        assert len(print_queued(desk, FilePrinter(tmp_path / "paper"))) == 2
    assert "购电卡收据  CARD FEE" in (tmp_path / "paper" / "till-0001-00000002.txt").read_text()
    assert view(staffed).books.money == 1_500


def test_a_quote_is_sold_at_its_price_for_ten_minutes_across_a_price_change(branch, staffed):
    card = branch.customer()
    with staffed.desk() as desk, staffed.card(card) as driver:
        presented = present(desk, driver)
        quote = quote_vend(desk, presented, Amount(energy=100_000), new_job_id(desk.till, desk.now()))
    priced(branch, staffed, classes={"residential": [Tier(price=1_000_000)]})
    branch.clock.now = quote.at + timedelta(minutes=9)
    with staffed.desk() as desk, staffed.card(card) as driver:
        presented = present(desk, driver)
        run(desk, driver, start_vend(desk, presented, quote, "cash"))
        assert desk.store.totals().money == 5_380
    branch.insert(card)
    with staffed.desk() as desk, staffed.card(card) as driver:
        presented = present(desk, driver)
        late = quote_vend(desk, presented, Amount(energy=100_000), new_job_id(desk.till, desk.now()))
        assert late.amount == 10_000
        branch.clock.now += timedelta(minutes=11)
        with pytest.raises(QuoteExpired):
            start_vend(desk, presented, late, "cash")


def test_the_years_use_survives_a_meter_change_and_ends_with_the_year(branch, staffed):
    card = branch.customer()
    sell(staffed, card, 2_700_000)
    branch.insert(card)
    at(staffed, card, clear_meter)
    branch.insert(card)
    at(staffed, card, change_meter, "M2", None)
    branch.insert(card, "M2")
    done = sell(staffed, card, 100_000)
    with staffed.desk() as desk:
        assert desk.store.job(done.job).amount == 3_228 + 2_352
    branch.insert(card, "M2")
    branch.clock.now = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)  # a minute to midnight in Shanghai
    staffed.hear(branch.office.say(LeaseGranted(till="till-0001", lease=Lease(until=LATER, money=9_000_000))))
    done = sell(staffed, card, 10_000)
    with staffed.desk() as desk:
        assert desk.store.job(done.job).amount == 588
    branch.insert(card, "M2")
    branch.clock.now += timedelta(minutes=1)
    done = sell(staffed, card, 10_000)
    with staffed.desk() as desk:
        assert desk.store.job(done.job).amount == 538


def test_purchases_stand_in_their_order_over_a_reversal_and_a_meter_change(branch, staffed):
    card = branch.customer()
    for energy in (1_000, 2_000, 3_000):
        sell(staffed, card, 9_000)
        at(staffed, card, reverse, LI)
        sell(staffed, card, energy)
        branch.insert(card)
    at(staffed, card, clear_meter)
    branch.insert(card)
    at(staffed, card, change_meter, "M2", None)
    branch.insert(card, "M2")
    for energy in (4_000, 5_000):
        sell(staffed, card, energy)
        branch.insert(card, "M2")
    at(staffed, card, read_card)
    with staffed.desk() as desk:
        assert [bought.credit // 1_000 for bought in desk.store.purchases("A1", 10)] == [5, 4, 3, 2, 1]
        assert [bought.credit // 1_000 for bought in latest_purchases(desk.store.account("A1"))] == [5, 4, 3, 2, 1]
    view(staffed)


def test_arrears_are_paid_without_buying_the_oldest_first_and_never_too_much(branch, staffed, tmp_path):
    branch.customer()
    with staffed.desk() as desk:
        for name in ("2024", "2025"):
            enter_arrears(desk, "A1", name=name, amount=1_000, share=300_000, fixed=0, supervisor=LI)
        for wrong in (0, 2_001):
            with pytest.raises(BadField):
                pay_arrears(desk, "A1", wrong, payment="cash")
        assert [part.amount for part in pay_arrears(desk, "A1", 1_200, payment="cash")] == [1_000, 200]
        assert [(debt.name, debt.outstanding) for debt in open_debts(desk.store.account("A1"))] == [("2025", 800)]
        assert desk.store.totals().money == 1_200
        paper = FilePrinter(tmp_path / "paper")
        assert print_queued(desk, paper) == ["till-0001-00000001", "till-0001-00000002"]
        assert "ARREARS PAID" in (tmp_path / "paper" / "till-0001-00000002.txt").read_text()
    assert view(staffed).books.money == 1_200
