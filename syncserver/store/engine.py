"""The database engine: SQLite in a file, or PostgreSQL at a URL. What only one of the two has is in its own module."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from syncserver.store import postgresql, sqlite
from syncserver.store.rows import POSTGRESQL

Address = Path | str
"""A SQLite file, or a PostgreSQL database as postgresql://USER@HOST/NAME."""


def connect(address: Address) -> Engine:
    """An engine for the database, which is not opened yet.

    Raises:
        StoreUnavailable: the address is none.
    """
    return sqlite.connect(address) if isinstance(address, Path) else postgresql.connect(address)


def shown(address: Address) -> str:
    """The address as people may see it: without a password."""
    return str(address) if isinstance(address, Path) else postgresql.without_password(address)


def is_postgresql(engine: Engine) -> bool:
    """Whether the database is PostgreSQL."""
    return engine.dialect.name == POSTGRESQL


@contextmanager
def transaction(engine: Engine, *, write: bool, aside: bool = False) -> Iterator[Connection]:
    """One transaction: committed at the end, rolled back when anything is raised.

    Args:
        aside: it writes nothing of the journals, and does not wait for who does.

    Raises:
        StoreUnavailable: or one of its kinds.
    """
    of_postgresql = is_postgresql(engine)
    options: dict[str, Any] = {sqlite.WRITE: write}
    if of_postgresql:
        options |= postgresql.options(write=write)
    errors: tuple[type[Exception], ...] = (DBAPIError, *_driver_errors(engine))
    try:
        with engine.connect() as raw:
            with raw.execution_options(**options).begin():
                if of_postgresql and write:
                    (postgresql.take_aside if aside else postgresql.take_turn)(raw)
                yield raw
            if of_postgresql and write and not aside:
                postgresql.expect_copied(raw)
    except errors as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise (postgresql if of_postgresql else sqlite).unavailable(cause) from error


def _driver_errors(engine: Engine) -> tuple[type[Exception], ...]:
    """What the driver raises where it is used without SQLAlchemy."""
    found = getattr(engine.dialect.dbapi, "Error", None)
    return () if found is None else (found,)
