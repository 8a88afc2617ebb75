"""An open office: its store, its keys, and the transactions that change it from outside the ingest queue."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from common.chain import GENESIS, public_hex
from common.entries import OFFICE, JournalOpened, UtilitySet
from common.sealing import box_hex
from syncserver import VERSION
from syncserver.ingest.intake import Intake
from syncserver.office.errors import OfficeError
from syncserver.office.folder import OfficeFolder, OfficeKeys
from syncserver.office.pen import EPOCH
from syncserver.office.problem import Problem
from syncserver.store import MasterStore, StoreMissing, WriterRow, WriterState, Writing, shown


def utc_now() -> datetime:
    """The office's wall clock, to the millisecond, UTC: the only place where the server reads it."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


@dataclass
class Office:
    """An office that works.

    Attributes:
        watched: what may fail beside the database: each says what is wrong, or None.
    """

    folder: OfficeFolder
    keys: OfficeKeys
    store: MasterStore
    clock: Callable[[], datetime] = utc_now
    watched: list[Callable[[], Problem | None]] = field(default_factory=list)

    @classmethod
    def create(
        cls, folder: OfficeFolder, utility: UtilitySet, hosts: list[str], clock: Callable[[], datetime] = utc_now
    ) -> "Office":
        """A new office.

        Raises:
            OfficeError: there is one already, or the folder cannot be written.
            StoreUnavailable: the database cannot be made.
        """
        folder.expect_none()
        if folder.url is None:
            keys = folder.create(hosts, clock())
            store = MasterStore.create(folder.database)
        else:  # a server that does not answer is to leave nothing behind
            store = MasterStore.create(folder.url)
            keys = folder.create(hosts, clock())
            folder.keep_address(folder.url)
        office = cls(folder, keys, store, clock)
        with office.store.write() as writing:
            writing.prepare_months(clock())
            add_journal(writing, keys)
            intake = Intake(writing, keys.signing, clock())
            box = "" if keys.box is None else box_hex(keys.box)
            said = msgspec.structs.replace(utility, box=box)
            intake.say(JournalOpened(kind="office", key=public_hex(keys.signing), branch="", version=VERSION), said)
            intake.finish()
        return office

    @classmethod
    def open(cls, folder: OfficeFolder, clock: Callable[[], datetime] = utc_now) -> "Office":
        """The office in this folder.

        Raises:
            OfficeError: there is none.
            StoreUnavailable: its database is damaged or cannot be opened.
        """
        keys = folder.keys()
        try:
            return cls(folder, keys, MasterStore.open(folder.address), clock)
        except StoreMissing as error:
            what = f"The office's database is not there: {shown(folder.address)}."
            raise OfficeError(what, "Restore it from the backup; the tills send what it lacks.") from error

    @contextmanager
    def change(self) -> Iterator[Intake]:
        """One transaction of office entries.

        Raises:
            StoreUnavailable: nothing was stored.
        """
        with self.store.write() as writing:
            intake = Intake(writing, self.keys.signing, self.clock())
            yield intake
            intake.finish()

    def problems(self) -> list[Problem]:
        """What is wrong beside the database."""
        said = [watch() for watch in self.watched]
        return [problem for problem in said if problem is not None]

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()


def add_journal(writing: Writing, keys: OfficeKeys) -> None:
    """The office's own journal, empty, in a new database."""
    writing.add_writer(
        WriterRow(
            id=OFFICE,
            epoch=EPOCH,
            branch="",
            name="",
            key=public_hex(keys.signing),
            box="",
            seq=0,
            hash=GENESIS,
            state=WriterState.ACTIVE,
            reason="",
        )
    )
