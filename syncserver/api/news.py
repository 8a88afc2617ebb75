"""The bell: wakes the feeds that wait when something was added to them, by this process or another."""

import asyncio
from collections.abc import Sequence

from syncserver.store import MasterStore, StoreUnavailable

_LOOK_SECONDS = 0.5
"""How often to look for what another process wrote (the command line, a second server)."""


class Bell:
    """One for all feeds, so that a thousand waiting tills cost one look at the database."""

    def __init__(self, store: MasterStore) -> None:
        self._store = store
        self._loop = asyncio.get_running_loop()
        self._ends: dict[str, int] = {}
        self._looked = 0
        self._rung = asyncio.Event()
        self._changed = asyncio.Event()
        self._closed = False

    def ring(self) -> None:
        """Something was stored. May be called in any thread."""
        self._loop.call_soon_threadsafe(self._rung.set)

    def close(self) -> None:
        """Let everybody who waits go."""
        self._closed = True
        self._wake()

    async def watch(self) -> None:
        """Look for news until cancelled."""
        with self._store.read() as reading:
            self._looked = reading.last_feed_position()
        while True:
            try:
                async with asyncio.timeout(_LOOK_SECONDS):
                    await self._rung.wait()
            except TimeoutError:
                pass
            self._rung.clear()
            await self._look()

    async def heard(self, scopes: Sequence[str], after: int, seconds: float) -> bool:
        """Wait until one of the scopes has something after a feed position. False when the time is up, or at the end.

        The caller has read the feed up to `after` already, later than `watch` began.
        """
        try:
            async with asyncio.timeout(seconds):
                while not self._closed:
                    changed = self._changed
                    if any(self._ends.get(scope, 0) > after for scope in scopes):
                        return True
                    await changed.wait()
        except TimeoutError:
            pass
        return False

    async def _look(self) -> None:
        try:
            news = await asyncio.to_thread(self._news)
        except StoreUnavailable:
            # Whoever reads the feed next is told so; here there is nobody to tell, and the next look may succeed.
            return
        if news:
            self._ends |= news
            self._looked = max(news.values())
            self._wake()

    def _news(self) -> dict[str, int]:
        with self._store.read() as reading:
            return reading.news(self._looked)

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
