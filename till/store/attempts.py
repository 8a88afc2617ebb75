"""What readers and cards did of late: kept by this till for itself, in no journal."""

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

KEPT = 2_000
"""The latest attempts that are kept."""

Row = tuple[datetime, str, str, str, int, str]
"""Time, reader, card, kind, milliseconds, error."""


class Attempts:
    """The table `attempt`. Writing expects an open transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, rows: Sequence[Row]) -> None:
        """Keep these too, and forget the oldest."""
        values = [(at.isoformat(), *rest) for at, *rest in rows]
        self._db.conn.executemany("INSERT INTO attempt VALUES (NULL, ?, ?, ?, ?, ?, ?)", values)
        self._db.conn.execute("DELETE FROM attempt WHERE id <= (SELECT max(id) FROM attempt) - ?", (KEPT,))

    def all(self) -> list[Row]:
        """The oldest first."""
        rows = self._db.conn.execute("SELECT at, reader, card, kind, ms, error FROM attempt ORDER BY id").fetchall()
        return [(datetime.fromisoformat(at), *rest) for at, *rest in rows]
