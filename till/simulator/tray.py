"""A tray of simulated cards and meters beside one simulated reader: put a card in, pull it out, put it in its meter.

The folder holds `NAME.card` files and, beside them or made when first needed, `NUMBER.meter` files. Any thread may put
and pull; a card that is pulled while it is written loses power there and then, as a real one does.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from common.card.keys import derive_card_key
from till.cards.channel import Channel, Response, Seated
from till.cards.connect import open_card
from till.cards.errors import NoCard
from till.simulator.card_file import load_card
from till.simulator.channel import ChipChannel
from till.simulator.chip import Chip
from till.simulator.file import read_file
from till.simulator.meter import MeterOutcome, MeterState, SimulatedMeter

READER = "tray"
ESAM = "esam.json"
"""In the folder: what `syncserver meters esam` wrote; meters are made with it."""


class _Esam(Struct):
    master: str


class Tray:
    """Cards, meters and one reader.

    Attributes:
        folder: where the cards' files are.
        seconds_per_command: how long the reader takes for each command; real ones take about 0.03.
        inserted: the card that is in the reader.
    """

    def __init__(self, folder: Path, seconds_per_command: float = 0.0) -> None:
        self.folder = folder
        self.seconds_per_command = seconds_per_command
        self.inserted: Path | None = None
        self._chip: Chip | None = None
        self._changed = threading.Condition()

    def cards(self) -> list[Path]:
        """The cards on the tray, by name."""
        return sorted(self.folder.glob("*.card"))

    def put(self, card: Path) -> Chip:
        """Put a card in the reader; one that is in comes out first. Raises SimulatorFileUnreadable."""
        chip = load_card(card)
        self.pull()
        with self._changed:
            self.inserted, self._chip = card, chip
            self._changed.notify_all()
        return chip

    def pull(self) -> None:
        """Pull the card out, whatever it is doing."""
        with self._changed:
            if self._chip is not None:
                self._chip.power_off()
            self.inserted, self._chip = None, None
            self._changed.notify_all()

    def put_in_meter(self, card: Path) -> tuple[str, MeterOutcome]:
        """Pull a card out of the reader and put it in the meter that it is for. Returns the meter's number ("" for a
        card of none) and what it did. Raises SimulatorFileUnreadable."""
        if card == self.inserted:
            self.pull()
        master = read_file(self.folder / ESAM, _Esam).master
        number = self._meter_of(card, bytes.fromhex(master))
        if not number:
            return "", MeterOutcome.REFUSED_METER
        path = self.folder / f"{number}.meter"
        meter = (
            SimulatedMeter.load(path)
            if path.exists()
            else SimulatedMeter(MeterState(number=number, master=master), path)
        )
        channel = ChipChannel(load_card(card))
        try:
            return number, meter.insert(channel)
        finally:
            channel.close()

    # --- as a reader ---

    def wait(self, timeout: float) -> bool:
        """Wait until a card is in. `timeout` in seconds; False when it ran out."""
        with self._changed:
            return self._changed.wait_for(lambda: self._chip is not None, timeout)

    def wait_gone(self, timeout: float) -> bool:
        """Wait until no card is in. `timeout` in seconds; False when it ran out."""
        with self._changed:
            return self._changed.wait_for(lambda: self._chip is None, timeout)

    def names(self) -> list[str]:
        """The one reader."""
        return [READER]

    @contextmanager
    def seat(self, timeout: float) -> Iterator[Seated]:
        """Give power to the card that is in, once one is. Raises NoCard."""
        with self._changed:
            self._changed.wait_for(lambda: self._chip is not None, timeout)
            chip = self._chip
        if chip is None:
            raise NoCard
        channel = ChipChannel(chip)
        try:
            yield Seated(_Slowly(channel, self.seconds_per_command), READER)
        finally:
            channel.close()

    @staticmethod
    def _meter_of(card: Path, master: bytes) -> str:
        channel = ChipChannel(load_card(card))
        try:
            driver = open_card(channel)
            driver.unlock(derive_card_key(master, driver.serial()))
            image = driver.read().image
        finally:
            channel.close()
        return "" if image is None else image.meter


class _Slowly:
    """A channel that takes its time, as readers do."""

    def __init__(self, channel: Channel, seconds: float) -> None:
        self._channel = channel
        self._seconds = seconds
        self.atr = channel.atr

    def transmit(self, apdu: bytes) -> Response:
        if self._seconds:
            time.sleep(self._seconds)
        return self._channel.transmit(apdu)

    def close(self) -> None:
        self._channel.close()
