"""Entries that stand beside their writer's journal: the other branch of a fork, and what tills hand back.

They are kept as they came, and the office carries them in its own journal: so books and tills have them too.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

import msgspec

from common.chain import GENESIS, Head, SignedEntry, carried, digest, public_key, signature_holds, vouched_for
from common.entries import (
    OFFICE,
    BadEntry,
    ClerkSet,
    EntryCarried,
    LeaseGranted,
    NumbersAllotted,
    TillEnrolled,
    TillRevoked,
    UtilitySet,
    account_of,
    decode_entry,
    type_of,
)
from common.entries.envelope import MAX_ENTRY
from common.wire import Problem
from syncserver.ingest.batch import BatchRefused, fork_problem
from syncserver.ingest.intake import Intake
from syncserver.office.leases import adopt_lease
from syncserver.office.numbers import note_numbers
from syncserver.office.pen import EPOCH
from syncserver.store import ForkRow, WriterRow, WriterState, Writing

_LONGEST = MAX_ENTRY - 1_024
"""An entry whose line, as a JSON string, is longer than this cannot be carried. Nobody writes such; it is kept."""

_ENROLLED_AGAIN = "It was enrolled again as epoch {epoch}; this is its disk from before, or a copy."


def keep_branch(intake: Intake, entries: list[SignedEntry]) -> None:
    """Keep what a stopped till sent besides its journal, proved already, and carry what is new of it."""
    _keep(intake.writing, entries)
    _carry(intake, entries, fork=True)


def supersede(intake: Intake, writer: str, epoch: int) -> None:
    """A till goes on under this epoch: its journals from before end where they are; what was handed back of them is
    carried now, for nobody else will send it."""
    for row in intake.writing.writers():
        if row.id == writer and row.epoch < epoch:
            if row.state is not WriterState.STOPPED:
                reason = _ENROLLED_AGAIN.format(epoch=epoch)
                intake.writing.set_state(row.id, row.epoch, WriterState.STOPPED, reason)
            carry_kept(intake, row)


def stop_forked(intake: Intake, row: WriterRow, reason: str) -> None:
    """A till's journal has another branch: it is stopped, and nobody sends what is kept beside it any more."""
    intake.writing.set_state(row.id, row.epoch, WriterState.STOPPED, reason)
    carry_kept(intake, row)


def meet_kept(intake: Intake, writer: str, epoch: int, first: int, last: int) -> None:
    """A till's journal went on with these numbers. Where what was handed back of it says something else, it forked."""
    if not intake.writing.kept(writer, epoch, first, last + 1):
        return
    row = intake.writing.writer(writer, epoch)
    other = [] if row is None else [signed for signed in _strays(intake, row) if _is_beside(row, signed)]
    if row is not None and other:
        stop_forked(intake, row, fork_problem(row, other[0].entry.seq).message)


def carry_kept(intake: Intake, row: WriterRow) -> None:
    """Carry what is kept beside a journal and is not in it."""
    for signed in _strays(intake, row):
        _carry(intake, [signed], fork=_is_beside(row, signed))


def _strays(intake: Intake, row: WriterRow) -> list[SignedEntry]:
    kept = [_signed(fork) for fork in intake.writing.kept(row.id, row.epoch, 1)]
    held = intake.writing.hashes(row.id, row.epoch, 1, row.seq) if kept else {}
    return [signed for signed in kept if held.get(signed.entry.seq) != signed.hash]


def _is_beside(row: WriterRow, signed: SignedEntry) -> bool:
    """Whether an entry that a journal does not have cannot become part of it: there is another in its place."""
    entry = signed.entry
    return entry.seq <= row.seq or (entry.seq == row.seq + 1 and entry.prev != row.hash)


def take_back(intake: Intake, entries: list[SignedEntry]) -> int:
    """Take back what this office lost: its own entries, and other writers' that the till had from the feed. Returns how
    many it did not hold.

    What continues a journal goes on with it. Other entries of the office, and of tills that will not send theirs, are
    carried; those of a till in use are kept until it sends them itself, goes another way, or shows that it has lost
    them (`meet_kept`, `carry_kept`).

    Raises:
        BatchRefused: a signature is not the writer's; nothing is stored.
    """
    lacking = list(_lacking(intake.writing, entries))
    _prove(intake.writing, lacking)
    for (writer, epoch), batch in groupby(lacking, key=lambda signed: (signed.entry.writer, signed.entry.epoch)):
        for signed in batch:
            row = intake.writing.writer(writer, epoch)
            if row is not None:
                _take_one(intake, row, signed)
    return len(lacking)


def _take_one(intake: Intake, row: WriterRow, signed: SignedEntry) -> None:
    follows = signed.entry.seq == row.seq + 1 and signed.entry.prev == row.hash
    if follows and row.state is not WriterState.STOPPED:
        intake.take([signed])
        adopt(intake, signed)
        meet_kept(intake, row.id, row.epoch, signed.entry.seq, signed.entry.seq)
        return
    _keep(intake.writing, [signed])
    if row.id == OFFICE:
        _carry(intake, [signed], fork=False)
    elif row.state is not WriterState.ACTIVE:
        _carry(intake, [signed], fork=_is_beside(row, signed))
    elif _is_beside(row, signed):
        stop_forked(intake, row, fork_problem(row, signed.entry.seq).message)


