"""A vend from reading the card to the printed receipt, and what must never happen twice."""

from datetime import timedelta

import pytest

from common.account import Where, standing
from common.admission import (
    AboveMeterLimit,
    AccountIsFrozen,
    AmountNotSold,
    CardIsBlank,
    CardIsSuperseded,
    CreditNotTaken,
    MakeupIsOwed,
    MeterFirst,
    Refused,
)
from tests.till.branch import freeze
from till.cards.errors import AnotherCard
from till.operations.cards import read_card, replace_card
from till.operations.desk import present
from till.operations.job_id import new_job_id
from till.operations.makeup import make_up
from till.operations.receipts import print_queued, reprint
from till.operations.refusals import AlreadySold, ClockSetBack, LeaseOver, NoCardKey, NotInStock
from till.operations.vend import Amount, quote_vend, sell_quote, start_vend, vend
from till.printing.printer import FilePrinter
from till.simulator.meter import MeterOutcome


def test_a_vend_costs_what_the_tariff_says_and_reaches_the_meter(branch, counter):
    card = branch.customer()
    with counter.desk() as desk, counter.card(card) as driver:
        done = vend(desk, driver, Amount(money=10_000))
        assert desk.store.totals().money == 10_000
        assert desk.store.job(done.job).amount == 10_000
    assert done.credit == 185_882  # the most that costs 100.00 yuan at 0.538 a kWh, rounded to the fen
    assert branch.insert(card) is MeterOutcome.LOADED
    assert branch.meter().total_loaded == 185_882
    with counter.desk() as desk, counter.card(card) as driver:
        presented = read_card(desk, driver)
        view = standing(presented.facts)
        assert view.books.conserved
        assert [credit.where for credit in view.credits] == [Where.METER]


def test_five_thousand_kwh_cost_2852_yuan_in_any_pieces(branch, counter):
    card = branch.customer()
    for energy in (2_000_000, 1_500_000, 1_300_001, 199_999):
        with counter.desk() as desk, counter.card(card) as driver:
            vend(desk, driver, Amount(energy=energy))
        assert branch.insert(card) is MeterOutcome.LOADED
    with counter.desk() as desk:
        assert desk.store.totals().energy == 5_000_000
        assert desk.store.totals().money == 285_200


def test_a_vend_is_two_entries(branch, counter):
    card = branch.customer()
    with counter.desk() as desk, counter.card(card) as driver:
        before = desk.journal.head.seq
        vend(desk, driver, Amount(energy=1000))
        assert desk.journal.head.seq == before + 2


def test_the_same_vend_id_is_never_sold_twice(branch, counter):
    card = branch.customer()
    with counter.desk() as desk, counter.card(card) as driver:
        done = vend(desk, driver, Amount(energy=50_000))
    branch.insert(card)
    with counter.desk() as desk, counter.card(card) as driver:
        with pytest.raises(AlreadySold) as refused:
            vend(desk, driver, Amount(energy=50_000), job=done.job)
        assert refused.value.receipt == done.receipt
        assert desk.store.totals().vends == 1


def test_a_quote_shown_before_is_judged_again_when_sold(branch, counter):
    card = branch.customer()
    with counter.desk() as desk, counter.card(card) as driver:
        presented = present(desk, driver)
        quote = quote_vend(desk, presented, Amount(energy=1000), "till-0001/X")
        branch.clock.now += timedelta(minutes=11)
        with pytest.raises(Refused, match="QuoteExpired"):
            start_vend(desk, presented, quote, "cash")


@pytest.mark.parametrize(
    ("amount", "refusal"),
    [
        (Amount(energy=0), AmountNotSold),
        (Amount(money=0), AmountNotSold),
        (Amount(energy=-5), AmountNotSold),
        (Amount(energy=3_000_001), AboveMeterLimit),
        (Amount(money=10**15), AboveMeterLimit),
    ],
)
def test_an_amount_that_cannot_be_sold_leaves_everything_as_it_was(branch, counter, amount, refusal):
    card = branch.customer()
    before = card.read_bytes()
    with counter.desk() as desk, counter.card(card) as driver:
        head = desk.journal.head
        with pytest.raises(refusal):
            vend(desk, driver, amount)
        assert desk.journal.head == head
    assert card.read_bytes() == before


def test_credit_that_the_meter_has_not_taken_is_not_overwritten(branch, counter):
    card = branch.customer()
    with counter.desk() as desk, counter.card(card) as driver:
        vend(desk, driver, Amount(energy=1000))
    with counter.desk() as desk, counter.card(card) as driver, pytest.raises(CreditNotTaken):
        vend(desk, driver, Amount(energy=1000))


def test_an_unknown_card_is_refused_before_any_key_is_tried(branch, counter, tmp_path):
    from till.simulator.card_file import make_blank

    foreign = tmp_path / "foreign.card"
    make_blank(foreign, "sle4442", "9999000000000001", bytes(32))
    before = foreign.read_bytes()
    with counter.desk() as desk, counter.card(foreign) as driver, pytest.raises(NoCardKey):
        vend(desk, driver, Amount(energy=1000))
    assert foreign.read_bytes() == before


def test_a_blank_card_and_a_frozen_account_are_refused(branch, counter):
    with counter.desk() as desk, counter.card(branch.blank(3)) as driver, pytest.raises(CardIsBlank):
        vend(desk, driver, Amount(energy=1000))
    card = branch.customer()
    with counter.desk() as desk, counter.card(card) as driver:
        freeze(desk, "A1", "moved away")
        with pytest.raises(AccountIsFrozen):
            vend(desk, driver, Amount(energy=1000))


