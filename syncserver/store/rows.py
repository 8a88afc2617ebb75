"""Many rows in and out at once, as each database likes it best: the rows go to the driver as they are.

SQLite repeats a prepared statement. PostgreSQL copies what is only added (COPY), and takes what may replace something
as one array for each column, in one statement.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Executable,
    Integer,
    LargeBinary,
    Table,
    cast,
    func,
    select,
)
from sqlalchemy.types import TypeEngine

Values = tuple[Any, ...]

_CHUNK = 500
"""Values in one IN (...): below SQLite's limit."""

_PAGE = 1_000
"""Rows that a stream holds in memory."""

POSTGRESQL = "postgresql"


def streamed(connection: Connection, query: Executable) -> Iterable[Any]:
    """The query's rows, a page at a time."""
    return connection.execute(query, execution_options={"yield_per": _PAGE})


def added_up(column: ColumnElement[int]) -> ColumnElement[int]:
    """The sum of whole numbers: PostgreSQL makes another type of it."""
    return cast(func.sum(column), BigInteger)


def rows_among(
    connection: Connection, columns: tuple[Column[Any], ...], key: Column[Any], values: Iterable[str] | Iterable[int]
) -> Iterator[Values]:
    """These columns of the rows whose key is among the values, in no order."""
    if connection.dialect.name == POSTGRESQL:
        wanted = list(values)
        if wanted:
            yield from connection.exec_driver_sql(_any_query(columns, key), (wanted,))
        return
    left = iter(values)
    while chunk := tuple(islice(left, _CHUNK)):
        # What the driver gives is the row already: text, whole numbers and bytes.
        yield from connection.exec_driver_sql(_in_query(columns, key, len(chunk)), chunk).all()


def insert_rows(connection: Connection, table: Table, rows: Iterable[Values], conflict: str = "") -> None:
    """Add rows, in the order of the table's columns.

    Args:
        conflict: ON CONFLICT and what is to be done; "": there is none.
    """
    values = list(rows)
    if not values:
        return
    if connection.dialect.name != POSTGRESQL:
        connection.exec_driver_sql(_repeated(table, conflict), values)
    elif conflict:
        connection.exec_driver_sql(_from_arrays(table, conflict, connection.dialect), _columns(table, values))
    else:
        _copy(connection, table, values)


def put_rows(connection: Connection, table: Table, rows: Iterable[Values]) -> None:
    """Add rows, or put each in the place of the one with the same primary key."""
    insert_rows(connection, table, rows, _replacing(table))


def run_many(connection: Connection, statement: str, rows: Sequence[Values]) -> None:
    """A statement with a `?` for each value, for each of these rows."""
    if connection.dialect.name == POSTGRESQL:
        statement = statement.replace("?", "%s")
    if rows:
        connection.exec_driver_sql(statement, list(rows))


def ask_values(connection: Connection, query: str, rows: Sequence[Values]) -> dict[Any, Any]:
    """What a query answers that joins these rows, VALUES at its {values}: its second column by its first."""
    place = "%s" if connection.dialect.name == POSTGRESQL else "?"
    row = f"({', '.join([place] * len(rows[0]))})"
    values = tuple(value for row in rows for value in row)
    found = connection.exec_driver_sql(query.format(values=", ".join([row] * len(rows))), values)
    return dict(found.all())


@cache
def _in_query(columns: tuple[Column[Any], ...], key: Column[Any], count: int) -> str:
    places = ", ".join("?" * count)
    return f"{select(*columns)} WHERE {key.table.name}.{key.name} IN ({places})"


@cache
def _any_query(columns: tuple[Column[Any], ...], key: Column[Any]) -> str:
    return f"{select(*columns)} WHERE {key.table.name}.{key.name} = ANY(%s)"


@cache
def _repeated(table: Table, conflict: str) -> str:
    return f"INSERT INTO {table.name} ({_names(table)}) VALUES ({', '.join('?' * len(table.columns))}) {conflict}"


@cache
def _from_arrays(table: Table, conflict: str, dialect: Dialect) -> str:
    arrays = ", ".join(f"%b::{_type(column.type, dialect)}[]" for column in table.columns)
    return (
        f"INSERT INTO {table.name} ({_names(table)}) SELECT * FROM unnest({arrays}) AS new({_names(table)}) {conflict}"
    )


@cache
def _replacing(table: Table) -> str:
    keys = [column.name for column in table.primary_key.columns]
    others = ", ".join(f"{name} = excluded.{name}" for name in _list(table) if name not in keys)
    return f"ON CONFLICT ({', '.join(keys)}) DO " + (f"UPDATE SET {others}" if others else "NOTHING")


def _columns(table: Table, rows: list[Values]) -> tuple[list[Any], ...]:
    """The rows' columns. Of rows with the same key the last counts: one statement can touch no row twice."""
    names = _list(table)
    keys = [names.index(column.name) for column in table.primary_key.columns]
    latest = {tuple(row[key] for key in keys): row for row in rows}
    return tuple(map(list, zip(*latest.values(), strict=True)))


def _copy(connection: Connection, table: Table, rows: list[Values]) -> None:
    held: Any = connection.connection.driver_connection
    with (
        held.cursor() as cursor,
        cursor.copy(f"COPY {table.name} ({_names(table)}) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.set_types([_type(column.type, connection.dialect) for column in table.columns])
        for row in rows:
            copy.write_row(row)


def _list(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def _names(table: Table) -> str:
    return ", ".join(_list(table))


def _type(type: TypeEngine[Any], dialect: Dialect) -> str:
    """What PostgreSQL calls a column's type."""
    if isinstance(type, LargeBinary):
        return "bytea"
    if isinstance(type, Boolean):
        return "bool"
    if isinstance(type, Integer):
        return "int4" if type.compile(dialect=dialect) == "INTEGER" else "int8"
    return "text"
