"""The line to the office: syncs in the background, and says whether the line is up, and since when."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from till.operations.explained import EXPLAINED
from till.screens.work.worker import Deliver, Fault
from till.sync.report import SyncReport

EVERY = 30.0
"""Seconds between two syncs, when nothing asks for one."""
_LATEST_AGAIN = 5.0
"""Seconds after which a failed sync is tried again, at first; twice as long each time, up to EVERY."""

Sync = Callable[[], SyncReport]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LineSeen:
    """The line after a sync, or its failure.

    Attributes:
        up: None before the first sync has ended.
        since: when it came up or went down.
        at: when the last sync ended.
        trouble: why it is down.
    """

    up: bool | None
    since: datetime
    at: datetime
    busy: bool = False
    report: SyncReport | None = None
    trouble: Exception | None = None


class Line:
    """Syncs on a thread of its own, so that a line that hangs holds up no customer."""

    def __init__(
        self, sync: Sync, now: Callable[[], datetime], deliver: Deliver, told: Callable[[LineSeen], None]
    ) -> None:
        self._sync = sync
        self._now = now
        self._deliver = deliver
        self._told = told
        self._asked = threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="line", daemon=True)
        self.seen = LineSeen(None, now(), now())

    def start(self) -> None:
        """Begin to sync."""
        self._thread.start()

    def ask(self) -> None:
        """Sync now; while one is under way, again after it."""
        self._asked.set()

    def stop(self) -> None:
        """Stop after the sync that is under way. Whatever is cut goes again next time."""
        self._stopped = True
        self._asked.set()
        self._thread.join(2)

    def _run(self) -> None:
        again = _LATEST_AGAIN
        while not self._stopped:
            self._asked.clear()
            self._tell(LineSeen(self.seen.up, self.seen.since, self.seen.at, True, self.seen.report, self.seen.trouble))
            good = self._once()
            again = _LATEST_AGAIN if good else min(EVERY, again * 2)
            self._asked.wait(EVERY if good else again)

    def _once(self) -> bool:
        report: SyncReport | None = None
        trouble: Exception | None = None
        try:
            report = self._sync()
        except EXPLAINED as error:
            trouble = error
        except Exception as error:  # noqa: BLE001  # the thread must live: the clerk is told, the log has it all
            _log.exception("a fault while syncing")
            trouble = Fault(error)
        now, up = self._now(), trouble is None
        since = self.seen.since if self.seen.up is up else now
        self._tell(LineSeen(up, since, now, False, report or self.seen.report, trouble))
        return up

    def _tell(self, seen: LineSeen) -> None:
        self.seen = seen
        self._deliver(lambda: self._told(seen))
