"""The narrow waist: a channel carries one APDU to a card and brings its answer back."""

from typing import NamedTuple, Protocol


class Response(NamedTuple):
    """A response APDU (ISO/IEC 7816-4, 5.1)."""

    data: bytes
    sw1: int
    sw2: int

    @property
    def sw(self) -> int:
        """Both status bytes as one number."""
        return self.sw1 << 8 | self.sw2


class Channel(Protocol):
    """A connection to one card. It ends with the card: after CardRemoved, connect again.

    Attributes:
        atr: the card's answer to reset.
    """

    atr: bytes

    def transmit(self, apdu: bytes) -> Response:
        """Send a command APDU. Raises CardRemoved, ReaderLost."""
        ...

    def close(self) -> None:
        """Let the card go. May be called twice."""
        ...


class Seated(NamedTuple):
    """A card that has power, and the name of the reader that it is in."""

    channel: Channel
    reader: str
