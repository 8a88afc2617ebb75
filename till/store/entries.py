"""The table of entries: every writer's journal, as far as this till has it.

An entry's key is its journal's number in the high bits and its sequence number in the low ones, so that a journal is
a range of one B-tree and a commit changes one page of it.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from common.chain import SignedEntry
from common.entries import BadEntry, Started, decode_entry
from till.store.database import explained
from till.store.errors import StoreTampered

_SEQ_BITS = 40
_LAST_SEQ = (1 << _SEQ_BITS) - 1
_ENTRY = "SELECT id, raw, hash, signature FROM entry"


class Entries:
    """The tables `journal` and `entry`."""

    def __init__(self, db: Database, path: Path) -> None:
        self._db = db
        self._path = path
        self._numbers: dict[tuple[str, int], int] = {}

    def insert(self, signed: SignedEntry) -> None:
        """Keep an entry that is not here yet. Expects an open transaction."""
        entry, body = signed.entry, signed.entry.body
        number = self._number(entry.writer, entry.epoch) or self._new_journal(entry.writer, entry.epoch)
        self._db.conn.execute(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?)",
            (
                number << _SEQ_BITS | entry.seq,
                signed.hash,
                signed.signature,
                signed.raw,
                body.job if isinstance(body, Started) else None,
            ),
        )

    def last_seq(self, writer: str, epoch: int) -> int:
        """The last sequence number held of a journal; 0 when none is."""
        first, last = self._range(writer, epoch)
        row = self._db.conn.execute("SELECT max(id) FROM entry WHERE id BETWEEN ? AND ?", (first, last)).fetchone()
        return 0 if row[0] is None else row[0] & _LAST_SEQ

    def hash(self, writer: str, epoch: int, seq: int) -> str | None:
        """The hash held for an entry."""
        first, _ = self._range(writer, epoch)
        row = self._db.conn.execute("SELECT hash FROM entry WHERE id = ?", (first + seq,)).fetchone()
        return None if row is None else str(row[0])

    def of(self, writer: str, epoch: int, after: int, limit: int) -> Iterator[SignedEntry]:
        """A journal's entries in its own order, from the one after `after`; `limit` -1 is all.

        Raises:
            StoreTampered: stored bytes are no entry any more, or stand in another's place.
        """
        first, last = self._range(writer, epoch)
        query = f"{_ENTRY} WHERE id > ? AND id <= ? ORDER BY id LIMIT ?"
        return self._signed(query, (first + after, last, limit))

    def all(self) -> Iterator[SignedEntry]:
        """All entries of all journals, journal by journal, the till's own first.

        Raises:
            StoreTampered: see `of`.
        """
        return self._signed(f"{_ENTRY} ORDER BY id", ())

    def start_of(self, job: str) -> SignedEntry | None:
        """The entry that started a job.

        Raises:
            StoreTampered: see `of`.
        """
        return next(self._signed(f"{_ENTRY} WHERE started = ? LIMIT 1", (job,)), None)

    def _number(self, writer: str, epoch: int) -> int | None:
        known = self._numbers.get((writer, epoch))
        if known is not None:
            return known
        query = "SELECT number FROM journal WHERE writer = ? AND epoch = ?"
        row = self._db.conn.execute(query, (writer, epoch)).fetchone()
        if row is None:
            return None
        if not self._db.conn.in_transaction:  # what a transaction sees may be rolled back
            self._numbers[writer, epoch] = row[0]
        return int(row[0])

    def _new_journal(self, writer: str, epoch: int) -> int:
        cursor = self._db.conn.execute("INSERT INTO journal VALUES (NULL, ?, ?)", (writer, epoch))
        return int(cursor.lastrowid or 0)

    def _range(self, writer: str, epoch: int) -> tuple[int, int]:
        number = self._number(writer, epoch) or 0
        return number << _SEQ_BITS, number << _SEQ_BITS | _LAST_SEQ

    def _signed(self, query: str, values: Sequence[Any]) -> Iterator[SignedEntry]:
        with explained(self._path):
            for key, raw, entry_hash, signature in self._db.conn.execute(query, values):
                seq = key & _LAST_SEQ
                try:
                    entry = decode_entry(raw)
                except BadEntry as error:
                    raise StoreTampered(str(self._path), seq, error.reason) from error
                if entry.seq != seq:
                    raise StoreTampered(str(self._path), seq, f"entry {entry.seq} stands there")
                yield SignedEntry(entry, raw, entry_hash, signature)
