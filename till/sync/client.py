"""One sync: send what the office lacks, take what is new. Every request may be cut and sent again."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, Self

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.chain import SignedEntry
from common.entries import BadEntry, ClockCompared
from common.wire import SOFTWARE, TOKEN_SECONDS, FeedItem, JournalReply, ReturnedReply, VersionReply, read_feed_line
from till import VERSION
from till.journal.writer import Journal
from till.store import Store
from till.sync.answers import check, read_answer
from till.sync.errors import OfficeNonsense, OfficeRefused
from till.sync.past import Past, read_entries
from till.sync.report import SyncReport
from till.sync.restored import past_is_known
from till.sync.runs import hear_run, heard_run, held_until, owes_entries, paid, rewind
from till.sync.sending import Sending, batches
from till.sync.transport import Answer, Transport

_OFFSET_CHANGED_MS = 10_000
"""A change of the clock's offset that is entered; less may be the line's delay."""

POSITION = "Kilotill-Position"


Branch = Callable[[int], Iterable[SignedEntry]]
"""The entries of a journal after a sequence number, from wherever they are kept."""


class Line(Protocol):
    """A way to the office, used as an async context: TLS (transport.py), or a test's."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...

    async def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request. Raises SyncError."""
        ...


@dataclass(frozen=True)
class OfficeClient:
    """How to reach the office: its address, the SHA-256 of its certificate, and who asks.

    Attributes:
        clock: the till's wall clock (UTC).
        line: opens the way to an address and a certificate.
    """

    url: str
    pin: bytes
    till: str
    signing: Ed25519PrivateKey
    clock: Callable[[], datetime]
    line: Callable[[str, bytes], Line] = Transport


def run_sync(store: Store, journal: Journal, client: OfficeClient) -> SyncReport:
    """`sync`, where there is no event loop."""
    return asyncio.run(sync(store, journal, client))


async def sync(store: Store, journal: Journal, client: OfficeClient) -> SyncReport:
    """Send and take until neither has anything new.

    Raises:
        JournalForked: this till must be enrolled again; the office has all that it wrote.
        SyncError: see till.sync.errors; what was acknowledged and taken stays so.
        FeedRefused: the feed has an entry that does not prove itself.
    """
    async with Session(store, journal, client) as session:
        return await session.sync()


async def send_all(store: Store, journal: Journal, client: OfficeClient) -> None:
    """Send all that the office lacks of this journal, and take nothing.

    Raises:
        JournalForked: it has all now, and it has another branch too.
        SyncError: see till.sync.errors.
    """
    async with Session(store, journal, client) as session:
        await session.send()


async def send_branch(store: Store, journal: Journal, client: OfficeClient, branch: Branch, after: int) -> None:
    """Send another branch of this journal than its store has, which they part after: the office keeps both.

    Raises:
        SyncError: see till.sync.errors.
    """
    async with Session(store, journal, client) as session:
        await session.send_branch(branch, after)


async def hand_back(store: Store, journal: Journal, client: OfficeClient, entries: Iterable[SignedEntry]) -> None:
    """Hand back entries of other journals, which prove themselves; those that the office holds it passes over.

    Raises:
        SyncError: see till.sync.errors.
    """
    async with Session(store, journal, client) as session:
        await session.hand_back(entries)


class Session:
    """A connection to the office, used as an async context: as many syncs as are asked for."""

    def __init__(self, store: Store, journal: Journal, client: OfficeClient) -> None:
        self._store = store
        self._journal = journal
        self._client = client
        self._line = client.line(client.url, client.pin)
        self._offset = timedelta()

    async def __aenter__(self) -> "Session":
        self._office = await self._line.__aenter__()
        try:
            await self._greet()
        except BaseException:
            await self._line.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._line.__aexit__(None, None, None)

    async def sync(self, wait: int = 0) -> SyncReport:
        """Send and take until neither has anything new; where the office has nothing, wait so many seconds for it."""
        reply, sent = await self._send()
        received = await self._take_all(wait)
        return SyncReport(
            sent=sent, received=received, head=reply.head, offset_ms=round(self._offset.total_seconds() * 1000)
        )

    async def send(self) -> None:
        """Send all that the office lacks."""
        await self._send()

    async def send_branch(self, branch: Branch, after: int) -> None:
        """Send another branch of this journal, the entries after a number, or after all that the office has where that
        ends before."""
        for batch in batches(branch(after)):
            try:
                await self._post(batch)
            except OfficeRefused as refused:
                problem = refused.problem
                if problem.error == "gap" and problem.head is not None and 0 <= problem.head.seq < after:
                    await self.send_branch(branch, problem.head.seq)
                    return
                if problem.error != "fork":
                    raise

    async def hand_back(self, entries: Iterable[SignedEntry]) -> int:
        """Hand back entries of other journals: an office that was restored from an older backup may lack them. Returns
        up to where in its feed it has them."""
        end = 0
        for batch in batches(entries):
            body = b"".join(signed.line for signed in batch)
            answer = await self._office.ask("POST", "/v1/returned", body=body)
            end = read_answer(self._client.url, answer, ReturnedReply).feed
        return end

    async def _send(self) -> tuple[JournalReply, int]:
        # A session lasts, and the counter's own journal goes on meanwhile.
        self._journal.catch_up()
        sending = Sending(self._store, self._journal, self._client.url, self._post)
        try:
            return await sending.send()
        except OfficeRefused as refused:
            if refused.problem.error != "unauthorised":
                raise
            # An office that was restored may not know this till, which has the entry that enrolled it.
            paid(self._store, await self.hand_back(self._of_others()))
            return await sending.send()

    def _of_others(self) -> Iterator[SignedEntry]:
        return self._store.of_others(self._journal.head.writer, self._journal.head.epoch)

    async def _greet(self) -> None:
        """What time it is there, and whether it is still the office of the last time."""
        url, after = self._client.url, held_until(self._store)
        params = {"run": heard_run(self._store), "after": str(after)}
        version = read_answer(url, await self._office.ask("GET", "/v1/version", params=params), VersionReply)
        self._offset = self._client.clock() - version.now
        restored = version.run and version.feed < after
        end = await self.hand_back(self._of_others()) if restored or owes_entries(self._store) else None
        with self._store.transaction():
            if restored:
                rewind(self._store, max(0, version.feed), version.run)
            else:
                hear_run(self._store, version.run)
            if end is not None:
                paid(self._store, end)
        self._enter_offset()

    def _enter_offset(self) -> None:
        """The office reads in the journal how far this till's clock was off, when that has changed."""
        offset_ms = self._offset // timedelta(milliseconds=1)
        known = self._store.setting("clock_offset", int) or 0
        if abs(offset_ms - known) > _OFFSET_CHANGED_MS and not self._journal.has_moved:
            self._journal.commit(ClockCompared(offset_ms=offset_ms))

    async def _post(self, batch: list[SignedEntry]) -> JournalReply:
        body = b"".join(signed.line for signed in batch)
        answer = await self._office.ask("POST", "/v1/journal", body=body, headers=self._token())
        return read_answer(self._client.url, answer, JournalReply)

    async def _take_all(self, wait: int) -> int:
        received = await self._begin() + await self._take(wait)
        await self._mend()
        past_is_known(self._store)
        return received

    async def _begin(self) -> int:
        """Take the snapshot when nothing of the feed was taken yet. A cut costs one page."""
        past, taken = Past(self._store, self._journal, self._client.url), 0
        while past.is_wanted:
            after = past.done.after
            more = past.take_page(await self._fetch("/v1/snapshot", {"after": after}), after)
            if not more:
                break
            taken += more
        return taken

    async def _mend(self) -> None:
        """Ask for all entries about the accounts where one came that is about what the snapshot summed up. Of one that
        an office which was restored does not know yet, what the snapshot said stays."""
        for account in self._store.bases.outdated():
            body = await self._fetch("/v1/account", {"number": account})
            if body:
                self._journal.take_whole(account, read_entries(self._client.url, body.splitlines()))

    async def _fetch(self, path: str, params: Mapping[str, str]) -> bytes:
        answer = await self._office.ask("GET", path, params=params, headers=self._token())
        check(self._client.url, answer)
        return answer.body

    async def _take(self, wait: int) -> int:
        received = 0
        rewound = False
        while True:
            after = self._store.feed_position()
            params = {"after": str(after), "wait": str(wait)}
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
            wait = 0

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
        return {"Authorization": f"Bearer {token}", SOFTWARE: VERSION}
