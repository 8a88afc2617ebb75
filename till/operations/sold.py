"""What was sold at this till since a time, read back from its own journal: the store keeps totals, not days."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from common.chain import SignedEntry
from common.clerks import Action
from common.entries import ArrearsPaid, Completed, Purpose, RefundPaid
from common.units import CreditUnit
from till.operations.clerks import authorize
from till.operations.desk import Desk

_CHUNK = 256
"""Entries that are read at once, from the journal's end backwards."""


class Movement(Struct, frozen=True, kw_only=True):
    """Money that came in or went out at this till.

    Attributes:
        kind: the purpose of a card job, `arrears` or `refund`.
        money: minor units; below zero what was given back.
        credit: of a vend, or below zero of a reversal: what the card got, in the unit.
    """

    at: datetime
    kind: str
    account: str
    clerk: str
    payment: str
    money: int
    credit: int
    unit: CreditUnit = CreditUnit.ENERGY
    receipt: str | None


def sold_since(desk: Desk, since: datetime, clerk: str | None = None) -> list[Movement]:
    """What moved money at this till since a time, the latest first; of one clerk, or of all.

    Raises:
        NotAllowed, NobodySignedIn: see there.
    """
    authorize(desk, Action.LOOK)
    found = (movement for signed in _backwards(desk, since) if (movement := _movement(desk, signed)) is not None)
    return [movement for movement in found if clerk is None or movement.clerk == clerk]


def _backwards(desk: Desk, since: datetime) -> Iterator[SignedEntry]:
    head = desk.journal.head
    last = head.seq
    while last > 0:
        after = max(0, last - _CHUNK)
        chunk = list(desk.store.entries(head.writer, head.epoch, after=after, limit=last - after))
        for signed in reversed(chunk):
            # A clock that was set back makes later entries look older; those of a day are few enough to look at all.
            if signed.entry.at >= since:
                yield signed
        if chunk and max(signed.entry.at for signed in chunk) < since:
            return
        last = after


def _movement(desk: Desk, signed: SignedEntry) -> Movement | None:
    body, at = signed.entry.body, signed.entry.at
    match body:
        case RefundPaid():
            return Movement(
                at=at,
                kind="refund",
                account=body.account,
                clerk=body.clerk,
                payment=body.payment,
                money=-body.amount,
                credit=0,
                receipt=body.receipt,
            )
        case ArrearsPaid():
            return Movement(
                at=at,
                kind="arrears",
                account=body.account,
                clerk=body.clerk,
                payment=body.payment,
                money=body.amount,
                credit=0,
                receipt=body.receipt,
            )
    if not isinstance(body, Completed):
        return None
    job = desk.store.job(body.job)
    if job is None or not body.receipt:
        return None
    undone = desk.store.job(job.for_job) if job.purpose is Purpose.REVERSAL else None
    back, credit = (1, job.credit if job.purpose is Purpose.VEND else 0) if undone is None else (-1, -undone.credit)
    return Movement(
        at=at,
        kind=job.purpose.value,
        account=job.account,
        clerk=job.clerk,
        payment=job.payment if undone is None else undone.payment,
        money=back * job.amount,
        credit=credit,
        unit=job.unit,
        receipt=body.receipt,
    )
