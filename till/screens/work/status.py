"""How the till stands, for the bar that is always there. Read on the worker's thread; cheap."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from common.account import Job
from common.entries import ClerkSet
from till.journal.mirror import MirrorProblem
from till.journal.seat import lives_on_second
from till.operations.clerks import lock_when_idle
from till.operations.desk import Desk
from till.operations.lease import LeaseView, lease_now
from till.operations.office import address_of
from till.operations.receipts import questions
from till.store import Sheet, SheetState
from till.store.reserve import reserve_used


@dataclass(frozen=True)
class Status:
    """How the till stands.

    Attributes:
        clerk: who is at the till; None when nobody is.
        waiting: own entries that the office has not acknowledged.
        receipts: sheets that wait for the printer.
        address: where the office is.
        questions: receipts of which nobody knows whether the paper came out.
        on_second: whether the till lives on its second disk, for its own has failed.
        alone: when a shift opened by itself that has no float yet.
    """

    till: str
    clerk: ClerkSet | None
    now: datetime
    waiting: int
    head: int
    feed: int
    lease: LeaseView
    in_doubt: list[Job]
    receipts: int
    mirror: str | None
    mirror_problem: MirrorProblem | None
    disk_full: bool
    on_second: bool
    revoked: str | None
    clock_offset_ms: int
    stock: int
    address: str
    questions: Sequence[Sheet]
    alone: datetime | None


def status_of(desk: Desk) -> Status:
    """How the till stands; locks it when nobody has used it for too long."""
    lock_when_idle(desk)
    store, now = desk.store, desk.now()
    signed_in, shift = store.clerks.signed_in(), store.shifts.open
    return Status(
        till=desk.till,
        clerk=None if signed_in is None else store.clerks.get(signed_in.clerk),
        now=now,
        waiting=desk.journal.head.seq - store.acked(),
        head=desk.journal.head.seq,
        feed=store.feed_position(),
        lease=lease_now(desk, now),
        in_doubt=store.open_jobs(),
        receipts=len(store.spool.sheets(SheetState.WAITING, SheetState.PRINTING)),
        mirror=store.setting("mirror", str),
        mirror_problem=desk.journal.mirror_problem,
        disk_full=reserve_used(store.path.parent),
        on_second=lives_on_second(store.path.parent),
        revoked=store.setting("revoked", str),
        clock_offset_ms=store.setting("clock_offset", int) or 0,
        stock=len(store.stock()),
        address=address_of(store),
        questions=questions(desk),
        alone=None if shift is None or not shift.by_itself else shift.at,
    )
