"""What every part of the store has: transactions, small values by name, and questions in SQL."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeVar

from sqlite_utils import Database

from till.store.database import explained, transaction
from till.store.settings import Settings

T = TypeVar("T")


class Values:
    """The till's database, by transactions and small values. Every method may raise StoreError."""

    def __init__(self, db: Database, path: Path) -> None:
        self._db = db
        self.path = path
        self._settings = Settings(db)

    @property
    def in_transaction(self) -> bool:
        """Whether one is open."""
        return self._db.conn.in_transaction

    def transaction(self) -> AbstractContextManager[None]:
        """All that happens within is durable at its end, or has not happened."""
        return transaction(self._db, self.path)

    def setting(self, name: str, kind: type[T]) -> T | None:
        """A small value by name."""
        with explained(self.path):
            return self._settings.get(name, kind)

    def set_setting(self, name: str, value: Any) -> None:
        """Keep a small value."""
        with self.transaction():
            self._settings.put(name, value)

    def drop_setting(self, name: str) -> None:
        """Forget a small value."""
        with self.transaction():
            self._settings.drop(name)

    # --- SQL ---

    def _many(self, *names: str) -> dict[str, bytes]:
        query = f"SELECT name, value FROM setting WHERE name IN ({', '.join('?' * len(names))})"
        return dict(self._rows(query, names))

    def _rows(self, query: str, values: Sequence[Any]) -> list[Any]:
        with explained(self.path):
            return self._db.conn.execute(query, values).fetchall()

    def _value(self, query: str, values: Sequence[Any]) -> Any:
        with explained(self.path):
            row = self._db.conn.execute(query, values).fetchone()
        return None if row is None else row[0]

    def _text(self, query: str, values: Sequence[Any]) -> str | None:
        found = self._value(query, values)
        return None if found is None else str(found)
