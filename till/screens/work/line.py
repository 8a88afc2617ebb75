"""The line to the office: in touch with it in the background, and says whether the line is up, and since when."""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from till.operations.explained import EXPLAINED
from till.screens.work.worker import Deliver, Fault
from till.sync.report import SyncReport

_LATEST_AGAIN = 5.0
"""Seconds after which a line that failed is tried again, at first; twice as long each time, up to _MOST_AGAIN."""
_MOST_AGAIN = 30.0

Follow = Callable[[Callable[[SyncReport], None]], Coroutine[Any, Any, SyncReport]]
"""Syncs, stays in touch for a while, and tells of each round that brought or sent anything, the first always
(till.sync.live). It may be cancelled at any time."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LineSeen:
    """The line after a round, or its failure.

    Attributes:
        up: None before the first round has ended.
        since: when it came up or went down.
        at: when the last round ended that is told of.
        trouble: why it is down.
    """

    up: bool | None
    since: datetime
    at: datetime
    busy: bool = False
    report: SyncReport | None = None
    trouble: Exception | None = None


class Line:
    """In touch on a thread of its own, so that a line that hangs holds up no customer."""

    def __init__(
        self, follow: Follow, now: Callable[[], datetime], deliver: Deliver, told: Callable[[LineSeen], None]
    ) -> None:
        self._follow = follow
        self._now = now
        self._deliver = deliver
        self._told = told
        self._loop = asyncio.new_event_loop()
        self._asked = asyncio.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="line", daemon=True)
        self.seen = LineSeen(None, now(), now())

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def ask(self) -> None:
        """Sync now, unless a first round is under way."""
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._asked.set)

    def stop(self) -> None:
        """Stop. Whatever is cut goes again next time."""
        self._stopped = True
        self.ask()
        self._thread.join(2)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._stay())

    async def _stay(self) -> None:
        again = _LATEST_AGAIN
        while not self._stopped:
            self._asked.clear()
            self._tell(replace(self.seen, busy=True))
            if await self._once():
                again = _LATEST_AGAIN
            else:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._asked.wait(), again)
                again = min(_MOST_AGAIN, again * 2)

    async def _once(self) -> bool:
        """Stay in touch until the line fails, a sync is asked for, or the time is over. Returns whether it is up."""
        following = asyncio.create_task(self._follow(self._heard))
        try:
            await self._until_asked(following)
            if following.done():
                following.result()
            return True
        except EXPLAINED as error:
            self._failed(error)
        except Exception as error:  # noqa: BLE001  # the thread must live: the clerk is told, the log has it all
            _log.exception("a fault while syncing")
            self._failed(Fault(error))
        finally:
            following.cancel()
            await asyncio.wait({following})
        return False

    async def _until_asked(self, following: asyncio.Task[SyncReport]) -> None:
        while not following.done():
            asked = asyncio.create_task(self._asked.wait())
            await asyncio.wait({following, asked}, return_when=asyncio.FIRST_COMPLETED)
            asked.cancel()
            if self._asked.is_set():
                self._asked.clear()
                if self._stopped or not self.seen.busy:
                    return

    def _heard(self, report: SyncReport) -> None:
        now = self._now()
        self._tell(LineSeen(True, self.seen.since if self.seen.up else now, now, False, report))

    def _failed(self, trouble: Exception) -> None:
        now = self._now()
        since = self.seen.since if self.seen.up is False else now
        self._tell(LineSeen(False, since, now, False, self.seen.report, trouble))

    def _tell(self, seen: LineSeen) -> None:
        self.seen = seen
        self._deliver(lambda: self._told(seen))
