"""The lease at the counter: a warning at four fifths, no vend past it, and a clock that somebody sets."""

from datetime import timedelta

import pytest

from common.clock import SteadyMark, wall_ms
from common.entries import ClockStepped, LeaseGranted, TillEnrolled, TillRevoked
from common.lease import Lease, LeaseState
from common.wire import FeedItem
from till.operations.cards import read_card, replace_card
from till.operations.lease import lease_now
from till.operations.refusals import LeaseOver, TillIsRevoked
from till.operations.vend import Amount, vend


def sell(counter, card, energy=1_000):
    with counter.desk() as desk, counter.card(card) as driver:
        vend(desk, driver, Amount(energy=energy))
        return lease_now(desk, desk.now())


def test_the_time_is_low_when_four_fifths_are_over_and_then_nothing_is_sold(branch, counter, clock):
    card = branch.customer()
    granted = branch.office.say(
        LeaseGranted(till="till-0001", lease=Lease(until=clock.now + timedelta(days=10), money=9_000_000))
    )
    counter.hear(granted)
    assert sell(counter, card).state is LeaseState.GOOD
    branch.insert(card)
    clock.now += timedelta(days=8, minutes=1)
    assert sell(counter, card).state is LeaseState.LOW
    branch.insert(card)
    clock.now += timedelta(days=2)
    with pytest.raises(LeaseOver):
        sell(counter, card)
    with counter.desk() as desk, counter.card(branch.blank(1)) as driver:
        replace_card(desk, driver, "A1", "lost")


def test_the_money_is_low_when_four_fifths_are_sold(branch, counter, clock):
    card = branch.customer()
    granted = branch.office.say(
        LeaseGranted(till="till-0001", lease=Lease(until=clock.now + timedelta(days=10), money=10_000))
    )
    counter.hear(granted)
    with counter.desk() as desk, counter.card(card) as driver:
        vend(desk, driver, Amount(money=8_000))
        assert lease_now(desk, desk.now()).state is LeaseState.GOOD
    branch.insert(card)
    assert sell(counter, card).state is LeaseState.LOW
    branch.insert(card)
    with counter.desk() as desk, counter.card(card) as driver, pytest.raises(LeaseOver) as caught:
        vend(desk, driver, Amount(money=5_000))
    assert caught.value.money_left == 10_000 - 8_000 - 54


def test_a_revoked_till_only_looks(branch, counter):
    card = branch.customer()
    counter.hear(branch.office.say(TillRevoked(till="till-0001", reason="stolen")))
    with counter.desk() as desk, counter.card(card) as driver:
        read_card(desk, driver)
        with pytest.raises(TillIsRevoked):
            vend(desk, driver, Amount(energy=1_000))
    with counter.desk() as desk, counter.card(branch.blank(1)) as driver, pytest.raises(TillIsRevoked):
        replace_card(desk, driver, "A1", "lost")


@pytest.mark.parametrize("late", [False, True], ids=["in order", "the older word last"])
def test_enrolled_again_after_it_was_revoked_it_sells(branch, counter, late):
    card = branch.customer()
    counter.hear()
    words = [
        branch.office.say(TillRevoked(till="till-0001", reason="stolen")),
        branch.office.say(
            TillEnrolled(till="till-0001", branch="B1", name="found", epoch=2, key="0" * 64, box="0" * 64)
        ),
    ]
    for word in reversed(words) if late else words:
        with counter.desk() as desk:
            desk.journal.accept([FeedItem(desk.store.feed_position() + 1, word)], desk.store.feed_position() + 1)
    assert sell(counter, card).state is LeaseState.GOOD
    counter.hear(branch.office.say(TillRevoked(till="till-0001", reason="stolen again")))
    with counter.desk() as desk, counter.card(card) as driver, pytest.raises(TillIsRevoked):
        vend(desk, driver, Amount(energy=1_000))


class Machine:
    """A steady clock that goes with the wall clock until somebody sets the latter."""

    def __init__(self, clock):
        self.clock, self.set_by, self.boot = clock, timedelta(), "first"

    def __call__(self, now):
        return SteadyMark(self.boot, wall_ms(now - self.set_by), wall_ms(now))

    def set_clock(self, by):
        self.clock.now += by
        self.set_by += by


def steps(desk):
    own = desk.journal.head
    bodies = [signed.entry.body for signed in desk.store.entries(own.writer, own.epoch)]
    return [body.by_ms for body in bodies if isinstance(body, ClockStepped)]


@pytest.mark.parametrize("by", [timedelta(hours=5), timedelta(minutes=-11), timedelta(days=400)])
def test_a_clock_that_is_set_is_entered_once_also_over_a_restart(branch, counter, clock, by):
    counter.steady = machine = Machine(clock)
    card = branch.customer()
    clock.now += timedelta(minutes=30)
    with counter.desk() as desk, counter.card(card) as driver:
        read_card(desk, driver)
        assert steps(desk) == []
    machine.set_clock(by)
    for number in (1, 2):
        with counter.desk() as desk:
            branch.open(desk, f"B{number}", f"N{number}")
            assert steps(desk) == [by // timedelta(milliseconds=1)]


def test_a_till_that_was_off_for_a_week_did_not_set_its_clock(branch, counter, clock):
    counter.steady = machine = Machine(clock)
    branch.customer()
    machine.boot = "second"
    machine.set_clock(timedelta(days=7))
    with counter.desk() as desk:
        branch.open(desk, "B1", "N1")
        assert steps(desk) == []
