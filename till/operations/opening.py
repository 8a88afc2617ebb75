"""Opening the till: whose data folder it is, its journal checked, its mirror caught up."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from till.journal.errors import TakenOver
from till.journal.keys import load_keys
from till.journal.mirror import Mirror
from till.journal.seat import Seat, generation_of, leave_word, seat_of, take_seat
from till.journal.writer import Journal
from till.operations.desk import Desk
from till.operations.refusals import NotEnrolled
from till.store import Store
from till.store.refold import refold_if_upgraded
from till.store.reserve import keep_reserve

ENROLMENT = "enrolment"
"""Where it is kept in the store."""


class Enrolment(Struct, frozen=True, kw_only=True):
    """Who this till is, as the office said at enrolment; kept in the store under `enrolment`.

    Attributes:
        pin: SHA-256 of the office's certificate (DER), in hex.
        keys: the folder of its keys, within the data folder; each enrolment has keys of its own.
    """

    till: str
    branch: str
    name: str
    epoch: int
    office: str
    office_key: str
    url: str
    pin: str
    keys: str = "keys"


@dataclass(frozen=True)
class TillFolder:
    """Where a till keeps what it has."""

    path: Path

    @property
    def database(self) -> Path:
        """The store."""
        return self.path / "till.db"

    @property
    def keys(self) -> Path:
        """The till's keys."""
        return self.path / "keys"

    @property
    def receipts(self) -> Path:
        """Where receipts are printed to."""
        return self.path / "receipts"

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The open store.

        Raises:
            NotEnrolled: there is none.
            StoreError: it cannot be used.
        """
        with self.store_as_it_is() as store:
            refold_if_upgraded(store)
            yield store

    @contextmanager
    def store_as_it_is(self) -> Iterator[Store]:
        """The open store with its tables as they are, for what puts its entries right: damaged ones cannot be folded.

        Raises:
            NotEnrolled, StoreError: as `store`.
        """
        if not self.database.exists():
            raise NotEnrolled(str(self.path))
        store = Store.open(self.database)
        try:
            yield store
        finally:
            store.close()


def utc_now() -> datetime:
    """The wall clock, to the millisecond, UTC: the only place where the till reads it."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def enrolment_of(store: Store, data: Path) -> Enrolment:
    """Who this till is.

    Raises:
        NotEnrolled: nobody yet.
    """
    found = store.setting(ENROLMENT, Enrolment)
    if found is None:
        raise NotEnrolled(str(data))
    return found


def open_desk(folder: TillFolder, store: Store, clock: Callable[[], datetime] = utc_now) -> Desk:
    """The open till, its journal's tail checked and its mirror caught up; nobody is at it.

    Raises:
        NotEnrolled, StoreError, KeysUnreadable, MirrorDiverged, TakenOver: see there.
    """
    enrolment = enrolment_of(store, folder.path)
    expect_in_use(folder, store, enrolment)
    keys = load_keys(folder.path / enrolment.keys)
    journal = Journal(store, keys, enrolment.till, enrolment.epoch, clock, mirror_of(store, enrolment))
    keep_reserve(folder.path)
    journal.start()
    leave_word(folder.path)
    return Desk(till=enrolment.till, clerk="", store=store, journal=journal, keys=keys, now=clock)


def expect_in_use(folder: TillFolder, store: Store, enrolment: Enrolment) -> None:
    """Go on only where no other folder took this till over. Where the folder does not say yet which its mirror is, it
    does from here on: that can be read when the store cannot.

    Raises:
        TakenOver: another did.
    """
    seat, mirror = seat_of(folder.path), store.setting("mirror", str)
    if mirror is None:
        if seat is not None and seat.gone_to:
            raise TakenOver(enrolment.till, seat.gone_to)
        return
    now = Seat(till=enrolment.till, generation=generation_of(folder.path, enrolment.till, Path(mirror)), mirror=mirror)
    if now != seat:
        with suppress(OSError):  # a full disk; the next start does it
            take_seat(folder.path, now)


def mirror_of(store: Store, enrolment: Enrolment) -> Mirror | None:
    """The second copy of this epoch's journal, when there is to be one."""
    folder = store.setting("mirror", str)
    if folder is None:
        return None
    seat = seat_of(store.path.parent)
    apart_from = store.path if store.setting("mirror_apart", bool) else None
    path = Path(folder) / f"{enrolment.till}-{enrolment.epoch}.journal"
    return Mirror(path, apart_from, 0 if seat is None else seat.generation)
