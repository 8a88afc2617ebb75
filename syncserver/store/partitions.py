"""PostgreSQL's tables: entries and purchases lie in a partition for each month, made ahead of time.

An entry lies in the month in which the office took it in, by the office's clock; a purchase in the month of its own
time, by its till's. SQLite has the tables as they are in syncserver.store.tables.
"""

import re
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    insert,
    select,
    text,
    update,
)

from syncserver.store import tables

AHEAD = 3
"""Months after this one that partitions are made for."""

_BACK = 120
"""Months before this one in which a purchase has a partition made for it; what is older lies with all that has none."""

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")

metadata = MetaData()
"""The tables as PostgreSQL has them."""

for _table in tables.metadata.sorted_tables:
    for _column in _table.to_metadata(metadata).columns:
        if isinstance(_column.type, String):
            _column.type = Text(collation="C")  # in the order of its bytes, as SQLite has it

journal: Table = metadata.tables["journal"]
journal.append_column(Column("month", Integer, primary_key=True, autoincrement=False))
journal.constraints -= {found for found in journal.constraints if isinstance(found, UniqueConstraint)}
journal.append_constraint(UniqueConstraint("writer", "epoch", "seq", "month"))
journal.dialect_options["postgresql"]["partition_by"] = "LIST (month)"

vend: Table = metadata.tables["vend"]
vend.c.at.primary_key = True
vend.append_constraint(PrimaryKeyConstraint("job", "account", "at"))
vend.dialect_options["postgresql"]["partition_by"] = "RANGE (at)"

month_table = Table(
    "month",
    metadata,
    Column("month", Integer, primary_key=True, autoincrement=False),
    Column("first", BigInteger),
)
"""The months that have partitions. `first`: the position of the first entry that was taken in in it, if any was."""


def month_of(at: datetime) -> int:
    """The month of a time, such as 202611."""
    return at.year * 100 + at.month


def later(month: int, by: int) -> int:
    """The month that is so many after another."""
    count = month // 100 * 12 + month % 100 - 1 + by
    return count // 12 * 100 + count % 12 + 1


def make_tables(connection: Connection) -> None:
    """Make all tables in an empty database. Purchases of odd times have a partition of their own."""
    metadata.create_all(connection)
    connection.execute(text("CREATE TABLE vend_other PARTITION OF vend DEFAULT"))


class Months:
    """The months that have partitions, within one transaction of the writer."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        rows = connection.execute(select(month_table.c.month, month_table.c.first))
        self._first: dict[int, int | None] = dict(rows.all())

    def prepare(self, now: datetime) -> None:
        """Make partitions for this month and those to come."""
        for by in range(AHEAD + 1):
            self._make(later(month_of(now), by))

    def of_entries(self, position: int, now: datetime) -> int:
        """The month for entries that are taken in now, of which the first has this position. It never goes back, as
        positions do not."""
        month = max([*self._begun(), month_of(now)])
        self._make(month)
        self._begin(month, position)
        return month

    def of_held(self, position: int) -> int:
        """The month in which an entry at this position lies, or would lie."""
        begun = self._begun()
        if not begun:
            month = min(self._first)
            self._begin(month, 1)
            return month
        return max((month for month, first in begun.items() if first <= position), default=min(begun))

    def for_purchases(self, times: Iterable[str]) -> None:
        """Make partitions for purchases of these times (ISO 8601), those of odd times left out."""
        latest = max(self._begun(), default=0)
        for year, month in {found.groups() for at in times if (found := _MONTH.match(at))}:
            wanted = int(year) * 100 + int(month)
            if latest and later(latest, -_BACK) <= wanted <= later(latest, AHEAD):
                self._make(wanted)

    def _begun(self) -> dict[int, int]:
        return {month: first for month, first in self._first.items() if first is not None}

    def _begin(self, month: int, position: int) -> None:
        if self._first[month] is None:
            change = update(month_table).where(month_table.c.month == month)
            self._connection.execute(change.values(first=position))
            self._first[month] = position

    def _make(self, month: int) -> None:
        if month in self._first:
            return
        name = f"{month // 100:04d}_{month % 100:02d}"
        begin, end = _begin(month), _begin(later(month, 1))
        for statement in (
            f"CREATE TABLE journal_{name} (LIKE journal INCLUDING DEFAULTS INCLUDING INDEXES)",
            f"ALTER TABLE journal ATTACH PARTITION journal_{name} FOR VALUES IN ({month})",
            f"CREATE TABLE vend_{name} (LIKE vend INCLUDING DEFAULTS INCLUDING INDEXES)",
            f"WITH moved AS (DELETE FROM vend_other WHERE at >= '{begin}' AND at < '{end}' RETURNING *)"
            f" INSERT INTO vend_{name} SELECT * FROM moved",
            f"ALTER TABLE vend ATTACH PARTITION vend_{name} FOR VALUES FROM ('{begin}') TO ('{end}')",
        ):
            self._connection.execute(text(statement))
        self._connection.execute(insert(month_table).values(month=month, first=None))
        self._first[month] = None


def months_ahead(connection: Connection, now: datetime) -> int:
    """How many months after this one have partitions."""
    found = set(connection.execute(select(month_table.c.month)).scalars())
    ahead = 0
    while later(month_of(now), ahead + 1) in found:
        ahead += 1
    return ahead


def _begin(month: int) -> str:
    return f"{month // 100:04d}-{month % 100:02d}"
