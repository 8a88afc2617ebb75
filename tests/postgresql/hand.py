"""Somebody's hand in the office's database, behind the office's back, whichever database it is."""

import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Connection, CursorResult
from sqlalchemy.engine import make_url

from syncserver.office.office import Office
from syncserver.store.engine import connect, transaction

_T = TypeVar("_T")
_number = count(1)


def ask(office: Office, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """What a query with a `?` for each value answers."""
    return _do(office, lambda connection: [tuple(row) for row in _run(connection, query, values)])


def change(office: Office, statement: str, *values: Any) -> None:
    """Change what is stored. It must change something."""
    changed = _do(office, lambda connection: _run(connection, statement, values).rowcount)
    assert changed, "the edit changed nothing"


def lose(office: Office) -> None:
    """The database of an office that was closed is gone, or empty where a server gives it out."""
    address = office.folder.address
    if isinstance(address, Path):
        for path in address.parent.glob(f"{address.name}*"):
            path.unlink()
    else:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")


def keep(office: Office, place: Path) -> Callable[[], None]:
    """Copy the database of an office that was closed. Returns what puts it back, once the office is closed again."""
    address = office.folder.address
    if isinstance(address, Path):
        shutil.copy(address, place)

        def put_file_back() -> None:
            lose(office)
            shutil.copy(place, address)

        return put_file_back
    name, kept = make_url(address).database, f"{make_url(address).database}_kept_{next(_number)}"
    _on_server(address, f'CREATE DATABASE "{kept}" TEMPLATE "{name}"')

    def put_back() -> None:
        _on_server(address, f'DROP DATABASE "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}" TEMPLATE "{kept}"')

    return put_back


def _on_server(address: str, *statements: str) -> None:
    with psycopg.connect(make_url(address).set(database="postgres").render_as_string(), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def _run(connection: Connection, statement: str, values: tuple[Any, ...]) -> CursorResult[Any]:
    if connection.dialect.name == "postgresql":
        statement = statement.replace("?", "%s")
    return connection.exec_driver_sql(statement, values)


def _do(office: Office, work: Callable[[Connection], _T]) -> _T:
    engine = connect(office.folder.address)
    try:
        with transaction(engine, write=True) as connection:
            return work(connection)
    finally:
        engine.dispose()
