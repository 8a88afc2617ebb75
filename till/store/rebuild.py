"""Folds all entries afresh, and compares with the read models that the till works with, or replaces them."""

import sqlite3
from collections.abc import Callable, Iterator
from itertools import zip_longest
from typing import Any

from sqlite_utils import Database

from till.store import schema
from till.store.database import explained
from till.store.project import Projection
from till.store.settings import Settings
from till.store.store import Store

_MOST_TOLD = 20
"""Differences that are told one by one in each table."""


def rebuild(store: Store, *, check: bool, progress: Callable[[int], None]) -> list[str]:
    """Fold every entry again. With `check`, only say what differs; else put it right as well.

    Args:
        progress: told how many entries are folded.

    Returns:
        What differed, in words, a line each.
    """
    fresh = _fold(store, progress)
    with explained(store.path):
        differences = [line for table in schema.READ_MODELS for line in _compare(store, fresh, table)]
        differences += _compare_settings(store.database, fresh)
        if differences and not check:
            with store.transaction():
                _replace(store.database, fresh)
    fresh.conn.close()
    return differences


def _fold(store: Store, progress: Callable[[int], None]) -> Database:
    """The read models in a temporary database on disk that goes away with its connection."""
    fresh = Database(sqlite3.connect("", isolation_level=None), strict=True)
    fresh.conn.execute("BEGIN")
    schema.create(fresh)
    settings = Settings(fresh)
    office = store.setting("office", tuple[str, int, str])
    if office is not None:
        fresh.execute("INSERT INTO writer VALUES (?, ?, '', ?)", office)
    projection = Projection(fresh, settings)
    if store.owner is not None:
        projection.own(store.owner)
    for base in store.bases.all():
        projection.base(base)
    for number, signed in enumerate(store.everything(), 1):
        projection.apply(signed)
        progress(number)
    fresh.conn.execute("COMMIT")
    return fresh


def _compare(store: Store, fresh: Database, table: str) -> list[str]:
    lines: list[str] = []
    for held, right in zip_longest(_held(store, table), _rows(fresh, table)):
        if held != right:
            name = (right or held)[0]
            lines.append(f"{table} {name}: the table does not say what the entries say")
            if len(lines) == _MOST_TOLD:
                return [*lines, f"{table}: and perhaps more"]
            if held is None or right is None or held[0] != right[0]:
                return [*lines, f"{table}: rows are missing or too many from there on"]
    return lines


def _compare_settings(stored: Database, fresh: Database) -> list[str]:
    names = schema.FOLDED_SETTINGS
    query = f"SELECT name, value FROM setting WHERE name IN ({', '.join('?' * len(names))})"
    held, right = (dict(db.execute(query, names).fetchall()) for db in (stored, fresh))
    return [f"setting {name}: does not say what the entries say" for name in names if held.get(name) != right.get(name)]


def _held(store: Store, table: str) -> Iterator[tuple[Any, ...]]:
    """What the store holds of a table; of history, with what the file beside it holds."""
    if table != "history":
        return _rows(store.database, table)
    accounts = store.database.execute("SELECT account FROM history UNION SELECT account FROM moved ORDER BY account")
    return (row for (account,) in accounts.fetchall() for row in store.history.rows(account))


def _rows(db: Database, table: str) -> Iterator[tuple[Any, ...]]:
    keys = ", ".join(str(place) for place in range(1, len(db.table(table).pks) + 1))
    return iter(db.execute(f"SELECT * FROM {table} ORDER BY {keys}"))


def _replace(stored: Database, fresh: Database) -> None:
    stored.execute("DELETE FROM moved")
    for table in schema.READ_MODELS:
        stored.execute(f"DELETE FROM {table}")
        places = ", ".join("?" * len(_columns(fresh, table)))
        stored.conn.executemany(f"INSERT INTO {table} VALUES ({places})", _rows(fresh, table))
    for name in schema.FOLDED_SETTINGS:
        stored.execute("DELETE FROM setting WHERE name = ?", (name,))
        row = fresh.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        if row is not None:
            stored.execute("INSERT INTO setting VALUES (?, ?)", (name, row[0]))


def _columns(db: Database, table: str) -> list[str]:
    """The names of a table's columns."""
    return [column.name for column in db.table(table).columns]
