"""Sending the journal, and what its answers say about whether this till is the only one that writes it."""

from collections.abc import Awaitable, Callable, Iterable, Iterator

from common.chain import Head, SignedEntry
from common.wire import MAX_BATCH_BYTES, MAX_BATCH_ENTRIES, JournalReply
from till.journal.fork import FORK, Fork
from till.journal.writer import Journal
from till.store import Store
from till.sync.errors import JournalForked, JournalNotTaken, OfficeNonsense, OfficeRefused
from till.sync.restored import no_longer_restored

_MOST_ROUNDS = 3
"""How often the office may name another head than the till believed in, in one sync."""

_BAD = ("bad_signature", "malformed")


Post = Callable[[list[SignedEntry]], Awaitable[JournalReply]]


class Sending:
    """One sync's sending. `post` sends a batch and gives the answer, or raises OfficeRefused."""

    def __init__(self, store: Store, journal: Journal, url: str, post: Post) -> None:
        self._store = store
        self._journal = journal
        self._url = url
        self._ask = post

    async def send(self) -> tuple[JournalReply, int]:
        """Send batches from the acknowledged head on; an empty one asks for the head that the office holds. Returns its
        last answer, and how many entries were sent.

        Raises:
            JournalForked: the office's journal of this till has another branch; it has ours too now.
            JournalNotTaken: an entry does not hold.
            SyncError: see till.sync.errors.
        """
        sent = 0
        reply = await self._post([])
        rounds_left = _MOST_ROUNDS
        while reply.head.seq != self._journal.head.seq or not self._is_ours(reply.head):
            if not self._is_ours(reply.head):
                await self._hand_over(reply.head)
            batch, before = next(self._batches(reply.head.seq), []), reply.head.seq
            try:
                reply = await self._post(batch)
                sent += len(batch)
                if reply.head.seq <= before:
                    raise OfficeNonsense(self._url, "it takes entries and keeps none")
            except OfficeRefused as refused:
                head = refused.problem.head
                if refused.problem.error != "gap" or head is None or rounds_left == 0:
                    raise
                rounds_left -= 1
                reply = JournalReply(head=head, now=reply.now)
        no_longer_restored(self._store)
        return reply, sent

    async def _post(self, batch: list[SignedEntry]) -> JournalReply:
        try:
            reply = await self._ask(batch)
        except OfficeRefused as refused:
            problem = refused.problem
            if problem.error == "fork" and problem.head is not None:
                await self._hand_over(problem.head)
            if problem.error in _BAD and problem.seq is not None:
                raise JournalNotTaken(problem.seq, problem.message) from refused
            raise
        if self._is_ours(reply.head):
            self._store.set_acked(reply.head, reply.now)
        return reply

    async def _hand_over(self, head: Head) -> None:
        """Send all that the office may not have; every answer says where the two branches part.

        Raises:
            JournalForked: always, once all is sent.
        """
        own = self._journal.head
        if (head.writer, head.epoch) != (own.writer, own.epoch) or head.seq < 0:
            raise OfficeNonsense(self._url, f"it holds an entry {head.seq} that is not this till's")
        after = min(self._store.acked(), head.seq)
        common = await self._send_branch(after)
        if common == after > 0:  # perhaps they part before what was acknowledged: by an office that is no more
            common = await self._send_branch(0)
        fork = Fork(common=common, office=head.seq)
        self._store.set_setting(FORK, fork)
        raise JournalForked(own.writer, fork.common, fork.office)

    async def _send_branch(self, after: int) -> int:
        """Send all from there on. Returns the last entry that the office's journal has too."""
        common: int | None = None
        for batch in self._batches(after):
            try:
                await self._ask(batch)
            except OfficeRefused as refused:
                problem = refused.problem
                if problem.error in _BAD and problem.seq is not None:
                    raise JournalNotTaken(problem.seq, problem.message) from refused
                if problem.error != "fork":
                    raise
                if common is None and problem.seq is not None:
                    common = problem.seq - 1
        return self._journal.head.seq if common is None else common

    def _is_ours(self, head: Head) -> bool:
        own = self._journal.head
        if (head.writer, head.epoch) != (own.writer, own.epoch) or not 0 <= head.seq <= own.seq:
            return False
        return head.seq == 0 or self._store.entry_hash(head.writer, head.epoch, head.seq) == head.hash

    def _batches(self, after: int) -> Iterator[list[SignedEntry]]:
        own = self._journal.head
        return batches(self._store.entries(own.writer, own.epoch, after=after))


def batches(entries: Iterable[SignedEntry]) -> Iterator[list[SignedEntry]]:
    """Entries in batches that the office takes."""
    batch: list[SignedEntry] = []
    size = 0
    for signed in entries:
        size += len(signed.line)
        if batch and (size > MAX_BATCH_BYTES or len(batch) == MAX_BATCH_ENTRIES):
            yield batch
            batch, size = [], len(signed.line)
        batch.append(signed)
    if batch:
        yield batch
