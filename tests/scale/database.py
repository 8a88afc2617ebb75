"""What the database says of itself, and COPY of the same rows into a table like the journal."""

import re
import time
from pathlib import Path

import psycopg
from msgspec import Struct

_COPIED = "scale_copied"
_BLOCK = 1 << 20
_PARTITION = re.compile(r"_(\d{4}_\d{2}|other)$")
_SETTINGS = (
    "server_version", "shared_buffers", "synchronous_commit", "fsync", "full_page_writes", "wal_compression",
    "max_wal_size", "checkpoint_timeout",
)  # fmt: skip

_SIZES = """
SELECT relname, pg_relation_size(c.oid),
       pg_table_size(c.oid) - pg_relation_size(c.oid), pg_indexes_size(c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE nspname = current_schema() AND relkind = 'r' AND relname <> %s
"""


class TableSize(Struct, frozen=True):
    """Bytes of a table, its partitions together: its rows, what is too long for a row, its indexes."""

    table: str
    heap: int = 0
    toast: int = 0
    indexes: int = 0

    @property
    def total(self) -> int:
        return self.heap + self.toast + self.indexes

    def __sub__(self, other: "TableSize") -> "TableSize":
        heap, toast = self.heap - other.heap, self.toast - other.toast
        return TableSize(self.table, heap, toast, self.indexes - other.indexes)


def sizes(url: str) -> dict[str, TableSize]:
    """Every table's."""
    with psycopg.connect(url, autocommit=True) as connection:
        rows = connection.execute(_SIZES, (_COPIED,)).fetchall()
    found: dict[str, TableSize] = {}
    for name, heap, toast, indexes in rows:
        table = _PARTITION.sub("", name)
        held = found.get(table, TableSize(table))
        found[table] = TableSize(table, held.heap + heap, held.toast + toast, held.indexes + indexes)
    return found


def settings(url: str) -> dict[str, str]:
    """What the figures depend on."""
    with psycopg.connect(url, autocommit=True) as connection:
        return {name: str(connection.execute(f"SHOW {name}".encode()).fetchone()[0]) for name in _SETTINGS}  # type: ignore[index]


def last_position(url: str) -> int:
    """How many entries the office holds."""
    return _one(url, "SELECT coalesce(max(position), 0) FROM journal")


def vends(url: str) -> int:
    """How many sales it holds."""
    return _one(url, "SELECT count(*) FROM vend")


def wal(url: str) -> int:
    """Bytes of WAL ever written."""
    return _one(url, "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint")


def copy_same(url: str, after: int, upto: int, file: Path) -> tuple[int, float]:
    """COPY the journal's rows from after one position up to another into a table of the same columns and indexes, in
    one durable transaction. Returns how many there were, and the seconds that it took."""
    with psycopg.connect(url) as connection:
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS {_COPIED} (LIKE journal INCLUDING DEFAULTS INCLUDING INDEXES)".encode()
        )
        connection.commit()
        query = (
            f"COPY (SELECT * FROM journal WHERE position > {after} AND position <= {upto}) TO STDOUT (FORMAT BINARY)"
        )
        with file.open("wb") as written, connection.cursor().copy(query.encode()) as copy:
            for block in copy:
                written.write(block)
        connection.commit()
        began = time.perf_counter()
        with (
            file.open("rb") as read,
            (cursor := connection.cursor()).copy(f"COPY {_COPIED} FROM STDIN (FORMAT BINARY)".encode()) as copy,
        ):
            while block := read.read(_BLOCK):
                copy.write(block)
        connection.commit()
        seconds = time.perf_counter() - began
    file.unlink()
    return cursor.rowcount, seconds


def drop_copy(url: str) -> None:
    """The copied rows are not the office's."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP TABLE IF EXISTS {_COPIED}".encode())


def _one(url: str, query: str) -> int:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])
