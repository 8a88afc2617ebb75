"""Shifts: what a clerk's drawer should hold, from the till's own entries since the shift was opened.

A shift opens with a float. Money that is taken while none is open opens one by itself, without a float: no sale waits
for a clerk who forgot. It ends when somebody counts the drawer. Days do not matter: a shift may span midnight.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec
from msgspec import Struct

from common.account import AccountFacts, Job
from common.entries import ArrearsPaid, Purpose, ReceiptVoided, RefundPaid, ShiftClosed, ShiftOpened
from common.entries.till import CashCount, Expected

CASH = "cash"
"""The one way of paying that lies in the drawer."""

REFUND, ARREARS, VOIDED = "refund", "arrears", "voided"
"""Kinds that are no card job; what was voided is a receipt, and moved no money."""

DENOMINATIONS: Mapping[str, tuple[int, ...]] = {
    # fen: notes of 100 to 1 yuan (the 1 is also a coin), coins of 0.5 and 0.1
    "CNY": (10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10),
}
"""Notes and coins by currency (ISO 4217), minor units, the largest first. Of any other currency a sum is counted."""


class Moved(Struct, frozen=True, kw_only=True):
    """Money that one entry moved.

    Attributes:
        kind: the purpose of a card job, `refund`, `arrears` or `voided`.
        payment: the way of paying; "" of old entries that do not say it: cash.
        money: minor units; below zero when it was given back.
        receipt: the number of its receipt; "" without one.
    """

    kind: str
    payment: str
    money: int
    receipt: str


class Taken(Struct, frozen=True, kw_only=True):
    """Money of one kind, paid in one way: how many times, how much in and out (minor units, both above zero)."""

    kind: str
    payment: str
    count: int = 0
    taken: int = 0
    given: int = 0

    @property
    def money(self) -> int:
        """What came in, less what went out."""
        return self.taken - self.given


class Shift(Struct, frozen=True, kw_only=True):
    """A shift and what it has moved so far.

    Attributes:
        clerk: who opened it; "" when it opened by itself.
        opening_float: minor units that lay in the drawer when it was opened.
        taken: by kind and way of paying, sorted.
        first_receipt, last_receipt: of those that it gave out; "" before the first.
    """

    shift: str
    clerk: str
    at: datetime
    opening_float: int = 0
    taken: list[Taken] = []
    first_receipt: str = ""
    last_receipt: str = ""

    @property
    def by_itself(self) -> bool:
        """Whether nobody opened it: money was taken while none was open."""
        return not self.clerk


class Shifts(Struct, frozen=True, kw_only=True):
    """The shifts of one till's journal, as far as the next entry needs them.

    Attributes:
        open: the one that is open.
        closed: how many were closed: the number of the last Z report.
    """

    open: Shift | None = None
    closed: int = 0


class ZReport(Struct, frozen=True, kw_only=True):
    """A shift that was closed.

    Attributes:
        at: when.
        proof: the hash of the entry that closed it.
    """

    shift: Shift
    closing: ShiftClosed
    at: datetime
    proof: str


def z_number(till: str, epoch: int, number: int) -> str:
    """A Z report's number as it is printed: they count within the epoch of the journal."""
    return f"{till}-Z{epoch}-{number:05d}"


def begin(shifts: Shifts, body: ShiftOpened, at: datetime) -> Shifts:
    """A clerk opens a shift. One that had opened by itself becomes that clerk's, with what it took; one that somebody
    else opened stays: two programs of one till may have asked at once, and the first holds."""
    known = shifts.open
    if known is not None and not known.by_itself:
        return shifts
    taken = Shift(shift=body.shift, clerk=body.clerk, at=at, opening_float=body.opening_float)
    if known is not None:
        taken = msgspec.structs.replace(known, shift=body.shift, clerk=body.clerk, opening_float=body.opening_float)
    return msgspec.structs.replace(shifts, open=taken)


def move(shifts: Shifts, moved: Moved, at: datetime, writer: str, seq: int) -> Shifts:
    """Money was moved by an entry of this writer and number; when no shift is open, it opens one."""
    known = shifts.open or Shift(shift=f"{writer}/{seq}", clerk="", at=at)
    rows = {(row.kind, row.payment): row for row in known.taken}
    key = (moved.kind, moved.payment or CASH)
    row = rows.get(key) or Taken(kind=key[0], payment=key[1])
    rows[key] = msgspec.structs.replace(
        row,
        count=row.count + 1,
        taken=row.taken + max(0, moved.money),
        given=row.given + max(0, -moved.money),
    )
    counted = msgspec.structs.replace(
        known,
        taken=[rows[key] for key in sorted(rows)],
        first_receipt=known.first_receipt or moved.receipt,
        last_receipt=moved.receipt or known.last_receipt,
    )
    return msgspec.structs.replace(shifts, open=counted)


def end(shifts: Shifts, body: ShiftClosed) -> Shifts:
    """The drawer was counted. What does not name the shift that is open, closes none."""
    if shifts.open is None or shifts.open.shift != body.shift:
        return shifts
    return Shifts(open=None, closed=shifts.closed + 1)


def moved_by_job(facts: AccountFacts, job: Job, receipt: str | None) -> Moved | None:
    """The money of a card job that was written; None when it has none. What a reversal gives back, goes the way that it
    was paid."""
    if job.purpose is Purpose.REVERSAL:
        undone = facts.jobs.get(job.for_job)
        payment, money = "" if undone is None else undone.payment, -job.amount
    else:
        payment, money = job.payment, job.amount
    if not receipt and not money:
        return None
    return Moved(kind=job.purpose.value, payment=payment, money=money, receipt=receipt or "")


def moved_by_hand(body: RefundPaid | ArrearsPaid | ReceiptVoided) -> Moved:
    """The money of a refund, or of arrears that were paid; none of a receipt that was voided."""
    if isinstance(body, ReceiptVoided):
        return Moved(kind=VOIDED, payment="", money=0, receipt=body.instead)
    if isinstance(body, RefundPaid):
        return Moved(kind=REFUND, payment=body.payment, money=-body.amount, receipt=body.receipt)
    return Moved(kind=ARREARS, payment=body.payment, money=body.amount, receipt=body.receipt)


def expected(shift: Shift) -> list[Expected]:
    """What should be there by each way of paying, cash first: in the drawer with its float, of the others what was
    taken less what was given back. Below zero when more was given than there was."""
    sums = {CASH: shift.opening_float}
    for row in shift.taken:
        sums[row.payment] = sums.get(row.payment, 0) + row.money
    return [Expected(payment=name, amount=sums[name]) for name in sorted(sums, key=lambda name: (name != CASH, name))]


def expected_cash(shift: Shift) -> int:
    """What should lie in the drawer, minor units."""
    return expected(shift)[0].amount


def cash_of(counted: Iterable[CashCount]) -> int:
    """The sum of what was counted, minor units."""
    return sum(count.value * count.pieces for count in counted)
