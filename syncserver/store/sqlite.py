"""SQLite as the store's database: one file, WAL, synchronous=FULL."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event

from syncserver.store.errors import StoreBroken, StoreFull, StoreMissing, StoreUnavailable

WRITE = "kilotill_write"
"""The option of a connection whose transaction is to write."""

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    # A page that many transactions change is copied from the log into the database once in 64 MB, not in 4.
    "wal_autocheckpoint=16384",
    "cache_size=-65536",
    "temp_store=MEMORY",
)
_BUSY_SECONDS = 30
"""How long a writer waits for another process's transaction."""


def connect(path: Path) -> Engine:
    """An engine for the database file; the file need not exist yet."""
    engine = create_engine(URL.create("sqlite", database=str(path)), connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, in _begin
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get(WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def unavailable(cause: BaseException | None) -> StoreUnavailable:
    """What the driver raised, in the store's words."""
    code = getattr(cause, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else None
    reason = str(cause)
    if primary in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return StoreFull(reason) if primary == sqlite3.SQLITE_FULL else StoreUnavailable(reason)
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or "no such table" in reason:
        return StoreBroken(reason)
    if primary == sqlite3.SQLITE_CANTOPEN:
        return StoreMissing(reason)
    return StoreUnavailable(reason)


def copy_database(connection: Connection, target: Path) -> None:
    """Copy the database as this transaction sees it into a new file (sqlite.org/backup.html)."""
    connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").fetchone()  # from here on this moment is read
    held = connection.connection.driver_connection
    assert isinstance(held, sqlite3.Connection)
    with closing(sqlite3.connect(target)) as copy:
        held.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE").fetchone()


def is_whole(connection: Connection) -> bool:
    """Whether the file is consistent within."""
    return connection.exec_driver_sql("PRAGMA integrity_check").fetchone() == ("ok",)
