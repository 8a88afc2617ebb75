"""A channel to a simulated chip in the same process."""

from till.cards.channel import Response
from till.simulator.chip import Chip


class ChipChannel:
    """Puts the chip in a reader, that is: gives it power, until closed."""

    def __init__(self, chip: Chip) -> None:
        self._chip = chip
        self.atr = chip.atr
        chip.power_on()

    def transmit(self, apdu: bytes) -> Response:
        """Raises CardRemoved."""
        return self._chip.transmit(apdu)

    def close(self) -> None:
        """Take the card out."""
        self._chip.power_off()
