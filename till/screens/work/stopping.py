"""Long work that goes step by step and can be stopped between two steps without harm; how far it has come. No Kivy."""

import threading
from collections.abc import Callable
from typing import TypeVar

from common.progress import Progress

T = TypeVar("T")


class _Stopped(Exception):
    """Somebody stopped it."""


class Stop:
    """Stops work that tells its progress. `told` hears of that progress too, on the thread that works."""

    def __init__(self, told: Progress) -> None:
        self._told = told
        self._asked = threading.Event()

    def ask(self) -> None:
        """Stop before the next step."""
        self._asked.set()

    def run(self, work: Callable[[Progress], T]) -> T | None:
        """Do the work; None when it was stopped."""
        try:
            return work(self._step)
        except _Stopped:
            return None

    def _step(self, done: int, of: int) -> None:
        if self._asked.is_set():
            raise _Stopped
        self._told(done, of)
