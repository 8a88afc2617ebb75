"""Opening the SQLite file, transactions, and what SQLite's errors mean."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from till.store import schema
from till.store.errors import StoreBusy, StoreError, StoreFull, StoreNewer, StoreUnreadable

_BUSY_MS = 5_000
"""How long to wait for another program's transaction."""


def open_database(path: Path) -> Database:
    """The database in this file, made when there is none.

    WAL with synchronous=FULL: a commit that returned survives a power cut (sqlite.org/pragma.html#pragma_synchronous).

    Raises:
        StoreError: see till.store.errors.
    """
    with explained(path):
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version > schema.VERSION:
                raise StoreNewer(str(path), version)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA cache_size = -16384")
            db = Database(connection, strict=True)
            if version == 0:
                _create(db, path)
        except BaseException:
            connection.close()
            raise
    return db


def _create(db: Database, path: Path) -> None:
    with transaction(db, path):
        if db.execute("PRAGMA user_version").fetchone()[0] == 0:
            if db.table_names():
                raise StoreUnreadable(str(path), "it is a database of another program")
            schema.create(db)


@contextmanager
def transaction(db: Database, path: Path) -> Iterator[None]:
    """All of it durable at the end, or nothing. Within another one it is part of that one.

    Raises:
        StoreError: see till.store.errors.
    """
    if db.conn.in_transaction:
        yield
        return
    with explained(path):
        db.conn.execute("BEGIN IMMEDIATE")
        try:
            yield
            db.conn.execute("COMMIT")
        except BaseException:
            if db.conn.in_transaction:
                db.conn.execute("ROLLBACK")
            raise


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise _meaning(path, error) from error


_MEANINGS = {
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "not a database",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
    sqlite3.SQLITE_READONLY: "it may not be written",
    sqlite3.SQLITE_PERM: "not permitted",
}


def _meaning(path: Path, error: sqlite3.Error) -> StoreError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return StoreFull(str(path))
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy(str(path))
    if code in _MEANINGS:
        return StoreUnreadable(str(path), _MEANINGS[code])
    if isinstance(error, sqlite3.OperationalError) and "no such" in str(error):
        return StoreUnreadable(str(path), str(error))
    return StoreError(str(error))
