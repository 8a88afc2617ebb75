"""Opening the SQLite file, transactions, and what SQLite's errors mean."""

import sqlite3
from pathlib import Path

from sqlite_utils import Database

from till.store import schema
from till.store.errors import StoreBusy, StoreConflict, StoreError, StoreFull, StoreNewer, StoreUnreadable

_BUSY_MS = 5_000
"""How long to wait for another program's transaction."""

_CHECKPOINT_PAGES = 400
"""The write-ahead log goes into the file every 1.6 MB. A log that is written over again is synced in half the time of
one that grows."""


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
            connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
            db = Database(connection, strict=True)
            if version < schema.VERSION:
                _bring_up_to_date(db, path)
        except BaseException:
            connection.close()
            raise
    return db


def _bring_up_to_date(db: Database, path: Path) -> None:
    with transaction(db, path):
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            if db.table_names():
                raise StoreUnreadable(str(path), "it is a database of another program")
            schema.create(db)
        elif version < schema.VERSION:  # no other program has meanwhile
            schema.upgrade(db, version)


class transaction:  # used as a verb
    """All of it durable at the end, or nothing. Within another one it is part of that one. A context manager.

    Raises:
        StoreError: see till.store.errors.
    """

    def __init__(self, db: Database, path: Path) -> None:
        self._connection = db.conn
        self._path = path
        self._outermost = False

    def __enter__(self) -> None:
        self._outermost = not self._connection.in_transaction
        if self._outermost:
            with explained(self._path):
                self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not self._outermost:
            return
        if error is None:
            with explained(self._path):
                try:
                    self._connection.execute("COMMIT")
                except sqlite3.Error:
                    self._roll_back()
                    raise
            return
        self._roll_back()
        if isinstance(error, sqlite3.Error):
            raise _meaning(self._path, error) from error

    def _roll_back(self) -> None:
        if self._connection.in_transaction:  # some errors have rolled it back already
            self._connection.execute("ROLLBACK")


class explained:  # used as a verb
    """Turns SQLite's errors into ours. A context manager."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, sqlite3.Error):
            raise _meaning(self._path, error) from error


MEANINGS = {
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "not a database",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
    sqlite3.SQLITE_READONLY: "it may not be written",
    sqlite3.SQLITE_PERM: "not permitted",
}
"""What a database that cannot be used is said to be; till/messages has it in every language."""


def _meaning(path: Path, error: sqlite3.Error) -> StoreError:
    if isinstance(error, sqlite3.IntegrityError):
        return StoreConflict(str(error))
    extended = getattr(error, "sqlite_errorcode", 0)
    code = extended & 0xFF
    # A disk without room for the write-ahead log's index is full too, though SQLite calls it an I/O error.
    if code == sqlite3.SQLITE_FULL or extended == sqlite3.SQLITE_IOERR_SHMSIZE:
        return StoreFull(str(path))
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy(str(path))
    if code in MEANINGS:
        return StoreUnreadable(str(path), MEANINGS[code])
    if isinstance(error, sqlite3.OperationalError) and "no such" in str(error):
        return StoreUnreadable(str(path), str(error))
    return StoreError(str(error))
