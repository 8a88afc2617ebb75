"""Group commit: one thread takes all batches that wait and commits them in one transaction."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from common.chain import Head, SignedEntry
from common.wire import Problem
from syncserver.ingest.batch import BatchRefused, Forked, judge, other_branch
from syncserver.ingest.intake import Intake
from syncserver.office.grants import renew_lease
from syncserver.store import ForkRow, MasterStore, StoreUnavailable, WriterState, Writing

_MOST_IN_GROUP = 64


class _Waiting(Struct, frozen=True):
    till: str
    entries: list[SignedEntry]
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
        self._closing = False
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="ingest", daemon=True)
        self._thread.start()

    def submit(self, till: str, entries: list[SignedEntry]) -> "Future[Head]":
        """Take a till's batch. The future has the new head once it is on disk.

        It fails with BatchRefused, or StoreUnavailable when nothing could be stored.
        """
        done: Future[Head] = Future()
        self._waiting.put(_Waiting(till, entries, done))
        return done

    def close(self) -> None:
        """Take what waits, then stop."""
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        while True:
            group = self._next_group()
            if group:
                self._commit(group)
            if self._closing:
                return

    def _next_group(self) -> list[_Waiting]:
        group: list[_Waiting] = []
        found = self._waiting.get()
        while found is not None:
            group.append(found)
            if len(group) == _MOST_IN_GROUP or self._waiting.empty():
                return group
            found = self._waiting.get()
        self._closing = True
        return group

    def _commit(self, group: list[_Waiting]) -> None:
        outcomes: list[tuple[_Waiting, Head | BatchRefused]] = []
        try:
            with self._store.write() as writing:
                intake = Intake(writing, self._key, self._clock())
                outcomes.extend((batch, self._take(writing, intake, batch)) for batch in group)
                intake.finish()
        except StoreUnavailable as error:
            for batch in group:
                batch.done.set_exception(error)
            return
        except BaseException as error:
            for batch in group:
                batch.done.set_exception(error)
            raise
        self._on_commit()
        for batch, outcome in outcomes:
            if isinstance(outcome, Head):
                batch.done.set_result(outcome)
            else:
                batch.done.set_exception(outcome)

    def _take(self, writing: Writing, intake: Intake, batch: _Waiting) -> Head | BatchRefused:
        """Take one batch into the open transaction. A refused one leaves no trace, but for the branch of a fork."""
        row = writing.latest_writer(batch.till)
        if row is None:
            return BatchRefused(401, Problem(error="unauthorised", message="The office knows no such till."))

        def held(first: int, last: int) -> dict[int, str]:
            return writing.hashes(row.id, row.epoch, first, last)

        try:
            if row.state is WriterState.STOPPED:
                writing.keep_fork(_fork_rows(other_branch(row, batch.entries, held)))
                return BatchRefused(409, Problem(error="fork", message=row.reason, head=row.head))
            judged = judge(row, batch.entries, held)
        except Forked as fork:
            writing.keep_fork(_fork_rows(fork.entries))
            writing.set_state(row.id, row.epoch, WriterState.STOPPED, fork.problem.message)
            return fork
        except BatchRefused as refused:
            return refused
        intake.take(judged.new)
        renew_lease(intake, row, self._clock())
        return judged.new[-1].head if judged.new else row.head


def _fork_rows(entries: list[SignedEntry]) -> list[ForkRow]:
    return [
        ForkRow(signed.entry.writer, signed.entry.epoch, signed.entry.seq, signed.hash, signed.signature, signed.raw)
        for signed in entries
    ]
