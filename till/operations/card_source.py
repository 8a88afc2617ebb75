"""Where cards come from: a reader on PC/SC, a card's file, or a tray of simulated cards; by the name of each."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from till.cards.channel import Seated
from till.cards.connect import open_card
from till.cards.driver import CardDriver
from till.cards.errors import CardError
from till.cards.health import Attempt, is_physical
from till.cards.measured import MeasuredCard
from till.operations.desk import Desk
from till.operations.refusals import BadField


class CardSource(Protocol):
    """Something that cards are put in. Each method may raise NoReader and ReaderLost."""

    def wait(self, timeout: float) -> bool:
        """Wait until a card is in. `timeout` in seconds; False when it ran out."""
        ...

    def wait_gone(self, timeout: float) -> bool:
        """Wait until no card is in. `timeout` in seconds; False when it ran out."""
        ...

    def names(self) -> list[str]:
        """The readers that there are now."""
        ...

    def seat(self, timeout: float) -> AbstractContextManager[Seated]:
        """Give power to the card that is in, once one is, for as long as the context lasts.

        Raises:
            NoCard: the time, in seconds, ran out.
            ReaderBusy, CardMute: see there.
        """
        ...


def card_source(spec: str) -> CardSource:
    """The source of this name: `pcsc` (whichever reader has a card), `pcsc:NAME`, `nfc` (a tablet's own), `sim:FILE`,
    `tray:FOLDER`.

    Raises:
        BadField: there is none of that name.
        NoReader: the tablet has none.
    """
    kind, _, name = spec.partition(":")
    match kind:
        case "pcsc":
            return _Pcsc(name or None)
        case "nfc":
            from till.cards.nfc import NfcReader

            return NfcReader()
        case "sim" if name:
            return _File(Path(name))
        case "tray" if name:
            from till.simulator.tray import Tray

            return Tray(Path(name))
        case _:
            raise BadField("reader", "no_such_reader")


@contextmanager
def measured_card(source: CardSource, desk: Desk, attempts: list[Attempt], timeout: float) -> Iterator[CardDriver]:
    """The card that is in, every read and write of it timed into `attempts`.

    Raises:
        CardError: there is no reader, no card within the time (seconds), or a foreign one.
    """
    with source.seat(timeout) as seated:
        began = time.perf_counter()
        try:
            inner = open_card(seated.channel)
        except CardError as error:
            ms = round((time.perf_counter() - began) * 1000)
            if is_physical(error):
                name = type(error).__name__
                attempts.append(
                    Attempt(at=desk.now(), reader=seated.reader, card="", kind="connect", ms=ms, error=name)
                )
            raise
        yield MeasuredCard(inner, seated.reader, desk.now, time.perf_counter, attempts)


class _Pcsc:
    """PC/SC, imported when it is used: a till with simulated cards needs none."""

    def __init__(self, name: str | None) -> None:
        self._name = name

    def wait(self, timeout: float) -> bool:
        from till.cards.pcsc import wait_for_any_card

        return wait_for_any_card(self._name, timeout) is not None

    def wait_gone(self, timeout: float) -> bool:
        from till.cards.pcsc import wait_for_no_card

        return wait_for_no_card(self._name, timeout)

    def names(self) -> list[str]:
        from till.cards.pcsc import list_readers

        return [reader for reader in list_readers() if self._name is None or self._name in reader]

    @contextmanager
    def seat(self, timeout: float) -> Iterator[Seated]:
        from till.cards.pcsc import open_reader

        with open_reader(self._name, timeout=timeout) as channel:
            yield Seated(channel, channel.reader)


class _File:
    """A card's file is a reader with that card in it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def wait(self, timeout: float) -> bool:
        if self._path.exists():
            return True
        time.sleep(timeout)
        return self._path.exists()

    def wait_gone(self, timeout: float) -> bool:
        if self._path.exists():
            time.sleep(timeout)
        return not self._path.exists()

    def names(self) -> list[str]:
        return ["simulated"]

    @contextmanager
    def seat(self, timeout: float) -> Iterator[Seated]:
        from till.simulator.card_file import load_card
        from till.simulator.channel import ChipChannel

        del timeout  # what is not there will not come
        channel = ChipChannel(load_card(self._path))
        try:
            yield Seated(channel, "simulated")
        finally:
            channel.close()
