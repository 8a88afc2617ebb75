"""The master store: opens transactions. PostgreSQL would be another engine behind the same verbs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from syncserver.store import tables
from syncserver.store.engine import StoreMissing, connect, copy_database, transaction
from syncserver.store.reading import Reading
from syncserver.store.writing import Writing


class MasterStore:
    """The office's database. `read` may be used by many threads at once; `write` waits for other writers.

    Attributes:
        on_commit: called after each transaction that changed something, before anybody is told: for the mirror.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.on_commit: Callable[[MasterStore], None] | None = None

    @classmethod
    def create(cls, path: Path) -> "MasterStore":
        """Make the tables in a new database file.

        Raises:
            StoreUnavailable: see there.
        """
        engine = connect(path)
        with transaction(engine, write=True) as connection:
            tables.metadata.create_all(connection)
        return cls(engine)

    @classmethod
    def open(cls, path: Path) -> "MasterStore":
        """Open the database file that `create` made.

        Raises:
            StoreMissing: there is none.
            StoreBroken: it is not one of ours, or damaged.
        """
        if not path.is_file():
            raise StoreMissing(str(path))
        store = cls(connect(path))
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
        """Let go of the file."""
        self._engine.dispose()
