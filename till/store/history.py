"""History: settled purchases, a row each, in the store or, before the cut-off date, in a file beside it.

A file cannot take part in the store's transactions, so what it holds of an account counts only under the generation
that the store names for that account. When an entry opens history again, the store drops the generation, and with it
all that the file holds of the account; the rows themselves are removed at the next move.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from sqlite_utils import Database

from common.account import Archived
from till.store.errors import StoreUnreadable

_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(Archived)

Row = tuple[str, int, str, str, bytes]
"""Account, count, job, time, value."""

_TABLE = """
CREATE TABLE IF NOT EXISTS history (
    account TEXT, generation INTEGER, count INTEGER, job TEXT, at TEXT, value BLOB,
    PRIMARY KEY (account, generation, count, job)
) STRICT, WITHOUT ROWID
"""


class Histories:
    """The tables `history` and `moved`, and the file beside the store. Writing expects an open transaction."""

    def __init__(self, db: Database, path: Path | None) -> None:
        self._db = db
        self._path = path
        self._file: sqlite3.Connection | None = None

    def all(self, account: str) -> list[Archived]:
        """An account's whole history, each purchase once."""
        return [old for segment in self.segments(account) for old in segment]

    def segments(self, account: str) -> Iterator[list[Archived]]:
        """An account's history: what the store has, then what the file has besides."""
        query = "SELECT job, value FROM history WHERE account = ?"
        held = dict(self._db.conn.execute(query, (account,)).fetchall())
        yield [_decoder.decode(value) for value in held.values()]
        yield [_decoder.decode(value) for job, value in self._filed(account) if job not in held]

    def rows(self, account: str) -> list[Row]:
        """An account's whole history as rows, in the order of their key; without the file's where that is gone."""
        segments = self.segments(account)
        held = list(next(segments))
        if self._there():
            held += next(segments)
        return sorted(_row(account, old) for old in held)

    def add(self, account: str, archived: Iterable[Archived]) -> None:
        """Purchases have become history."""
        rows = [_row(account, old) for old in archived]
        if rows:
            self._db.conn.executemany("INSERT OR REPLACE INTO history VALUES (?, ?, ?, ?, ?)", rows)

    def drop(self, account: str) -> None:
        """An account's history is no more; it is sealed afresh."""
        self._db.conn.execute("DELETE FROM history WHERE account = ?", (account,))
        self._db.conn.execute("DELETE FROM moved WHERE account = ?", (account,))

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    # --- moving, one account at a time; the caller opens the transactions ---

    def make_file(self) -> None:
        """Make the file when it is not there."""
        self._opened()

    def generation(self, account: str) -> int | None:
        """Under which generation the file's rows of an account count."""
        row = self._db.conn.execute("SELECT generation FROM moved WHERE account = ?", (account,)).fetchone()
        return None if row is None else int(row[0])

    def begin(self, account: str, generation: int) -> None:
        """From now on the file's rows of an account count under this generation."""
        self._db.conn.execute("INSERT OR IGNORE INTO moved VALUES (?, ?)", (account, generation))

    def before(self, account: str, until: str) -> list[Row]:
        """The store's rows of purchases before a time."""
        query = "SELECT account, count, job, at, value FROM history WHERE account = ? AND at < ?"
        return self._db.conn.execute(query, (account, until)).fetchall()

    def file_rows(self, rows: list[Row], generation: int) -> None:
        """Write rows to the file; durable when it returns."""
        with self._opened() as file:
            values = [(account, generation, count, job, at, value) for account, count, job, at, value in rows]
            file.executemany("INSERT OR REPLACE INTO history VALUES (?, ?, ?, ?, ?, ?)", values)

    def forget(self, rows: list[Row]) -> None:
        """Take rows out of the store that the file has."""
        keys = [(account, count, job) for account, count, job, _, _ in rows]
        self._db.conn.executemany("DELETE FROM history WHERE account = ? AND count = ? AND job = ?", keys)

    def filed_since(self, since: str) -> list[tuple[str, int]]:
        """Accounts and generations of which the file has purchases from a time on, or that do not count any more."""
        if not self._there():
            return []
        counting = dict(self._db.conn.execute("SELECT account, generation FROM moved").fetchall())
        found = self._opened().execute("SELECT account, generation, max(at) FROM history GROUP BY account, generation")
        return [
            (account, number) for account, number, last in found if last >= since or counting.get(account) != number
        ]

    def take_back(self, account: str, generation: int, since: str) -> None:
        """Bring an account's purchases from a time on back into the store, unless they do not count any more."""
        if self.generation(account) == generation:
            query = (
                "SELECT account, count, job, at, value FROM history WHERE account = ? AND generation = ? AND at >= ?"
            )
            rows = self._opened().execute(query, (account, generation, since)).fetchall()
            self._db.conn.executemany("INSERT OR REPLACE INTO history VALUES (?, ?, ?, ?, ?)", rows)

    def unfile(self, account: str, generation: int, since: str) -> None:
        """Remove from the file what the store has again, or what does not count any more."""
        counts = self.generation(account) == generation
        with self._opened() as file:
            query = "DELETE FROM history WHERE account = ? AND generation = ? AND at >= ?"
            file.execute(query, (account, generation, since if counts else ""))

    def end(self, account: str, generation: int) -> None:
        """The file's rows of an account do not count any more, when none is left."""
        query = "SELECT 1 FROM history WHERE account = ? AND generation = ? LIMIT 1"
        if self._opened().execute(query, (account, generation)).fetchone() is None:
            self._db.conn.execute("DELETE FROM moved WHERE account = ? AND generation = ?", (account, generation))

    def _there(self) -> bool:
        return self._path is not None and self._path.exists()

    def _filed(self, account: str) -> list[tuple[str, bytes]]:
        generation = self.generation(account)
        if generation is None:
            return []
        if not self._there():
            raise StoreUnreadable(str(self._path), "the history file is gone; fold it again: till rebuild")
        query = "SELECT job, value FROM history WHERE account = ? AND generation = ?"
        return self._opened().execute(query, (account, generation)).fetchall()

    def _opened(self) -> sqlite3.Connection:
        if self._file is None:
            self._file = sqlite3.connect(str(self._path), check_same_thread=False)
            self._file.execute("PRAGMA synchronous = FULL")
            self._file.execute(_TABLE)
        return self._file


def _row(account: str, old: Archived) -> Row:
    return (account, old.job.count, old.job.job, old.job.at.isoformat(), _encoder.encode(old))
