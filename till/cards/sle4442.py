"""SLE4442 and SLE5542 memory cards (Infineon data sheet): 256 bytes behind a 3-byte code with three tries.

The error counter holds three bits: 7 (111) is fresh, each wrong code clears a bit, 0 locks the card for ever. The
commands belong to the reader, so they stand apart in a dialect.
"""

from typing import Protocol

from common.card.keys import psc
from common.card.layout import Layout, ZoneName
from till.cards.channel import Channel
from till.cards.errors import CardCounterLow, CardLocked, WrongKey
from till.cards.slotted import SlottedCard

SLE4442_ATR = bytes.fromhex("3B04A2131091")
"""What readers answer for the chip's own answer to reset, A2 13 10 91 (PC/SC part 3, 3.1.3.2.3)."""

FRESH_COUNTER = 0x07


class Sle4442Dialect(Protocol):
    """How one make of reader drives an SLE4442. Every method raises UnexpectedStatus when the reader cannot."""

    def select(self) -> None:
        """Tell the reader what chip it holds."""
        ...

    def read(self, address: int, length: int) -> bytes:
        """Read main memory."""
        ...

    def error_counter(self) -> int:
        """The error counter's three bits."""
        ...

    def write(self, address: int, data: bytes) -> None:
        """Write main memory, in ascending order. The chip does not say whether it obeyed: read back."""
        ...

    def present_psc(self, code: bytes) -> int:
        """Present the code, which spends a try when it is wrong; the error counter afterwards."""
        ...


class Sle4442Driver(SlottedCard):
    """Driver of an SLE4442. Presents a code only on a fresh counter, and never a second after a failure."""

    chip = "sle4442"

    def __init__(self, channel: Channel, layout: Layout, dialect: Sle4442Dialect) -> None:
        super().__init__(channel, layout)
        self._dialect = dialect
        self._failed = False
        dialect.select()

    def _read_zone(self, zone: ZoneName) -> bytes:
        place = self._layout.zone(zone)
        return self._dialect.read(place.offset, place.length)

    def _write_zone(self, zone: ZoneName, data: bytes) -> None:
        self._dialect.write(self._layout.zone(zone).offset, data)

    def _tries_left(self) -> int:
        return (self._dialect.error_counter() & FRESH_COUNTER).bit_count()

    def _authenticate(self, card_key: bytes) -> None:
        counter = self._dialect.error_counter()
        if counter == 0:
            raise CardLocked
        if self._failed or counter != FRESH_COUNTER:
            raise CardCounterLow((counter & FRESH_COUNTER).bit_count())
        # Set before the code goes out: if the card or reader is lost in the middle, a try may be spent.
        self._failed = True
        counter = self._dialect.present_psc(psc(card_key))
        if counter == 0:
            raise CardLocked
        if counter != FRESH_COUNTER:
            raise WrongKey((counter & FRESH_COUNTER).bit_count())
        self._failed = False
