"""The lease at the counter: what is left of it, and whether a vend is allowed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from common.lease import LeaseState, lease_left, lease_state
from till.journal.fork import FORK, Fork
from till.operations.desk import Desk
from till.operations.refusals import ClockSetBack, LeaseOver, TillIsForked, TillIsRestored, TillIsRevoked
from till.sync.restored import is_restored


@dataclass(frozen=True)
class LeaseView:
    """What the till may still sell unseen. Money in minor units."""

    state: LeaseState
    until: datetime | None
    time_left: timedelta
    money_left: int


def lease_now(desk: Desk, now: datetime) -> LeaseView:
    """How the lease stands."""
    allowed = desk.store.allowance()
    if allowed.lease is None:
        return LeaseView(LeaseState.OVER, None, timedelta(), 0)
    time_left, money_left = lease_left(allowed.lease, allowed.use, now)
    return LeaseView(lease_state(allowed.lease, allowed.use, now), allowed.lease.until, time_left, money_left)


def check_lease(desk: Desk, now: datetime, amount: int) -> None:
    """Check that a vend of so many minor units is allowed. Past the lease nothing is sold; everything else goes on.

    That the till is in use is the caller's to check (till.operations.clerks.authorize).

    Raises:
        LeaseOver, ClockSetBack: see there.
    """
    allowed = desk.store.allowance()
    lease = allowed.lease
    if lease is None:
        raise LeaseOver(None, 0)
    state = lease_state(lease, allowed.use, now, amount)
    if state is LeaseState.CLOCK_BACK:
        raise ClockSetBack(now, allowed.use.granted_at)
    if state is LeaseState.OVER:
        raise LeaseOver(lease.until, lease_left(lease, allowed.use, now)[1])


def check_not_revoked(desk: Desk) -> None:
    """Check that the office has not taken this till out of use, and that no other goes on with its journal.

    Raises:
        TillIsForked, TillIsRestored, TillIsRevoked: so it is.
    """
    fork = desk.store.setting(FORK, Fork)
    if fork is not None:
        raise TillIsForked(desk.till, fork.common)
    if is_restored(desk.store):
        raise TillIsRestored(desk.till)
    revoked = desk.store.setting("revoked", str)
    if revoked is not None:
        raise TillIsRevoked(desk.till, revoked)
