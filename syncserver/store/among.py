"""Rows whose key is one of many: asked by the hundred, with statements that are put together once for each number."""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import Column, Connection, Dialect, bindparam, select

_CHUNK = 500
"""Values in one IN (...): below every database's limit."""


def rows_among(
    connection: Connection, columns: tuple[Column[Any], ...], key: Column[Any], values: Iterable[str]
) -> Iterator[tuple[Any, ...]]:
    """These columns of the rows whose key is among the values, in no order."""
    left = iter(values)
    while chunk := tuple(islice(left, _CHUNK)):
        # What the driver gives is the row already: text, whole numbers and bytes.
        yield from connection.exec_driver_sql(_query(columns, key, len(chunk), connection.dialect), chunk).all()


@cache
def _query(columns: tuple[Column[Any], ...], key: Column[Any], count: int, dialect: Dialect) -> str:
    wanted = key.in_([bindparam(f"value_{number}") for number in range(count)])
    return str(select(*columns).where(wanted).compile(dialect=dialect))
