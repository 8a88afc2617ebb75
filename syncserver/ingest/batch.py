"""A batch of journal lines, judged against what the office holds of its writer's journal."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from common.chain import ChainError, Head, SignedEntry, follow, public_key, read_line, signature_holds
from common.entries import BadEntry, JournalOpened
from common.wire import MAX_BATCH_BYTES, MAX_BATCH_ENTRIES, Problem
from syncserver.store import WriterRow

HeldHashes = Callable[[int, int], dict[int, str]]
"""The hashes that the office holds of this journal, from one sequence number to another."""


class BatchRefused(Exception):
    """The batch is not taken; nothing of it is stored. `status` is the HTTP status."""

    def __init__(self, status: int, problem: Problem) -> None:
        super().__init__(problem.message)
        self.status = status
        self.problem = problem


class Forked(BatchRefused):
    """The writer's journal has two branches: its disk was restored, or it was copied. The other branch is kept."""

    def __init__(self, problem: Problem, entries: list[SignedEntry]) -> None:
        super().__init__(409, problem)
        self.entries = entries


class Judged(Struct, frozen=True):
    """A good batch: what of it is new."""

    new: list[SignedEntry]


def stopped(row: WriterRow, beside: Sequence[SignedEntry] = ()) -> BatchRefused:
    """What a stopped till is told until it is enrolled again. `beside`: what it sent that is not in its journal."""
    seq = beside[0].entry.seq if beside else None
    return BatchRefused(409, Problem(error="fork", message=row.reason, head=row.head, seq=seq))


def read_batch(body: bytes) -> list[SignedEntry]:
    """The lines of a request as entries.

    Raises:
        BatchRefused: too many, too long, or no entries.
    """
    lines = body.split(b"\n")
    if len(body) > MAX_BATCH_BYTES or len(lines) > MAX_BATCH_ENTRIES + 1:
        message = f"A batch has at most {MAX_BATCH_ENTRIES} entries and {MAX_BATCH_BYTES} bytes. Send smaller ones."
        raise BatchRefused(413, Problem(error="too_large", message=message))
    if lines.pop() != b"":
        raise _malformed(len(lines) + 1, "the last line does not end: it was cut")
    entries: list[SignedEntry] = []
    for number, line in enumerate(lines, 1):
        try:
            entries.append(read_line(line))
        except BadEntry as error:
            raise _malformed(number, error.reason) from error
    return entries


def judge(row: WriterRow, entries: list[SignedEntry], held: HeldHashes) -> Judged:
    """What of a batch is new.

    Raises:
        BatchRefused: it is not this writer's, has a gap or a wrong signature.
        Forked: it contradicts what the office holds.
    """
    if not entries:
        return Judged([])
    _prove(row, entries)
    first, last = entries[0].entry.seq, entries[-1].entry.seq
    if first > row.seq + 1:
        message = f"The office holds this journal up to entry {row.seq}. Send from there on."
        raise BatchRefused(409, Problem(error="gap", message=message, head=row.head))
    known = held(first, min(last, row.seq))
    for signed in entries:
        seq = signed.entry.seq
        if (seq in known and known[seq] != signed.hash) or (seq == row.seq + 1 and signed.entry.prev != row.hash):
            _prove_each(row, entries)
            raise Forked(fork_problem(row, seq), [other for other in entries if other.entry.seq >= seq])
    new = [signed for signed in entries if signed.entry.seq > row.seq]
    if new and new[0].entry.seq == 1:
        _check_opening(row, new[0])
    return Judged(new)


def other_branch(row: WriterRow, entries: list[SignedEntry], held: HeldHashes) -> list[SignedEntry]:
    """What of a stopped writer's batch the office does not hold: more of its other branch.

    Raises:
        BatchRefused: it is not this writer's, or has a wrong signature.
    """
    if not entries:
        return []
    _check_chain(row, entries)
    _prove_each(row, entries)
    known = held(entries[0].entry.seq, entries[-1].entry.seq)
    return [signed for signed in entries if known.get(signed.entry.seq) != signed.hash]


def _prove(row: WriterRow, entries: list[SignedEntry]) -> None:
    _check_chain(row, entries)
    # Each hash covers all before it, so that the last signature proves the whole batch. One in its middle that is wrong
    # all the same is found when the entry is passed on to another till (syncserver.feed.relay), and by `verify`.
    _prove_each(row, entries[-1:])


def _prove_each(row: WriterRow, entries: list[SignedEntry]) -> None:
    """What stands beside a journal is carried entry by entry (syncserver.ingest.branches)."""
    key = public_key(row.key)
    for signed in entries:
        if not signature_holds(key, signed):
            message = f"The signature of entry {signed.entry.seq} is not this till's. Nothing was stored."
            raise BatchRefused(400, Problem(error="bad_signature", message=message, seq=signed.entry.seq))


def _check_chain(row: WriterRow, entries: list[SignedEntry]) -> None:
    first = entries[0].entry
    for signed in entries:
        if signed.entry.writer != row.id or signed.entry.epoch != row.epoch:
            message = (
                f"These entries are {signed.entry.writer}'s, epoch {signed.entry.epoch}; this is {row.id}'s token."
            )
            raise BatchRefused(403, Problem(error="wrong_writer", message=message, seq=signed.entry.seq))
    before = Head(writer=row.id, epoch=row.epoch, seq=first.seq - 1, hash=first.prev)
    try:
        for _ in follow(before, entries):
            pass
    except ChainError as error:
        message = f"Entry {error.seq} does not hold: {error.reason}. Nothing was stored."
        raise BatchRefused(400, Problem(error="malformed", message=message, seq=error.seq)) from error


def _check_opening(row: WriterRow, signed: SignedEntry) -> None:
    body = signed.entry.body
    if not isinstance(body, JournalOpened) or body.key != row.key or body.branch != row.branch:
        message = "A journal's first entry opens it, with the key and the branch that were enrolled."
        raise BatchRefused(400, Problem(error="malformed", message=message, seq=1))


def _malformed(number: int, reason: str) -> BatchRefused:
    message = f"Line {number} is no entry: {reason}. Nothing was stored."
    return BatchRefused(400, Problem(error="malformed", message=message))


def fork_problem(row: WriterRow, seq: int) -> Problem:
    """What a till is told whose journal has another entry under this number than the office's."""
    message = (
        f"The office holds another entry {seq} of {row.id}: its disk was restored, or the till was copied. Nothing of "
        "either is lost. The till is stopped until it is enrolled again."
    )
    return Problem(error="fork", message=message, head=row.head, seq=seq)
