"""The master store: opens transactions, on SQLite or PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from syncserver.store.copying import copy_tables
from syncserver.store.engine import Address, connect, is_postgresql, transaction
from syncserver.store.errors import StoreMissing, StoreUnavailable
from syncserver.store.listening import Listener
from syncserver.store.postgresql import timeline
from syncserver.store.reading import Reading
from syncserver.store.schema import check, expect_not_moved, make_tables, upgrade
from syncserver.store.signing_in import SignInWriting
from syncserver.store.sqlite import copy_database
from syncserver.store.writing import Writing


class MasterStore:
    """The office's database. `read` may be used by many threads at once; `write` waits for other writers, of other
    processes too.

    Attributes:
        on_first_write: called in the first transaction that changes something, before it does; not again once one has
            been committed.
        on_commit: called after each transaction that changed something, before anybody is told: for the mirror.
        on_other_server: called in the first transaction on another server than the one before (a standby that was
            promoted), before anything is written there.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._timeline: str | None = None
        self.on_first_write: Callable[[Writing], None] | None = None
        self.on_commit: Callable[[MasterStore], None] | None = None
        self.on_other_server: Callable[[Writing], None] | None = None

    @classmethod
    def create(cls, address: Address) -> "MasterStore":
        """Make the tables in a new database file, or in a database of PostgreSQL that has none of ours.

        Raises:
            StoreUnavailable: see there.
        """
        engine = connect(address)
        with _let_go_in_vain(engine), transaction(engine, write=True) as connection:
            make_tables(connection)
        return cls(engine)

    @classmethod
    def open(cls, address: Address) -> "MasterStore":
        """Open the database that `create` made.

        Raises:
            StoreMissing: there is none.
            StoreBroken: it is not one of ours, or damaged.
            StoreNotReachable: its server does not answer.
            StoreOutdated, StoreNewer: it is of another version than this program.
        """
        engine = _existing(address)
        with _let_go_in_vain(engine), transaction(engine, write=False) as connection:
            check(connection)
        return cls(engine)

    @staticmethod
    def upgrade(address: Address) -> tuple[str, str]:
        """Bring an older database up to this program's version, all of it or nothing. Returns the versions before and
        after.

        Raises:
            StoreUnavailable: see `open`.
        """
        engine = _existing(address)
        try:
            return upgrade(engine)
        finally:
            engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Reading]:
        """One moment's view.

        Raises:
            StoreUnavailable: see there.
        """
        with transaction(self._engine, write=False) as connection:
            yield Reading(connection)

    @contextmanager
    def write(self) -> Iterator[Writing]:
        """One transaction: all of it durable at the end, or nothing.

        Raises:
            StoreUnavailable: see there.
        """
        with transaction(self._engine, write=True) as connection:
            expect_not_moved(connection)
            writing = Writing(connection)
            server = self._greet(writing, connection)
            if self.on_first_write is not None:
                self.on_first_write(writing)
            yield writing
        self._timeline, self.on_first_write = server, None
        if self.on_commit is not None:
            self.on_commit(self)

    @contextmanager
    def write_aside(self) -> Iterator[SignInWriting]:
        """One transaction beside the journals: PostgreSQL has it durable on its own disk, and waits neither for the
        standby nor for who writes entries.

        Raises:
            StoreUnavailable: see there.
        """
        with transaction(self._engine, write=True, aside=True) as connection:
            expect_not_moved(connection)
            yield SignInWriting(connection)

    def _greet(self, writing: Writing, connection: Connection) -> str | None:
        """Notice another server. Returns which it is now."""
        if not is_postgresql(self._engine):
            return None
        found = timeline(connection)
        if self._timeline not in (None, found) and self.on_other_server is not None:
            self.on_other_server(writing)
        return found

    def listen(self, heard: Callable[[], None]) -> Callable[[], None]:
        """Call this after each commit of any process, where the database tells; in a thread of its own. Returns what
        ends it."""
        return Listener(self._engine, heard).close if is_postgresql(self._engine) else _nothing

    def copy_to(self, target: Path, now: datetime) -> None:
        """Copy all that is committed, as it is at one moment, into a new SQLite file, while others write.

        Raises:
            StoreUnavailable: see there.
        """
        with transaction(self._engine, write=False) as connection:
            if is_postgresql(self._engine):
                _copy_to_file(connection, target, now)
            else:
                copy_database(connection, target)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


@contextmanager
def _let_go_in_vain(engine: Engine) -> Iterator[None]:
    """Keep no connection of a database that is not worked with."""
    try:
        yield
    except StoreUnavailable:
        engine.dispose()
        raise


def _existing(address: Address) -> Engine:
    if isinstance(address, Path) and not address.is_file():
        raise StoreMissing(str(address))
    return connect(address)


def _nothing() -> None:
    """SQLite tells nobody: whoever waits looks now and then."""


def _copy_to_file(connection: Connection, target: Path, now: datetime) -> None:
    engine = connect(target)
    try:
        with transaction(engine, write=True) as copy:
            make_tables(copy)
            copy_tables(connection, copy, now, lambda _: None)
    finally:
        engine.dispose()
