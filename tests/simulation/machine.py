"""A machine with a till on it: its disk, its mirror, its clock; it is killed, its disk is put back, it is copied."""

import shutil
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from common.chain import digest
from common.clerks import Role
from common.clock import SteadyMark, wall_ms
from tests.simulation.central import Fault, Network
from tests.simulation.quick import PowerCut
from till.journal.keys import TillKeys
from till.journal.mirror import Mirror
from till.journal.writer import Journal
from till.operations.desk import Desk
from till.operations.opening import Enrolment
from till.operations.steps import Step
from till.store import Store
from till.sync.client import OfficeClient

T = TypeVar("T")


class FaultyDisk(Store):
    """A store whose machine dies at a commit."""

    faults: Fault

    @contextmanager
    def transaction(self) -> Iterator[None]:
        outermost = not self.database.conn.in_transaction
        with super().transaction():
            yield
            if outermost and self.faults("a till is killed before a commit"):
                raise PowerCut
        if outermost and self.faults("a till is killed after a commit"):
            raise PowerCut


@dataclass
class Machine:
    """One machine. Its keys are in the world's drawer, by the name of their folder.

    Attributes:
        copied_from: the till whose disk its own is a copy of; it is to be a till of its own.
    """

    name: str
    folder: Path
    now: Callable[[], datetime]
    faults: Fault
    drawer: dict[str, TillKeys]
    copied_from: str = ""
    forked: bool = False
    room: bool = True
    offset: timedelta = timedelta()
    mirrored: bool = True
    stick: bool = True
    code: str | None = None
    new_keys: str = ""
    boots: int = 0
    _open: Desk | None = field(default=None, repr=False)

    @property
    def database(self) -> Path:
        return self.folder / "till.db"

    def clock(self) -> datetime:
        return self.now() + self.offset

    def steady(self, now: datetime) -> SteadyMark:
        """The machine's steady clock."""
        return SteadyMark(f"{self.name}/{self.boots}", wall_ms(self.now()), wall_ms(now))

    @contextmanager
    def desk(self, observe: Callable[[Step], None] = lambda _: None) -> Iterator[Desk]:
        """The open till. Raises what opening raises."""
        if self._open is None:
            self._open = self._start()
        self._open.observe = observe
        try:
            yield self._open
        except PowerCut:
            self.stop()
            raise

    def store(self) -> FaultyDisk:
        """The disk alone; the caller closes it."""
        store = FaultyDisk.open(self.database)
        assert isinstance(store, FaultyDisk)
        store.faults = self.faults
        return store

    def enrolment(self, store: Store) -> Enrolment:
        found = store.setting("enrolment", Enrolment)
        assert found is not None
        return found

    def mirror(self, enrolment: Enrolment) -> Mirror | None:
        """On a stick of its own, if it has one; when that is out, its folder is gone."""
        if not self.mirrored:
            return None
        folder = self.folder / ("stick" if self.stick else "nothing there")
        return Mirror(folder / f"{enrolment.till}-{enrolment.epoch}.journal")

    def client(self, enrolment: Enrolment, network: Callable[[], Network]) -> OfficeClient:
        keys = self.drawer[enrolment.keys]
        return OfficeClient("memory", b"", enrolment.till, keys.signing, self.clock, lambda *_: network())

    @property
    def has_image(self) -> bool:
        return (self.folder / "image").exists()

    @contextmanager
    def quietly(self) -> Iterator[Store]:
        """The store as the machine has it open, or opened for this; nothing goes wrong."""
        if self._open is not None:
            yield self._open.store
            return
        store = Store.open(self.database)
        try:
            yield store
        finally:
            store.close()

    def hashes(self) -> set[str]:
        """Every entry of this till's own journals that the disk has."""
        with self.quietly() as store:
            query = (
                "SELECT e.hash FROM entry e JOIN journal j ON j.number = e.id >> 40 WHERE j.writer IN"
                " (SELECT value ->> 'till' FROM setting WHERE name = 'enrolment')"
            )
            return {found for (found,) in store.database.execute(query).fetchall()}

    def kept(self) -> set[str]:
        """Every entry that the mirrors of this till have, in or out."""
        if not self.mirrored:
            return set()
        with self.quietly() as store:
            till = self.enrolment(store).till
        lines = b"".join(path.read_bytes() for path in sorted((self.folder / "stick").glob(f"{till}-*.journal")))
        return {digest(line.partition(b" ")[2]) for line in lines.splitlines()}

    def stop(self) -> None:
        """Without a word: what is not committed is gone."""
        if self._open is not None:
            self._open.store.close()
            self._open = None
        self.boots += 1

    def image(self) -> None:
        """Keep the disk as it is now."""
        self.stop()
        shutil.copy(self.database, self.folder / "image")

    def put_back(self) -> bool:
        """The disk is put back to its image. False when there is none."""
        image = self.folder / "image"
        if not image.exists():
            return False
        self.stop()
        for path in self.folder.glob("till.db*"):
            path.unlink()
        shutil.copy(image, self.database)
        return True

    def copied(self, name: str, folder: Path) -> "Machine":
        """Another machine with this disk."""
        self.stop()
        folder.mkdir()
        (folder / "stick").mkdir()
        shutil.copy(self.database, folder / "till.db")
        with self.quietly() as store:
            till = self.enrolment(store).till
        return Machine(name, folder, self.now, self.faults, self.drawer, copied_from=till)

    def _start(self) -> Desk:
        store = self.store()
        try:
            enrolment = self.enrolment(store)
            keys = self.drawer[enrolment.keys]
            journal = Journal(
                store, keys, enrolment.till, enrolment.epoch, self.clock, self.mirror(enrolment), self.steady
            )
            journal.start()
        except BaseException:
            store.close()
            raise
        return Desk(
            till=enrolment.till,
            clerk="wang",
            roles=[Role.CLERK],
            store=store,
            journal=journal,
            keys=keys,
            now=self.clock,
        )


def drive(steps: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that waits for nothing."""
    try:
        steps.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waits")
