"""The lease: what the office allows a till to do while it cannot be reached."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from common.units import Count


class Lease(Struct, frozen=True, kw_only=True):
    """Until when a till may sell unseen, and how much.

    Attributes:
        until: no vend after this.
        money: the most that the office may not have seen yet, minor units.
        clock_tolerance_s: how far a till's clock may stand behind what the office last told it, in seconds.
    """

    until: Annotated[datetime, Meta(tz=True)]
    money: Count
    clock_tolerance_s: Count = 600


class LeaseUse(Struct, frozen=True, kw_only=True):
    """What a till has done with its lease.

    Attributes:
        granted_at: the latest time, by the office's clock, that the till knows of.
        unseen_money: sold since and not acknowledged by the office, minor units.
        since: when the lease was granted.
    """

    granted_at: datetime
    unseen_money: int
    since: datetime


class LeaseState(StrEnum):
    """What a lease allows now."""

    GOOD = "good"
    LOW = "low"
    """Less than a fifth of the time or of the money is left: time to find a line."""
    OVER = "over"
    CLOCK_BACK = "clock_back"
    """The till's clock stands before a time that the office has told it already: no tariff and no lease can be read."""


_LOW = 5
"""One part in so many is left when a lease is low."""


def lease_left(lease: Lease, use: LeaseUse, now: datetime) -> tuple[timedelta, int]:
    """How long and how much money the till may still sell unseen; never below nothing."""
    return max(timedelta(), lease.until - now), max(0, lease.money - use.unseen_money)


def lease_state(lease: Lease, use: LeaseUse, now: datetime, next_amount: int = 0) -> LeaseState:
    """Whether a vend of `next_amount` minor units is allowed now."""
    if now < use.granted_at - timedelta(seconds=lease.clock_tolerance_s):
        return LeaseState.CLOCK_BACK
    time_left, money_left = lease_left(lease, use, now)
    if not time_left or money_left == 0 or next_amount > money_left:
        return LeaseState.OVER
    if time_left * _LOW < lease.until - use.since or money_left * _LOW < lease.money:
        return LeaseState.LOW
    return LeaseState.GOOD
