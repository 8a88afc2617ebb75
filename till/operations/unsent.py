"""What waits to go to the office, by kind: what a clerk would lose sight of if this machine were lost now."""

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from common.clerks import Action
from common.entries import (
    AccountAmended,
    AccountFrozen,
    AccountOpened,
    ArrearsEntered,
    ArrearsPaid,
    CardSeen,
    MeterRead,
    Purpose,
    RefundPaid,
    ShiftClosed,
    ShiftOpened,
    completed_as,
)
from till.operations.clerks import authorize
from till.operations.desk import Desk


class Kind(StrEnum):
    """What is no job at a card."""

    ACCOUNT = "account"
    READING = "reading"
    PAYMENT = "payment"
    SHIFT = "shift"


_KINDS: Mapping[type, StrEnum] = {
    **{completed_as(purpose): purpose for purpose in Purpose},
    AccountOpened: Kind.ACCOUNT,
    AccountAmended: Kind.ACCOUNT,
    AccountFrozen: Kind.ACCOUNT,
    CardSeen: Kind.READING,
    MeterRead: Kind.READING,
    ArrearsEntered: Kind.PAYMENT,
    ArrearsPaid: Kind.PAYMENT,
    RefundPaid: Kind.PAYMENT,
    ShiftOpened: Kind.SHIFT,
    ShiftClosed: Kind.SHIFT,
}
"""What an entry tells of; one that is not here says nothing that a person waits for."""


class Unsent(Struct, frozen=True, kw_only=True):
    """Own entries that the office has not acknowledged.

    Attributes:
        kinds: how many of each purpose of a job that was done, and of each Kind; by name, the purposes first.
        money: minor units taken, less what was given back.
    """

    kinds: Mapping[str, int]
    money: int


def unsent(desk: Desk) -> Unsent:
    """What waits, as it is now.

    Raises:
        NotAllowed, NobodySignedIn: see there.
    """
    authorize(desk, Action.LOOK)
    head, store = desk.journal.head, desk.store
    found: Counter[StrEnum] = Counter()
    for signed in store.entries(head.writer, head.epoch, after=store.acked()):
        kind = _KINDS.get(type(signed.entry.body))
        if kind is not None:
            found[kind] += 1
    kinds = {str(kind): found[kind] for kind in (*Purpose, *Kind) if found[kind]}
    return Unsent(kinds=kinds, money=store.allowance().use.unseen_money)