def adopt(intake: Intake, signed: SignedEntry) -> None:
    """What an office entry that came back means for the office itself: who may write, and what it has given out."""
    writing, body = intake.writing, signed.entry.body
    if signed.entry.writer != OFFICE:
        return
    match body:
        case TillEnrolled():
            _enrolled(intake, body)
        case TillRevoked():
            row = writing.latest_writer(body.till)
            if row is not None and row.state is WriterState.ACTIVE:
                writing.set_state(row.id, row.epoch, WriterState.REVOKED, body.reason)
        case LeaseGranted():
            adopt_lease(writing, body, signed.entry.at)
        case NumbersAllotted():
            note_numbers(writing, body)
        case _:
            pass


def _enrolled(intake: Intake, body: TillEnrolled) -> None:
    if intake.writing.writer(body.till, body.epoch) is not None:
        return
    latest = intake.writing.latest_writer(body.till)
    intake.writing.add_writer(
        WriterRow(
            id=body.till,
            epoch=body.epoch,
            branch=body.branch,
            name=body.name,
            key=body.key,
            box=body.box,
            seq=0,
            hash=GENESIS,
            state=WriterState.ACTIVE,
            reason="",
        )
    )
    supersede(intake, body.till, max(body.epoch, 0 if latest is None else latest.epoch))


def _lacking(writing: Writing, entries: list[SignedEntry]) -> Iterator[SignedEntry]:
    """What the office does not hold, its own first: those say who the others are."""
    forks = {fork.hash for fork in writing.forks()}

    def order(signed: SignedEntry) -> tuple[bool, str, int, int]:
        entry = signed.entry
        return (entry.writer != OFFICE, entry.writer, entry.epoch, entry.seq)

    unkept = sorted((signed for signed in entries if signed.hash not in forks), key=order)
    for (writer, epoch), batch in groupby(unkept, key=lambda signed: (signed.entry.writer, signed.entry.epoch)):
        group = list(batch)
        held = writing.hashes(writer, epoch, group[0].entry.seq, group[-1].entry.seq)
        yield from (signed for signed in group if held.get(signed.entry.seq) != signed.hash)


def _prove(writing: Writing, entries: list[SignedEntry]) -> None:
    """Every entry by its writer's key, as the office knows it or as these entries of its own say it."""
    keys = {(row.id, row.epoch): row.key for row in writing.writers()}
    for signed in entries:
        entry = signed.entry
        key = keys.get((entry.writer, entry.epoch))
        if key is None:
            continue  # nobody's: nothing of it is taken
        if not _holds(signed, key, keys[OFFICE, EPOCH]):
            message = f"The signature of entry {entry.seq} is not {entry.writer}'s. Nothing was stored."
            raise BatchRefused(400, Problem(error="bad_signature", message=message, seq=entry.seq))
        if isinstance(entry.body, TillEnrolled):
            keys.setdefault((entry.body.till, entry.body.epoch), entry.body.key)


def _holds(signed: SignedEntry, key: str, office: str) -> bool:
    """Whether the writer signed the entry, or this office vouched for it when it passed it on."""
    return signature_holds(public_key(key), signed) or vouched_for(public_key(office), signed)


def _keep(writing: Writing, entries: Iterable[SignedEntry]) -> None:
    writing.keep_fork(
        ForkRow(signed.entry.writer, signed.entry.epoch, signed.entry.seq, signed.hash, signed.signature, signed.raw)
        for signed in entries
    )


def _carry(intake: Intake, entries: list[SignedEntry], *, fork: bool) -> None:
    """Carry kept entries that are not carried yet."""
    done = {row.hash for row in intake.writing.forks() if row.carried}
    for signed in entries:
        line = signed.line.removesuffix(b"\n").decode()
        if signed.hash in done or len(msgspec.json.encode(line)) > _LONGEST or _outdated(intake.writing, signed):
            continue
        inner = carried(signed)
        if inner is not None:
            _carry_again(intake, signed, inner)
            continue
        intake.say(EntryCarried(account=account_of(signed.entry.body), line=line, fork=fork))
        intake.writing.mark_carried(signed.head)
        adopt(intake, signed)


def _carry_again(intake: Intake, signed: SignedEntry, inner: SignedEntry) -> None:
    """What this office carried before it was restored; perhaps nobody else has it any more."""
    entry, body = inner.entry, signed.entry.body
    if intake.writing.writer(entry.writer, entry.epoch) is not None:
        _keep(intake.writing, [inner])
    _carry(intake, [inner], fork=isinstance(body, EntryCarried) and body.fork)
    intake.writing.mark_carried(signed.head)


def _outdated(writing: Writing, signed: SignedEntry) -> bool:
    """Whether the office has said something later about the same: of some things the latest word holds."""
    body = signed.entry.body
    if not isinstance(body, ClerkSet | UtilitySet | LeaseGranted):
        return False
    said = (found.signed.entry for found in writing.of_type(OFFICE, type_of(body)))
    return any(_subject(entry.body) == _subject(body) and entry.at > signed.entry.at for entry in said)


def _subject(body: object) -> str:
    match body:
        case ClerkSet():
            return body.clerk
        case LeaseGranted():
            return body.till
        case _:
            return ""


def _signed(row: ForkRow) -> SignedEntry:
    return SignedEntry(decode_entry(row.raw), row.raw, row.hash, row.signature)


def check_fork(row: ForkRow, key: str, office: str) -> Head:
    """The head that a kept entry is, when it proves itself.

    Raises:
        BadEntry: its bytes or its signature do not hold.
    """
    signed = _signed(row)
    entry = signed.entry
    if digest(signed.raw) != row.hash or (entry.writer, entry.epoch, entry.seq) != (row.writer, row.epoch, row.seq):
        raise BadEntry("its bytes were changed")
    if not _holds(signed, key, office):
        raise BadEntry("the signature is not the writer's")
    return signed.head
