"""Putting entries back into the office's database where they stood, and folding all afresh."""

from common.chain import GENESIS, SignedEntry, carried
from common.entries import OFFICE, EntryCarried, LeaseGranted, NumbersAllotted, TillEnrolled, TillRevoked
from common.wire import FeedItem
from syncserver.audit.rebuild import rebuild
from syncserver.ingest.prepare import row_of
from syncserver.office.leases import adopt_lease
from syncserver.office.numbers import note_numbers
from syncserver.office.office import Office
from syncserver.store import ForkRow, WriterRow, WriterState, Writing

_BATCH = 5_000
_UNFOLDED = "unfolded"
"""Set in the database while it has entries that are not folded yet."""


def is_unfolded(office: Office) -> bool:
    """Whether a healing was stopped before its end: the office must not be worked with."""
    with office.store.read() as reading:
        return reading.meta(_UNFOLDED) == "1"


class Mending:
    """Entries that prove themselves, put where they stood in the office's order. Call `finish` at the end."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._waiting: list[FeedItem] = []

    def put(self, item: FeedItem, *, at_end: bool) -> None:
        """Put an entry at its position, in place of what is there; `at_end`: nothing is there, and nothing after it."""
        self._waiting.append(item)
        if at_end and len(self._waiting) >= _BATCH:
            self._store_waiting()

    def finish(self) -> None:
        """Store what was put, then fold everything afresh, where anything was or a healing before was stopped."""
        self._store_waiting()
        if is_unfolded(self._office):
            rebuild(self._office.store, check=False, progress=lambda _: None)
            with self._office.store.write() as writing:
                writing.set_meta(_UNFOLDED, "0")

    def _store_waiting(self) -> None:
        for start in range(0, len(self._waiting), _BATCH):
            with self._office.store.write() as writing:
                writing.set_meta(_UNFOLDED, "1")
                _store(writing, self._waiting[start : start + _BATCH])
        self._waiting = []


def _store(writing: Writing, items: list[FeedItem]) -> None:
    writing.put_rows((item.position, *row_of(item.signed), 0) for item in items)
    for item in items:
        entry = item.signed.entry
        row = writing.writer(entry.writer, entry.epoch)
        if row is not None and entry.seq > row.seq:
            writing.move_head(item.signed.head)
        if entry.writer == OFFICE:
            _adopt(writing, item.signed)


def _adopt(writing: Writing, signed: SignedEntry) -> None:
    """What an entry of the office means for the office itself: who may write, and what it has given out."""
    match signed.entry.body:
        case TillEnrolled() as body:
            _enrol(writing, body)
        case TillRevoked() as body:
            row = writing.latest_writer(body.till)
            if row is not None and row.state is WriterState.ACTIVE:
                writing.set_state(row.id, row.epoch, WriterState.REVOKED, body.reason)
        case LeaseGranted() as body:
            adopt_lease(writing, body, signed.entry.at)
        case NumbersAllotted() as body:
            note_numbers(writing, body)
        case EntryCarried() as body:
            _adopt_carried(writing, body, signed)
        case _:
            pass


def _enrol(writing: Writing, body: TillEnrolled) -> None:
    for row in writing.epochs(body.till):
        if row.epoch < body.epoch and row.state is not WriterState.STOPPED:
            writing.set_state(row.id, row.epoch, WriterState.STOPPED, f"It was enrolled again as epoch {body.epoch}.")
    if writing.writer(body.till, body.epoch) is None:
        row = WriterRow(
            id=body.till, epoch=body.epoch, branch=body.branch, name=body.name, key=body.key, box=body.box, seq=0,
            hash=GENESIS, state=WriterState.ACTIVE, reason="",
        )  # fmt: skip
        writing.add_writer(row)


def _adopt_carried(writing: Writing, body: EntryCarried, signed: SignedEntry) -> None:
    """What is carried was kept beside its journal too, and stopped its till where it was a fork."""
    inner = carried(signed)
    if inner is None:
        return
    head = inner.head
    kept = ForkRow(head.writer, head.epoch, head.seq, head.hash, inner.signature, inner.raw, carried=True)
    writing.keep_fork([kept])
    if head.writer == OFFICE:
        _adopt(writing, inner)
    row = writing.writer(head.writer, head.epoch)
    if body.fork and row is not None and row.id != OFFICE and row.state is WriterState.ACTIVE:
        reason = f"Its journal forked at entry {head.seq}; it is stopped until it is enrolled again."
        writing.set_state(row.id, row.epoch, WriterState.STOPPED, reason)
