"""Tills on the line to the office's server, over TLS: all bring what they have; the syncs of some are timed."""

import asyncio
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import aiohttp

from tests.benchmarks.senders import token_of
from tests.scale.journals import Identity, body_of

AT_ONCE = 16
"""Tills that bring their batches at the same time."""

_TIMEOUT = aiohttp.ClientTimeout(total=600)
_POSITION = "Kilotill-Position"
_BEYOND = 10**15
"""After this there is nothing in any feed: the answer says where it ends."""

Told = Callable[[int], None]


def bring(url: str, certificate: Path, tills: Sequence[Identity], folder: Path, told: Told) -> int:
    """Every till brings its batch. Returns how many entries were acknowledged; `told` hears of each batch's."""
    return asyncio.run(_bring(url, certificate, iter(tills), folder, told))


async def _bring(url: str, certificate: Path, tills: Iterator[Identity], folder: Path, told: Told) -> int:
    async def work(session: aiohttp.ClientSession) -> int:
        done = 0
        for till in tills:  # shared by all: each takes the next one
            body = body_of(folder, till.till).read_bytes()
            await _ask(session, "POST", f"{url}/v1/journal", till, data=body)
            entries = body.count(b"\n")
            told(entries)
            done += entries
        return done

    connector = aiohttp.TCPConnector(ssl=trust(certificate), limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=_TIMEOUT) as session:
        return sum(await asyncio.gather(*(work(session) for _ in range(AT_ONCE))))


def trust(certificate: Path) -> ssl.SSLContext:
    """What the office proves itself to."""
    return ssl.create_default_context(cafile=str(certificate))


class Syncs:
    """Syncs of tills, each over a connection of its own, as a till does: who are you, what is new here, what is new
    there until there is no more."""

    def __init__(
        self, url: str, certificate: Path, tills: Sequence[Identity], handfuls: dict[str, list[bytes]]
    ) -> None:
        self._url, self._trust = url, trust(certificate)
        self._tills = {till.till: till for till in tills}
        self._handfuls = {till: iter(bodies) for till, bodies in handfuls.items()}
        self._positions: dict[str, int] = {}
        self.heard = 0

    async def begin(self) -> None:
        """From now on every till has heard all."""
        for till in self._tills.values():
            async with self._connection() as session:
                _, self._positions[till.till] = await self._feed(session, till, _BEYOND)

    async def hear(self) -> None:
        """Let every till hear all."""
        async with self._connection() as session:
            for till in self._tills.values():
                await self._hear_all(session, till)

    async def one_at_a_time(self, rounds: int, told: Told) -> list[float]:
        """Milliseconds of each sync; every till syncs so often, one after the other."""
        found = []
        for _ in range(rounds):
            for till in self._tills.values():
                found.append(await self._sync(till))
                told(1)
        return found

    async def all_at_once(self, rounds: int, told: Told) -> list[float]:
        """The same, all tills at the same time."""
        found: list[float] = []
        for _ in range(rounds):
            found += await asyncio.gather(*map(self._sync, self._tills.values()))
            told(len(self._tills))
        return found

    async def ask_in_vain(self, rounds: int, told: Told) -> list[float]:
        """Milliseconds until each till that stays in touch has heard that there is nothing new, once all have heard
        all (`hear`)."""
        found = []
        async with self._connection() as session:
            for _ in range(rounds):
                for till in self._tills.values():
                    began = time.perf_counter()
                    await self._feed(session, till, self._positions[till.till])
                    found.append((time.perf_counter() - began) * 1_000)
                    told(1)
        return found

    async def _sync(self, till: Identity) -> float:
        body = next(self._handfuls[till.till])
        began = time.perf_counter()
        async with self._connection() as session:
            async with session.get(f"{self._url}/v1/version") as answer:
                await answer.read()
            await _ask(session, "POST", f"{self._url}/v1/journal", till, data=body)
            await self._hear_all(session, till)
        return (time.perf_counter() - began) * 1_000

    async def _hear_all(self, session: aiohttp.ClientSession, till: Identity) -> None:
        while True:
            lines, position = await self._feed(session, till, self._positions[till.till])
            if position == self._positions[till.till]:
                return
            self._positions[till.till] = position
            self.heard += lines

    async def _feed(self, session: aiohttp.ClientSession, till: Identity, after: int) -> tuple[int, int]:
        """How many entries came, and up to where."""
        path = f"{self._url}/v1/feed?after={after}&wait=0"
        body, headers = await _ask(session, "GET", path, till)
        return body.count(b"\n"), int(headers[_POSITION])

    def _connection(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=self._trust), timeout=_TIMEOUT)


async def _ask(
    session: aiohttp.ClientSession, method: str, url: str, till: Identity, data: bytes | None = None
) -> tuple[bytes, "aiohttp.typedefs.LooseHeaders"]:
    """An answer that is not a refusal. Each request has a token of its own, which holds long enough for it."""
    headers = {"Authorization": f"Bearer {token_of(till)}"}
    async with session.request(method, url, data=data, headers=headers) as answer:
        body = await answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{till.till}: {answer.status} {body[:500].decode(errors='replace')}")
        return body, answer.headers
