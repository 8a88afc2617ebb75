"""One thread that does the work, so that the window never waits: card, disk, journal. Results go back to the window."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from till.operations.explained import EXPLAINED

T = TypeVar("T")
Deliver = Callable[[Callable[[], None]], None]
"""Runs something soon on the window's thread."""

_log = logging.getLogger(__name__)


class Fault(Exception):
    """A fault of ours: what was raised is no error that a person can meet. It is logged with its traceback."""

    def __init__(self, error: Exception) -> None:
        super().__init__(f"{type(error).__name__}: {error}")


@dataclass(eq=False)
class _Job:
    name: str
    work: Callable[[], Any]
    done: Callable[[Any], None]
    failed: Callable[[Exception], None]
    since: float
    left: bool = False


class Worker:
    """Jobs one after another on one thread. A name that is waiting or under way is not taken again: a double click does
    nothing twice."""

    def __init__(self, deliver: Deliver) -> None:
        self._deliver = deliver
        self._jobs: queue.Queue[_Job | None] = queue.Queue()
        self._named: dict[str, _Job] = {}
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="till", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def do(
        self,
        name: str,
        work: Callable[[], T],
        done: Callable[[T], None] = lambda _: None,
        failed: Callable[[Exception], None] = lambda _: None,
    ) -> bool:
        """Have something done; `done` or `failed` is called in the window's thread. Returns False, and does nothing,
        when a job of that name is under way."""
        job = _Job(name, work, done, failed, time.monotonic())
        with self._lock:
            if name in self._named:
                return False
            self._named[name] = job
        self._jobs.put(job)
        return True

    def leave(self, name: str) -> None:
        """Wait for a job no longer: what has not begun is not done, and nobody is told what comes of the rest. Only for
        what changes nothing."""
        with self._lock:
            job = self._named.pop(name, None)
            if job is not None:
                job.left = True

    def under_way(self, name: str) -> bool:
        """Whether a job of that name is waiting, at work, or its result not shown yet."""
        with self._lock:
            return name in self._named

    def longest(self, names: Callable[[str], bool]) -> tuple[str, float] | None:
        """Of the jobs whose name is wanted, the one that takes longest, and for how long: seconds."""
        with self._lock:
            found = [(job.since, name) for name, job in self._named.items() if names(name)]
        if not found:
            return None
        since, name = min(found)
        return name, time.monotonic() - since

    def stop(self, timeout: float = 30.0) -> None:
        """Finish what is asked for, then end. A card is never left in the middle."""
        self._jobs.put(None)
        self._thread.join(timeout)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            if job.left:
                continue
            try:
                result = job.work()
            except EXPLAINED as error:
                self._end(job, job.failed, error)
            except Exception as error:  # noqa: BLE001  # the thread must live: the clerk is told, the log has it all
                _log.exception("a fault in %s", job.name)
                self._end(job, job.failed, Fault(error))
            else:
                self._end(job, job.done, result)

    def _end(self, job: _Job, tell: Callable[[Any], None], what: Any) -> None:
        def told() -> None:
            with self._lock:
                if job.left:
                    return
                self._named.pop(job.name, None)
            tell(what)

        self._deliver(told)
