"""Watches the reader: a card came, a card went, the reader is in trouble."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from till.cards.errors import CardError
from till.operations.card_source import CardSource
from till.screens.work.worker import Deliver

_TURN = 0.25
"""Seconds of each wait: how soon the watch ends, and how late it sees that a reader came back."""
_AGAIN = 1.5
"""Seconds until a reader in trouble is looked for again."""


@dataclass(frozen=True)
class ReaderSeen:
    """The reader as it is now.

    Attributes:
        names: readers that are plugged in; empty while `trouble`.
        card: whether a card is in.
        trouble: what is wrong with the reader.
    """

    names: tuple[str, ...]
    card: bool
    trouble: CardError | None


class Watch:
    """Tells every change of the reader to the window."""

    def __init__(self, source: CardSource, deliver: Deliver, told: Callable[[ReaderSeen], None]) -> None:
        self._source = source
        self._deliver = deliver
        self._told = told
        self._stopped = threading.Event()
        self._last: ReaderSeen | None = None
        self._thread = threading.Thread(target=self._run, name="reader", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Stop, and wait until it has."""
        self._stopped.set()
        self._thread.join(5)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._once()
            except CardError as trouble:
                self._tell(ReaderSeen((), False, trouble))
                self._stopped.wait(_AGAIN)

    def _once(self) -> None:
        names = tuple(self._source.names())
        card = self._last is not None and self._last.card
        gone_or_come = self._source.wait_gone(_TURN) if card else self._source.wait(_TURN)
        self._tell(ReaderSeen(names, card != gone_or_come, None))

    def _tell(self, seen: ReaderSeen) -> None:
        # Two errors of one kind are one trouble, told once.
        same = self._last is not None and _key(seen) == _key(self._last)
        self._last = seen
        if not same:
            self._deliver(lambda: self._told(seen))


def _key(seen: ReaderSeen) -> tuple[object, ...]:
    return (seen.names, seen.card, None if seen.trouble is None else str(seen.trouble))
