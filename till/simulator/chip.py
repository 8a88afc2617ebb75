"""What both simulated chips share: power, and writes that complete byte by byte, or do not."""

from abc import ABC, abstractmethod
from collections.abc import Callable

from till.cards.channel import Response
from till.cards.errors import CardRemoved


class Chip(ABC):
    """A chip that answers APDUs and knows nothing of credit.

    Attributes:
        atr: answer to reset.
        tear_after: after so many more EEPROM bytes the card loses power, and what remains is not written.
        pull_at: the card is pulled out before the command of this number; 0 is the next.
        on_write: called after every EEPROM byte that was written.
    """

    atr: bytes

    def __init__(self) -> None:
        self.tear_after: int | None = None
        self.pull_at: int | None = None
        self.on_write: Callable[[], None] | None = None
        self._powered = False

    @abstractmethod
    def _reset(self) -> None:
        """Forget what a chip forgets without power."""

    @abstractmethod
    def _execute(self, apdu: bytes) -> Response:
        """Answer one command."""

    def power_on(self) -> None:
        """Give power, or reset."""
        self._reset()
        self._powered = True

    def power_off(self) -> None:
        """Take power away."""
        self._reset()
        self._powered = False

    def transmit(self, apdu: bytes) -> Response:
        """Answer a command. Raises CardRemoved when the chip has no power, or loses it in the middle."""
        if self.pull_at == 0:
            self.pull_at = None
            self.power_off()
        elif self.pull_at is not None:
            self.pull_at -= 1
        if not self._powered:
            raise CardRemoved
        return self._execute(apdu)

    def _written(self, store: Callable[[], None]) -> None:
        """Let one EEPROM byte be stored, unless the power ends here."""
        if self.tear_after == 0:
            self.tear_after = None
            self.power_off()
            raise CardRemoved
        if self.tear_after is not None:
            self.tear_after -= 1
        store()
        if self.on_write is not None:
            self.on_write()

    def _write_byte(self, memory: bytearray, address: int, value: int) -> None:
        def store() -> None:
            memory[address] = value

        self._written(store)


def answer(data: bytes = b"", sw: int = 0x9000) -> Response:
    """A response APDU."""
    return Response(data, sw >> 8, sw & 0xFF)
