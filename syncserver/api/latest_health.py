"""The office's health as it was a moment ago, so that asking costs nothing however often, and never waits for long."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from common.wire import HealthReply
from syncserver.office.health import Health
from syncserver.store import StoreUnavailable

HOLDS = 2.0
"""Seconds for which an answer is good."""

_PATIENCE = 0.1
"""Seconds that who asks waits for a newer one. While a thousand tills come back, looking takes longer."""

_OLDEST = 30.0
"""Seconds after which an answer is told no more: who asks waits for the next, however long it takes."""


class LatestHealth:
    """Looks when somebody asks, and once at a time.

    Args:
        look: looks at everything. May raise StoreUnavailable.
        monotonic: seconds, of a clock that is never set.
    """

    def __init__(self, look: Callable[[], Awaitable[Health]], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._look = look
        self._monotonic = monotonic
        self._found = HealthReply(ok=True, problems=[], entries=0, tills=0)
        self._at = float("-inf")
        self._looking: asyncio.Task[None] | None = None

    async def reply(self) -> HealthReply:
        """How the office is."""
        if self._monotonic() >= self._at + HOLDS:
            if self._looking is None or self._looking.done():
                self._looking = asyncio.create_task(self._renew())
            fresh = self._monotonic() < self._at + _OLDEST
            # Shielded by wait: who hangs up meanwhile does not end the looking that others wait for.
            await asyncio.wait([self._looking], timeout=_PATIENCE if fresh else None)
            if self._looking.done():
                self._looking.result()
        return self._found

    async def _renew(self) -> None:
        try:
            found = await self._look()
            count = sum(found.tills.values())
            self._found = HealthReply(ok=True, problems=found.problems, entries=found.entries, tills=count)
        except StoreUnavailable as error:
            problem = f"The database cannot be read: {error}."
            self._found = HealthReply(ok=False, problems=[problem], entries=0, tills=0)
        self._at = self._monotonic()