def test_a_superseded_card_names_the_one_that_replaced_it(branch, counter):
    old, new = branch.customer(), branch.blank(1)
    with counter.desk() as desk, counter.card(new) as driver:
        replace_card(desk, driver, "A1", "lost")
    with counter.desk() as desk, counter.card(old) as driver, pytest.raises(CardIsSuperseded) as refused:
        vend(desk, driver, Amount(energy=1000))
    assert refused.value.use == "6201000000000001"
    assert refused.value.writer == "till-0001"


def test_a_new_card_with_a_doubtful_history_goes_to_the_meter_first(branch, counter):
    old, new = branch.customer(), branch.blank(1)
    with counter.desk() as desk, counter.card(old) as driver:
        vend(desk, driver, Amount(energy=1000))
    with counter.desk() as desk, counter.card(new) as driver:
        replace_card(desk, driver, "A1", "lost")
        with pytest.raises(MeterFirst):
            vend(desk, driver, Amount(energy=1000))
    assert branch.insert(new) is MeterOutcome.NOTHING
    with counter.desk() as desk, counter.card(new) as driver:
        with pytest.raises(MakeupIsOwed):
            vend(desk, driver, Amount(energy=2000))
        assert make_up(desk, driver).credit == 1000
    assert branch.insert(new) is MeterOutcome.LOADED
    with counter.desk() as desk, counter.card(new) as driver:
        vend(desk, driver, Amount(energy=2000))
    assert branch.insert(new) is MeterOutcome.LOADED
    assert branch.meter().total_loaded == 3000
    assert branch.insert(old) is MeterOutcome.REFUSED_ISSUE


def test_a_card_that_is_not_in_stock_is_not_given_out(branch, counter):
    branch.customer()
    with counter.desk() as desk, counter.card(branch.blank(1)) as driver:
        replace_card(desk, driver, "A1", "lost")
    used = branch.folder / "again.card"
    used.write_bytes(b"")
    with counter.desk() as desk:
        assert not desk.store.in_stock("6201000000000001")
        assert desk.store.in_stock("6201000000000002")
        with counter.card(branch.blank(2)) as driver:
            desk.store.database.execute("DELETE FROM stock WHERE serial = ?", (driver.serial(),))
            with pytest.raises(NotInStock):
                replace_card(desk, driver, "A1", "lost")


def test_past_the_lease_nothing_is_sold_and_reading_goes_on(branch, counter):
    card = branch.customer()
    branch.clock.now += timedelta(days=8)
    with counter.desk() as desk, counter.card(card) as driver:
        with pytest.raises(LeaseOver):
            vend(desk, driver, Amount(energy=1000))
        assert read_card(desk, driver).facts is not None


def test_a_clock_set_back_before_the_office_spoke_sells_nothing(branch, counter):
    card = branch.customer()
    branch.clock.now -= timedelta(hours=1)
    with counter.desk() as desk, counter.card(card) as driver:
        with pytest.raises(ClockSetBack):
            vend(desk, driver, Amount(energy=1000))
        freeze(desk, "A1", "test")
        types = [type(signed.entry.body).__name__ for signed in desk.store.entries("till-0001", 1)]
        assert types[-2:] == ["ClockStepped", "AccountFrozen"]


def test_one_original_and_numbered_copies(branch, counter, tmp_path):
    card = branch.customer()
    printer = FilePrinter(tmp_path / "paper")
    with counter.desk() as desk, counter.card(card) as driver:
        done = vend(desk, driver, Amount(money=10_000))
        assert print_queued(desk, printer) == [done.receipt]
        assert print_queued(desk, printer) == []
        assert [reprint(desk, printer, done.receipt) for _ in range(2)] == [1, 2]
    original = (tmp_path / "paper" / f"{done.receipt}.txt").read_text("utf-8")
    copy = (tmp_path / "paper" / f"{done.receipt}-copy-2.txt").read_text("utf-8")
    assert "COPY" not in original
    assert "COPY 2" in copy
    assert "100.00 CNY" in original
    assert "x 0.538" in original


def test_a_credit_that_the_meter_refused_is_made_up_without_paying(branch, counter):
    """A card put in askew, or a count that did not follow: the old man does not pay again."""
    card = branch.customer()
    with counter.desk() as desk, counter.card(card) as driver:
        vend(desk, driver, Amount(energy=1000))
    state = branch.meter()
    ahead = type(state.state)(**{name: getattr(state.state, name) for name in ("number", "master")}, count=7)
    type(state)(ahead, branch.folder / "M1.meter")
    assert branch.insert(card) is MeterOutcome.REFUSED_COUNT
    with counter.desk() as desk, counter.card(card) as driver:
        done = make_up(desk, driver)
        assert desk.store.totals().money == 54
    assert (done.count, done.credit, done.receipt) == (8, 1000, None)
    assert branch.insert(card) is MeterOutcome.LOADED
    assert branch.meter().total_loaded == 1000


def test_a_quote_is_sold_at_its_price_on_its_card_alone(branch):
    card, other = branch.customer(), branch.blank(1)
    with branch.counter.desk() as desk:
        with branch.counter.card(card) as driver:
            presented = present(desk, driver)
            quote = quote_vend(desk, presented, Amount(money=10_000), new_job_id(desk.till, desk.now()))
        with branch.counter.card(other) as driver, pytest.raises(AnotherCard):
            sell_quote(desk, driver, quote, card=presented.contents.serial, payment="cash")
        assert desk.store.job(quote.job) is None
        with branch.counter.card(card) as driver:
            done = sell_quote(desk, driver, quote, card=presented.contents.serial, payment="cash")
            with pytest.raises(AlreadySold):
                sell_quote(desk, driver, quote, card=presented.contents.serial, payment="cash")
        assert desk.store.totals().money == quote.amount
        assert done.job == quote.job
