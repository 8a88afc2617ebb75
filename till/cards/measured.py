"""A driver whose every read and write is timed, and whose failed reads are tried once more."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from common.card.image import CardContents, CardImage, ReturnData
from till.cards.driver import CardDriver
from till.cards.errors import CardError, CardUnreadable, UnexpectedStatus
from till.cards.health import Attempt, is_physical

T = TypeVar("T")


class MeasuredCard:
    """A card in a reader. See CardDriver for what the methods promise.

    Attributes:
        attempts: what was tried, the oldest first.
    """

    def __init__(
        self,
        inner: CardDriver,
        reader: str,
        now: Callable[[], datetime],
        seconds: Callable[[], float],
        attempts: list[Attempt],
    ) -> None:
        self._inner = inner
        self._reader = reader
        self._now = now
        self._seconds = seconds
        self._serial = ""
        self.chip = inner.chip
        self.layout = inner.layout
        self.attempts = attempts

    def serial(self) -> str:
        self._serial = self._inner.serial()
        return self._serial

    def unlock(self, card_key: bytes) -> None:
        self._timed("connect", lambda: self._inner.unlock(card_key))

    def read(self) -> CardContents:
        try:
            return self._timed("read", self._inner.read)
        except (UnexpectedStatus, CardUnreadable):
            # Reading again changes nothing on the card, and a speck of dirt moves.
            return self._timed("read", self._inner.read)

    def write(self, image: CardImage) -> None:
        self._timed("write", lambda: self._inner.write(image))

    def write_return(self, returned: ReturnData) -> None:
        self._inner.write_return(returned)

    def wipe(self) -> None:
        self._timed("write", self._inner.wipe)

    def _timed(self, kind: str, action: Callable[[], T]) -> T:
        began, error = self._seconds(), ""
        try:
            return action()
        except CardError as failed:
            error = type(failed).__name__ if is_physical(failed) else ""
            raise
        finally:
            self.attempts.append(
                Attempt(
                    at=self._now(),
                    reader=self._reader,
                    card=self._serial,
                    kind=kind,
                    ms=round((self._seconds() - began) * 1000),
                    error=error,
                )
            )
