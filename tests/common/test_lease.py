"""The lease at its edges."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.lease import Lease, LeaseState, LeaseUse, lease_left, lease_state

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
GRANTED = NOW - timedelta(days=4)
DAY, MOMENT = timedelta(days=1), timedelta(microseconds=1)


def state(*, left: timedelta = 7 * DAY, unseen: int = 0, money: int = 1_000, next_amount: int = 0) -> LeaseState:
    lease = Lease(until=NOW + left, money=money)
    return lease_state(lease, LeaseUse(granted_at=NOW, unseen_money=unseen, since=GRANTED), NOW, next_amount)


@pytest.mark.parametrize(
    ("left", "found"),
    [
        (7 * DAY, LeaseState.GOOD),
        (DAY, LeaseState.GOOD),  # granted four days ago: a fifth is left
        (DAY - MOMENT, LeaseState.LOW),
        (MOMENT, LeaseState.LOW),
        (timedelta(), LeaseState.OVER),
        (-DAY, LeaseState.OVER),
    ],
)
def test_the_time_runs_out(left: timedelta, found: LeaseState) -> None:
    assert state(left=left) is found


@pytest.mark.parametrize(
    ("unseen", "found"),
    [
        (0, LeaseState.GOOD),
        (800, LeaseState.GOOD),
        (801, LeaseState.LOW),
        (999, LeaseState.LOW),
        (1_000, LeaseState.OVER),
        (1_001, LeaseState.OVER),
    ],
)
def test_the_money_runs_out(unseen: int, found: LeaseState) -> None:
    assert state(unseen=unseen) is found


def test_a_vend_may_take_the_last_fen_and_not_one_more() -> None:
    assert state(unseen=400, next_amount=600) is LeaseState.GOOD
    assert state(unseen=400, next_amount=601) is LeaseState.OVER


@pytest.mark.parametrize(
    ("back", "found"),
    [
        (timedelta(), LeaseState.GOOD),
        (timedelta(seconds=600), LeaseState.GOOD),
        (timedelta(seconds=600) + MOMENT, LeaseState.CLOCK_BACK),
    ],
)
def test_the_clock_was_set_back(back: timedelta, found: LeaseState) -> None:
    lease = Lease(until=NOW + 7 * DAY, money=1_000)
    assert lease_state(lease, LeaseUse(granted_at=NOW, unseen_money=0, since=GRANTED), NOW - back) is found


def test_a_clock_that_was_set_back_revives_no_lease() -> None:
    lease = Lease(until=NOW, money=1_000)
    used = LeaseUse(granted_at=NOW, unseen_money=0, since=GRANTED)
    assert lease_state(lease, used, NOW - 2 * DAY) is LeaseState.CLOCK_BACK


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.timedeltas(-30 * DAY, 30 * DAY), st.integers(0, 10**9))
def test_no_vend_exceeds_what_is_left(money: int, unseen: int, left: timedelta, amount: int) -> None:
    lease, use = Lease(until=NOW + left, money=money), LeaseUse(granted_at=NOW, unseen_money=unseen, since=GRANTED)
    time_left, money_left = lease_left(lease, use, NOW)
    assert time_left >= timedelta()
    assert money_left >= 0
    allowed = lease_state(lease, use, NOW, amount) in (LeaseState.GOOD, LeaseState.LOW)
    assert allowed == (left > timedelta() and unseen < money and unseen + amount <= money)
