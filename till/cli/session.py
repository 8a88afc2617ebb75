"""What one run of the command line works with: the open till, and the card in its reader."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from till.cards.driver import CardDriver
from till.cards.errors import CardError
from till.cards.health import Attempt
from till.journal.seat import in_use
from till.messages import Figures, Words
from till.operations.card_source import card_source, measured_card
from till.operations.clerks import resume
from till.operations.desk import Desk
from till.operations.opening import TillFolder, open_desk
from till.operations.printers import printer_of, printer_setup
from till.operations.readers import note_attempts
from till.operations.refusals import BadField
from till.printing.printer import Printer, PrinterFailed
from till.store import Store, StoreError

CARD_WAIT_SECONDS = 30.0
"""How long a command waits for a card to be put in the reader."""


@dataclass
class Session:
    """The global options of one run.

    Attributes:
        home: the data folder that was named.
        figures: how it writes words and figures; by the utility's currency and clock once the till is open.
        shift_began: whether money was taken while no shift was open, so that one began by itself.
        unprinted: why the receipt of what was done did not print.
        finding: what is wrong with card or reader, when one failed and it can be told.
    """

    home: Path
    reader: str
    lang: str
    json: bool = False
    shift_began: bool = False
    unprinted: PrinterFailed | None = None
    finding: CardError | None = None
    figures: Figures = field(init=False)

    def __post_init__(self) -> None:
        self.figures = Figures(Words(self.lang, "terms", "card", "cli"))

    @cached_property
    def data(self) -> Path:
        """The data folder in use: the one that was named, or the one that took over while that disk fails."""
        return in_use(self.home)

    @property
    def database(self) -> Path:
        """The till's store."""
        return TillFolder(self.data).database

    @property
    def keys_folder(self) -> Path:
        """The till's keys."""
        return TillFolder(self.data).keys

    def printer(self, store: Store) -> Printer:
        """The printer that was set; without one receipts go into a folder."""
        return printer_of(printer_setup(store), TillFolder(self.data).receipts)

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The open store.

        Raises:
            NotEnrolled: there is none.
            StoreError: it cannot be used.
        """
        with TillFolder(self.data).store() as store:
            self.figures = Figures.of(self.figures.words, store.utility())
            yield store

    @contextmanager
    def desk(self, *, signed_in: bool = True) -> Iterator[Desk]:
        """The open till, its journal's tail checked and its mirror caught up, with the clerk who is signed in.

        Args:
            signed_in: whether somebody must be.

        Raises:
            NobodySignedIn, NotEnrolled, StoreError, KeysUnreadable, MirrorDiverged: see there.
        """
        with self.store() as store:
            desk = open_desk(TillFolder(self.data), store)
            if signed_in:
                resume(desk)
            before = store.shifts.open
            yield desk
            now = store.shifts.open
            self.shift_began = before is None and now is not None and now.by_itself

    @contextmanager
    def card(self, desk: Desk) -> Iterator[CardDriver]:
        """The card in the reader. How it went is kept, and what is wrong when it fails is found out.

        Raises:
            CardError: there is no reader, no card, or a foreign one.
        """
        attempts: list[Attempt] = []
        try:
            with measured_card(card_source(self.reader), desk, attempts, CARD_WAIT_SECONDS) as driver:
                yield driver
        finally:
            # A full disk has an error of its own to tell; that this could not be noted too matters to nobody.
            with suppress(StoreError):
                self.finding = note_attempts(desk.store, attempts)


def make_folder(path: Path) -> None:
    """Make a folder unless it is there.

    Raises:
        BadField: it cannot be.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadField("folder", "not_made", str(path), error.strerror or str(error)) from error
