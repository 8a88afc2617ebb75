"""Small values by name."""

from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast

import msgspec
from sqlite_utils import Database

T = TypeVar("T")


@cache
def _decoder(kind: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(cast(Any, kind))


class Settings:
    """The table `setting`: a typed value under each name."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, name: str, kind: type[T]) -> T | None:
        """The value, or None when it was never set."""
        row = self._db.conn.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return None if row is None else cast(T, _decoder(cast(Hashable, kind)).decode(row[0]))

    def drop(self, name: str) -> None:
        """Forget the value."""
        self._db.conn.execute("DELETE FROM setting WHERE name = ?", (name,))

    def put(self, name: str, value: Any) -> None:
        """Set the value."""
        self._db.conn.execute(
            "INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, msgspec.json.encode(value)),
        )
