"""The primary is killed under load, the standby is promoted, tills carry on; then what they were told is compared with
what the promoted server holds."""

import asyncio
import random
import ssl
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from syncserver.audit.rebuild import rebuild
from syncserver.audit.verify import verify
from syncserver.store import MasterStore
from tests.benchmarks.fleet import sellers
from tests.benchmarks.offices import new_office, serving
from tests.failover.pair import Servers
from tests.failover.tills import Till, hear, listen, work

_TILLS, _ACCOUNTS, _A_BRANCH = 8, 10, 4
_PATIENCE, _SLOWEST, _LOOK_SECONDS = 60.0, 0.1, 0.02


@dataclass(frozen=True)
class Held:
    """Entries, counted.

    Attributes:
        acknowledged: that tills were told are kept.
        found: of these, that are there, byte for byte.
        doubled: that are there more than once.
    """

    acknowledged: int
    found: int
    doubled: int


@dataclass(frozen=True)
class Story:
    """What came of it.

    Attributes:
        heard, gone: entries that tills had heard of with the feed before the primary died or after; of these, those
            that are not in the feed, or stand elsewhere in it.
        asked_back: tills that the office asked again for what it had acknowledged.
        unequal: read models that are not what the entries make them.
        noticed, promoted: seconds from the kill until it was noticed, and from then until the standby took writes.
        without: seconds from the kill until an entry was acknowledged again; infinite if none was.
    """

    held: Held
    heard: int
    gone: int
    asked_back: int
    unequal: int
    noticed: float
    promoted: float
    without: float

    @property
    def good(self) -> bool:
        """Whether nothing was lost and nothing doubled."""
        held = self.held
        return held.found == held.acknowledged and not (held.doubled or self.gone or self.asked_back or self.unequal)


def compare(store: MasterStore, tills: Sequence[Till]) -> Held:
    """Look for all that was acknowledged in the store itself."""
    found = entries = numbers = 0
    with store.read() as reading:
        for till in tills:
            held = [(stored.signed.entry.seq, stored.signed.line) for stored in reading.entries(till.seller.till, 1)]
            found += len(set(held) & set(enumerate(till.lines[: till.acknowledged], 1)))
            entries, numbers = entries + len(held), numbers + len({seq for seq, _ in held})
    return Held(sum(till.acknowledged for till in tills), found, entries - numbers)


def live(folder: Path, pair: Servers, *, before: int, after: int, cut_off: bool = False, servers: int = 2) -> Story:
    """Live through it.

    Args:
        folder: for the office's keys.
        before, after: entries that are acknowledged, and as many heard, before the primary is killed and after the
            standby was promoted.
        cut_off: then the standby hears nothing more, and as many are acknowledged and heard before the primary is
            killed.
        servers: how many serve the tills.
    """
    fleet = sellers(_TILLS, _ACCOUNTS, _A_BRANCH)
    office = new_office(folder, fleet, pair.url)
    office.close()
    tills = [Till(seller) for seller in fleet]
    with ExitStack() as stack:
        offices = [stack.enter_context(serving(folder))[0] for _ in range(servers)]
        trust = ssl.create_default_context(cafile=str(office.folder.tls_certificate))
        shop = _Shop(tills, offices, trust, pair)
        return asyncio.run(shop.live(before, after, cut_off))


@dataclass
class _Shop:
    tills: list[Till]
    offices: list[str]
    trust: ssl.SSLContext
    pair: Servers

    async def live(self, before: int, after: int, cut_off: bool) -> Story:
        connector = aiohttp.TCPConnector(ssl=self.trust, limit=0)
        async with aiohttp.ClientSession(connector=connector) as session:
            over, chance = asyncio.Event(), random.Random(1)
            listening = [asyncio.create_task(listen(till, self.offices, session, chance)) for till in self.tills]
            working = [asyncio.create_task(work(till, self.offices, session, over, chance)) for till in self.tills]
            killed, noticed, promoted = await asyncio.to_thread(self._happen, before, after, cut_off)
            over.set()
            async with asyncio.timeout(_PATIENCE):
                await asyncio.gather(*working)
            for task in listening:
                task.cancel()
            again = [await self._whole_feed(till, session) for till in self.tills]
        with closing(MasterStore.open(self.pair.url)) as store:
            verify(store, lambda _: None)
            held, unequal = compare(store, self.tills), rebuild(store, check=True, progress=lambda _: None)
        answered = [at for till in self.tills for at in till.answered if at > promoted]
        return Story(
            held=held,
            heard=self._heard,
            gone=sum(len(till.heard.items() - now.items()) for till, now in zip(self.tills, again, strict=True)),
            asked_back=sum(till.asked_back for till in self.tills),
            unequal=len(unequal),
            noticed=noticed - killed,
            promoted=promoted - noticed,
            without=min(answered, default=float("inf")) - killed,
        )

    def _load(self, entries: int) -> None:
        """Wait until so many more were acknowledged, and heard."""
        acknowledged, heard = self._acknowledged + entries, self._heard + entries
        deadline = time.monotonic() + _PATIENCE + entries * _SLOWEST
        while self._acknowledged < acknowledged or self._heard < heard:
            assert time.monotonic() < deadline, "the tills are not served"
            time.sleep(_LOOK_SECONDS)

    @property
    def _acknowledged(self) -> int:
        return sum(till.acknowledged for till in self.tills)

    @property
    def _heard(self) -> int:
        return sum(len(till.heard) for till in self.tills)

    def _happen(self, before: int, after: int, cut_off: bool) -> tuple[float, float, float]:
        """Returns when the primary was killed, when that was noticed, and when the standby took its place."""
        self._load(before)
        if cut_off:
            self.pair.cut_off()
            self._load(before)
        killed = time.monotonic()
        self.pair.kill()
        self.pair.notice()
        noticed = time.monotonic()
        self.pair.promote()
        promoted = time.monotonic()
        self._load(after)
        return killed, noticed, promoted

    async def _whole_feed(self, till: Till, session: aiohttp.ClientSession) -> dict[int, str]:
        found: dict[int, str] = {}
        while page := await hear(till, max(found, default=0), self.offices[0], session):
            found |= page
        return found
