"""What one run of the command line works with: the open till, and the card in its reader."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from till.cards.channel import Channel
from till.cards.connect import open_card
from till.cards.driver import CardDriver
from till.cards.errors import CardError
from till.cards.health import Attempt, is_physical
from till.cards.measured import MeasuredCard
from till.journal.keys import load_keys
from till.journal.mirror import Mirror
from till.journal.writer import Journal
from till.operations.clerks import resume
from till.operations.desk import Desk
from till.operations.readers import note_attempts
from till.operations.refusals import BadField, NotEnrolled
from till.printing.printer import FilePrinter
from till.store import Store, StoreError

CARD_WAIT_SECONDS = 30.0
"""How long a command waits for a card to be put in the reader."""


class Enrolment(Struct, frozen=True, kw_only=True):
    """Who this till is, as the office said at enrolment; kept in the store under `enrolment`.

    Attributes:
        pin: SHA-256 of the office's certificate (DER), in hex.
    """

    till: str
    branch: str
    name: str
    epoch: int
    office: str
    office_key: str
    url: str
    pin: str


def utc_now() -> datetime:
    """The wall clock, to the millisecond, UTC: the only place where the command line reads it."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


@dataclass
class Session:
    """The global options of one run."""

    data: Path
    reader: str
    lang: str
    json: bool = False
    finding: CardError | None = None

    @property
    def database(self) -> Path:
        """The till's store."""
        return self.data / "till.db"

    @property
    def keys_folder(self) -> Path:
        """The till's keys."""
        return self.data / "keys"

    @property
    def printer(self) -> FilePrinter:
        """Receipts go into a folder."""
        return FilePrinter(self.data / "receipts")

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The open store.

        Raises:
            NotEnrolled: there is none.
            StoreError: it cannot be used.
        """
        if not self.database.exists():
            raise NotEnrolled(str(self.data))
        store = Store.open(self.database)
        try:
            yield store
        finally:
            store.close()

    @contextmanager
    def desk(self, *, signed_in: bool = True) -> Iterator[Desk]:
        """The open till, its journal's tail checked and its mirror caught up, with the clerk who is signed in.

        Args:
            signed_in: whether somebody must be.

        Raises:
            NobodySignedIn, NotEnrolled, StoreError, KeysUnreadable, MirrorDiverged: see there.
        """
        with self.store() as store:
            enrolment = enrolment_of(store, self.data)
            keys = load_keys(self.keys_folder)
            journal = Journal(store, keys, enrolment.till, enrolment.epoch, utc_now, _mirror(store, enrolment))
            journal.start()
            desk = Desk(till=enrolment.till, clerk="", store=store, journal=journal, keys=keys, now=utc_now)
            if signed_in:
                resume(desk)
            yield desk

    @contextmanager
    def card(self, desk: Desk) -> Iterator[CardDriver]:
        """The card in the reader. How it went is kept, and what is wrong when it fails is found out.

        Raises:
            CardError: there is no reader, no card, or a foreign one.
        """
        attempts: list[Attempt] = []
        try:
            with _driver(self.reader, desk, attempts) as driver:
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
        raise BadField("folder", f"{path}: {error.strerror}") from error


def enrolment_of(store: Store, data: Path) -> Enrolment:
    """Who this till is.

    Raises:
        NotEnrolled: nobody yet.
    """
    found = store.setting("enrolment", Enrolment)
    if found is None:
        raise NotEnrolled(str(data))
    return found


def _mirror(store: Store, enrolment: Enrolment) -> Mirror | None:
    folder = store.setting("mirror", str)
    return None if folder is None else Mirror(Path(folder) / f"{enrolment.till}-{enrolment.epoch}.journal")


@contextmanager
def _driver(spec: str, desk: Desk, attempts: list[Attempt]) -> Iterator[CardDriver]:
    with _channel(spec) as (channel, reader):
        began = time.perf_counter()
        try:
            inner = open_card(channel)
        except CardError as error:
            ms = round((time.perf_counter() - began) * 1000)
            if is_physical(error):
                name = type(error).__name__
                attempts.append(Attempt(at=desk.now(), reader=reader, card="", kind="connect", ms=ms, error=name))
            raise
        driver = MeasuredCard(inner, reader, desk.now, time.perf_counter, attempts)
        yield driver


@contextmanager
def _channel(spec: str) -> Iterator[tuple[Channel, str]]:
    kind, _, name = spec.partition(":")
    if kind == "sim":
        from till.simulator.card_file import load_card
        from till.simulator.channel import ChipChannel

        channel = ChipChannel(load_card(Path(name)))
        try:
            yield channel, "simulated"
        finally:
            channel.close()
    elif kind == "pcsc":
        from till.cards.pcsc import open_reader

        with open_reader(name or None, timeout=CARD_WAIT_SECONDS) as reader:
            yield reader, reader.reader
    else:
        raise BadField("reader", "pcsc, pcsc:NAME or sim:FILE")
