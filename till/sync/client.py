"""One sync: send what the office lacks, take what is new. Every request may be cut and sent again."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.chain import SignedEntry
from common.entries import BadEntry, ClockCompared
from common.wire import (
    MAX_BATCH_BYTES,
    MAX_BATCH_ENTRIES,
    TOKEN_SECONDS,
    FeedItem,
    JournalReply,
    VersionReply,
    read_feed_line,
)
from till.journal.writer import Journal
from till.store import Store
from till.sync.answers import check, read_answer
from till.sync.errors import OfficeNonsense, OfficeRefused
from till.sync.report import SyncReport
from till.sync.transport import Transport

_OFFSET_CHANGED_MS = 10_000
"""A change of the clock's offset that is entered; less may be the line's delay."""

POSITION = "Kilotill-Position"
_MOST_ROUNDS = 3
"""How often the office may name another head than the till believed in, in one sync."""


@dataclass(frozen=True)
class OfficeClient:
    """How to reach the office: its address, the SHA-256 of its certificate, and who asks.

    Attributes:
        clock: the till's wall clock (UTC).
    """

    url: str
    pin: bytes
    till: str
    signing: Ed25519PrivateKey
    clock: Callable[[], datetime]


def run_sync(store: Store, journal: Journal, client: OfficeClient) -> SyncReport:
    """Send and take until neither has anything new.

    Raises:
        SyncError: see till.sync.errors; what was acknowledged and taken stays so.
        FeedRefused: the feed has an entry that does not prove itself.
    """
    return asyncio.run(_Sync(store, journal, client).run())


class _Sync:
    def __init__(self, store: Store, journal: Journal, client: OfficeClient) -> None:
        self._store = store
        self._journal = journal
        self._client = client
        self._offset = timedelta()

    async def run(self) -> SyncReport:
        url = self._client.url
        async with Transport(url, self._client.pin) as self._office:
            version = read_answer(url, await self._office.ask("GET", "/v1/version"), VersionReply)
            self._offset = self._client.clock() - version.now
            self._enter_offset()
            reply, sent = await self._send()
            received = await self._take()
        return SyncReport(
            sent=sent, received=received, head=reply.head, offset_ms=round(self._offset.total_seconds() * 1000)
        )

    def _enter_offset(self) -> None:
        """The office reads in the journal how far this till's clock was off, when that has changed."""
        offset_ms = self._offset // timedelta(milliseconds=1)
        known = self._store.setting("clock_offset", int) or 0
        if abs(offset_ms - known) > _OFFSET_CHANGED_MS:
            self._journal.commit(ClockCompared(offset_ms=offset_ms))

    async def _send(self) -> tuple[JournalReply, int]:
        """Send batches from the acknowledged head on; an empty one asks for the head that the office holds."""
        sent = 0
        reply = await self._post([])
        rounds_left = _MOST_ROUNDS
        while reply.head.seq != self._journal.head.seq or not self._is_ours(reply):
            if not self._is_ours(reply):
                raise OfficeNonsense(self._client.url, f"it holds an entry {reply.head.seq} that is not this till's")
            batch, before = self._batch(reply.head.seq), reply.head.seq
            try:
                reply = await self._post(batch)
                sent += len(batch)
                if reply.head.seq <= before:
                    raise OfficeNonsense(self._client.url, "it takes entries and keeps none")
            except OfficeRefused as refused:
                head = refused.problem.head
                if refused.problem.error != "gap" or head is None or rounds_left == 0:
                    raise
                rounds_left -= 1
                reply = JournalReply(head=head, now=reply.now)
        return reply, sent

    def _is_ours(self, reply: JournalReply) -> bool:
        head, own = reply.head, self._journal.head
        if (head.writer, head.epoch) != (own.writer, own.epoch) or head.seq > own.seq:
            return False
        return head.seq == 0 or self._store.entry_hash(head.writer, head.epoch, head.seq) == head.hash

    def _batch(self, after: int) -> list[SignedEntry]:
        own = self._journal.head
        batch: list[SignedEntry] = []
        size = 0
        for signed in self._store.entries(own.writer, own.epoch, after=after, limit=MAX_BATCH_ENTRIES):
            size += len(signed.line)
            if batch and size > MAX_BATCH_BYTES:
                break
            batch.append(signed)
        return batch

    async def _post(self, batch: list[SignedEntry]) -> JournalReply:
        body = b"".join(signed.line for signed in batch)
        answer = await self._office.ask("POST", "/v1/journal", body=body, headers=self._token())
        reply = read_answer(self._client.url, answer, JournalReply)
        if self._is_ours(reply):
            self._store.set_acked(reply.head, reply.now)
        return reply

    async def _take(self) -> int:
        received = 0
        rewound = False
        while True:
            after = self._store.feed_position()
            params = {"after": str(after), "wait": "0"}
            answer = await self._office.ask("GET", "/v1/feed", params=params, headers=self._token())
            check(self._client.url, answer)
            items, position = self._read_feed(answer.body), self._position(answer.headers.get(POSITION, ""))
            if position == after and not items:
                return received
            if position < after and rewound:
                raise OfficeNonsense(self._client.url, "its feed runs backwards")
            # An office restored from an older backup has a shorter feed: what it adds from there on is new.
            rewound = rewound or position < after
            received += self._journal.accept(items, position)

    def _read_feed(self, body: bytes) -> list[FeedItem]:
        if body and not body.endswith(b"\n"):
            raise OfficeNonsense(self._client.url, "the feed's last line is cut")
        try:
            return [read_feed_line(line) for line in body.splitlines()]
        except BadEntry as error:
            raise OfficeNonsense(self._client.url, error.reason) from error

    def _position(self, text: str) -> int:
        if not text.isdigit() or len(text) > 16:
            raise OfficeNonsense(self._client.url, f"the feed names no {POSITION}")
        return int(text)

    def _token(self) -> dict[str, str]:
        now = self._client.clock() - self._offset
        claims = {
            "iss": self._client.till,
            "aud": "kilotill",
            "iat": int(now.timestamp()),
            "exp": int(now.timestamp()) + TOKEN_SECONDS,
        }
        token = jwt.encode(claims, self._client.signing, algorithm="EdDSA", headers={"kid": self._client.till})
        return {"Authorization": f"Bearer {token}"}
