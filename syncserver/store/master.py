"""The master store: opens transactions, on SQLite or PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect

from syncserver.store import partitions, postgresql, tables
from syncserver.store.engine import Address, connect, is_postgresql, transaction
from syncserver.store.errors import StoreMissing, StoreUnavailable
from syncserver.store.reading import Reading
from syncserver.store.sqlite import copy_database
from syncserver.store.writing import Writing


class MasterStore:
    """The office's database. `read` may be used by many threads at once; `write` waits for other writers, of other
    processes too.

    Attributes:
        on_commit: called after each transaction that changed something, before anybody is told: for the mirror.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.on_commit: Callable[[MasterStore], None] | None = None

    @classmethod
    def create(cls, address: Address) -> "MasterStore":
        """Make the tables in a new database file, or in a database of PostgreSQL that has none of ours.

        Raises:
            StoreUnavailable: see there.
        """
        engine = connect(address)
        with transaction(engine, write=True) as connection:
            if is_postgresql(engine):
                _make_in_postgresql(connection)
            else:
                tables.metadata.create_all(connection)
        return cls(engine)

    @classmethod
    def open(cls, address: Address) -> "MasterStore":
        """Open the database that `create` made.

        Raises:
            StoreMissing: there is none.
            StoreBroken: it is not one of ours, or damaged.
            StoreNotReachable: its server does not answer.
        """
        if isinstance(address, Path) and not address.is_file():
            raise StoreMissing(str(address))
        store = cls(connect(address))
        with store.read() as reading:
            reading.last_position()
        return store

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
            yield Writing(connection)
        if self.on_commit is not None:
            self.on_commit(self)

    def copy_to(self, target: Path) -> None:
        """Copy all that is committed, as it is at one moment, while others write.

        Raises:
            StoreUnavailable: see there.
        """
        with transaction(self._engine, write=False) as connection:
            copy_database(connection, target)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def _make_in_postgresql(connection: Connection) -> None:
    postgresql.check_encoding(connection)
    if inspect(connection).has_table(tables.meta.name):
        raise StoreUnavailable("there is an office in that database already")
    partitions.make_tables(connection)
