"""A store copied into another, of either kind, and the proof that both hold the same."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby, islice

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Table, func, select

from syncserver.store import partitions, tables
from syncserver.store.partitions import Months
from syncserver.store.rows import POSTGRESQL, Values, insert_rows, streamed

_BATCH = 5_000
_RAW = tables.journal.columns.keys().index("raw")
_AT = tables.vend.columns.keys().index("at")

TABLES = tuple(table for table in tables.metadata.sorted_tables if table is not tables.version)
"""All that is copied. The version is the program's."""

Told = Callable[[int], None]
"""Hears of so many rows more."""


class TableProof(Struct, frozen=True, kw_only=True):
    """What a table holds: how many rows, and the SHA-256 over all of them in the order of the primary key, each as
    MessagePack."""

    table: str
    rows: int
    digest: str


def count_rows(connection: Connection) -> int:
    """How many rows all tables have."""
    counts = (connection.execute(select(func.count()).select_from(table)).scalar_one() for table in TABLES)
    return sum(int(count) for count in counts)


def copy_tables(source: Connection, target: Connection, now: datetime, told: Told) -> None:
    """Copy every row into the target, which has the tables, and nothing in them.

    Args:
        now: the time. In PostgreSQL entries lie in the month of their own time, as nobody knows any more when they
            were taken in: not before the entry before it, and not after now.
    """
    months = Months(target) if target.dialect.name == POSTGRESQL else None
    if months is not None:
        months.prepare(now)
    for table in TABLES:
        rows = iter(_rows(source, table))
        while batch := list(islice(rows, _BATCH)):
            if months is None:
                insert_rows(target, table, batch)
            elif table is tables.journal:
                _add_entries(target, months, batch, now)
            elif table is tables.vend:
                months.for_purchases(row[_AT] for row in batch)
                insert_rows(target, partitions.vend, batch)
            else:
                insert_rows(target, table, batch)
            told(len(batch))


def prove(connection: Connection, told: Told) -> list[TableProof]:
    """What each table holds."""
    return [_prove(connection, table, told) for table in TABLES]


def _prove(connection: Connection, table: Table, told: Told) -> TableProof:
    digest, count = hashlib.sha256(), 0
    encode = msgspec.msgpack.Encoder().encode
    for row in _rows(connection, table):
        digest.update(encode(row))
        count += 1
        if count % _BATCH == 0:
            told(_BATCH)
    told(count % _BATCH)
    return TableProof(table=table.name, rows=count, digest=digest.hexdigest())


def _rows(connection: Connection, table: Table) -> Iterator[Values]:
    query = select(table).order_by(*table.primary_key.columns)
    return (tuple(row) for row in streamed(connection, query))


def _add_entries(target: Connection, months: Months, rows: Iterable[Values], now: datetime) -> None:
    for at, group in groupby(rows, lambda row: min(_time_of(row[_RAW]), now)):
        entries = list(group)
        month = months.of_entries(entries[0][0], at)
        insert_rows(target, partitions.journal, [(*entry, month) for entry in entries])


def _time_of(raw: bytes) -> datetime:
    """The month of an entry's own time, which stands first in it (common.entries.decode_entry)."""
    return datetime(max(1, int(raw[7:11])), int(raw[12:14]), 1, tzinfo=UTC)
