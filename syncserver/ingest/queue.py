"""Group commit: one thread takes all batches that wait and commits them in one transaction."""

import queue
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from common.chain import Head, SignedEntry
from common.entries import AccountOpened
from common.wire import Problem
from syncserver.ingest.batch import BatchRefused, Forked, judge, other_branch, stopped
from syncserver.ingest.branches import keep_branch, meet_kept, stop_forked
from syncserver.ingest.intake import Intake
from syncserver.ingest.prepare import Prepared
from syncserver.office.grants import renew_numbers
from syncserver.office.leases import renew_lease
from syncserver.store import MasterStore, StoreUnavailable, WriterRow, WriterState, Writing

_MOST_IN_GROUP = 64


class _Waiting(Struct, frozen=True):
    till: str
    epoch: int
    batch: "list[SignedEntry] | Prepared"
    done: "Future[Head]"


class IngestQueue:
    """The one writer of this process. Other processes' writers wait for the database's own lock.

    Args:
        clock: the office's wall clock (UTC).
        on_commit: called in the writer's thread after each transaction that stored something.
    """

    def __init__(
        self,
        store: MasterStore,
        key: Ed25519PrivateKey,
        clock: Callable[[], datetime],
        on_commit: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._key = key
        self._clock = clock
        self._on_commit = on_commit
        self._waiting: queue.SimpleQueue[_Waiting] = queue.SimpleQueue()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ingest")

    def submit(self, till: str, epoch: int, batch: list[SignedEntry] | Prepared) -> "Future[Head]":
        """Take a batch of a till's journal of this epoch. The future has the new head once it is on disk.

        It fails with BatchRefused, with StoreUnavailable when nothing could be stored, or with a fault of ours.
        """
        done: Future[Head] = Future()
        self._waiting.put(_Waiting(till, epoch, batch, done))
        self._thread.submit(self._take_waiting)
        return done

    def take_now(self, till: str, epoch: int, batch: list[SignedEntry] | Prepared) -> Head:
        """Take a batch in the caller's own thread. Returns the new head.

        Raises:
            BatchRefused, StoreUnavailable: see `submit`.
        """
        (outcome,) = self._store_group([_Waiting(till, epoch, batch, Future())])
        if isinstance(outcome, BatchRefused):
            raise outcome
        self._on_commit()
        return outcome

    def turn(self) -> "Future[None]":
        """Comes true when the writer has done what waits before: it is alive."""
        return self._thread.submit(lambda: None)

    def close(self) -> None:
        """Take what waits, then stop."""
        self._thread.shutdown(wait=True)

    def _take_waiting(self) -> None:
        """Called once for each batch; an earlier call may have taken it already, along with others."""
        group: list[_Waiting] = []
        while len(group) < _MOST_IN_GROUP and not self._waiting.empty():
            batch = self._waiting.get()
            if batch.done.set_running_or_notify_cancel():
                group.append(batch)
        if group:
            self._commit(group)

    def _commit(self, group: list[_Waiting]) -> None:
        try:
            outcomes = self._store_group(group)
        except StoreUnavailable as error:
            for batch in group:
                batch.done.set_exception(error)
            return
        except BaseException as error:
            if len(group) == 1:
                group[0].done.set_exception(error)
                raise
            # A fault of ours at one till's batch must not keep the others' from the disk.
            for batch in group:
                with suppress(Exception):  # its future has told whoever waits for it
                    self._commit([batch])
            return
        self._on_commit()
        for batch, outcome in zip(group, outcomes, strict=True):
            if isinstance(outcome, Head):
                batch.done.set_result(outcome)
            else:
                batch.done.set_exception(outcome)

    def _store_group(self, group: list[_Waiting]) -> list[Head | BatchRefused]:
        with self._store.write() as writing:
            intake = Intake(writing, self._key, self._clock())
            outcomes = [self._take(writing, intake, batch) for batch in group]
            intake.finish()
        return outcomes

    def _take(self, writing: Writing, intake: Intake, waiting: _Waiting) -> Head | BatchRefused:
        """Take one batch into the open transaction. A refused one leaves no trace, but for the branch of a fork."""
        row = writing.writer(waiting.till, waiting.epoch)
        if row is None:
            return BatchRefused(401, Problem(error="unauthorised", message="The office knows no such till."))
        batch = waiting.batch
        if isinstance(batch, Prepared):
            if row.state is WriterState.STOPPED or batch.after != row.head:
                return self._judge(writing, intake, row, batch.entries())
            intake.take_prepared(batch)
            meet_kept(intake, row.id, row.epoch, row.seq + 1, batch.head.seq)
            self._renew(intake, row, opens=batch.opens)
            return batch.head
        return self._judge(writing, intake, row, batch)

    def _judge(
        self, writing: Writing, intake: Intake, row: WriterRow, entries: list[SignedEntry]
    ) -> Head | BatchRefused:
        """Take a batch that nobody has judged, or not by where its journal is now."""

        def held(first: int, last: int) -> dict[int, str]:
            return writing.hashes(row.id, row.epoch, first, last)

        try:
            if row.state is WriterState.STOPPED:
                beside = other_branch(row, entries, held)
                keep_branch(intake, beside)
                return stopped(row, beside)
            judged = judge(row, entries, held)
        except Forked as fork:
            keep_branch(intake, fork.entries)
            stop_forked(intake, row, fork.problem.message)
            return fork
        except BatchRefused as refused:
            return refused
        intake.take(judged.new)
        meet_kept(intake, row.id, row.epoch, row.seq + 1, row.seq + len(judged.new))
        self._renew(intake, row, opens=any(isinstance(signed.entry.body, AccountOpened) for signed in judged.new))
        return judged.new[-1].head if judged.new else row.head

    def _renew(self, intake: Intake, row: WriterRow, *, opens: bool) -> None:
        """What a till that is in touch is granted: `opens` says whether it has used account numbers."""
        renew_lease(intake, row, self._clock())
        if opens:
            renew_numbers(intake, row)
