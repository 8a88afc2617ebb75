"""A copy of a database as it is at one moment, while others write to it (sqlite.org/backup.html)."""

import sqlite3
from contextlib import closing
from pathlib import Path

from till.store.database import explained


def copy_database(source: Path, target: Path) -> None:
    """Copy all that is committed.

    Raises:
        StoreError: it cannot be read, or the copy cannot be written.
    """
    with explained(source), closing(sqlite3.connect(source, isolation_level=None)) as held:
        held.execute("BEGIN")
        held.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on this moment is what is read
        with closing(sqlite3.connect(target)) as copy:
            held.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE").fetchone()
        held.execute("COMMIT")


def is_sound(path: Path) -> bool:
    """Whether a database can be read and holds together, as SQLite sees it."""
    try:
        with closing(sqlite3.connect(path)) as held:
            return bool(held.execute("PRAGMA quick_check").fetchone() == ("ok",))
    except sqlite3.Error:
        return False
