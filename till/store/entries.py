"""The table of entries: every writer's journal, as far as this till has it.

An entry's key is its journal's number in the high bits and its sequence number in the low ones, so that a journal is
a range of one B-tree and a commit changes one page of it. Of a journal that forked, the entries that the office does
not have in its place are set aside: in a range of their own, `aside` 1 and up.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from common.chain import SignedEntry, carried, digest
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

    def insert(self, signed: SignedEntry, *, own: bool) -> int:
        """Keep an entry whose place is free. Expects an open transaction. Returns its key.

        Only one entry may start a job. What the feed brings may come twice: in its journal, and carried in another.
        """
        entry = signed.entry
        number = self._number(entry.writer, entry.epoch) or self._new_journal(entry.writer, entry.epoch, 0)
        key, body = number << _SEQ_BITS | entry.seq, (carried(signed) or signed).entry.body
        job = body.job if isinstance(body, Started) else None
        if job is not None and not own and self.start_of(job) is not None:
            job = None
        self._db.conn.execute(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?)", (key, signed.hash, signed.signature, signed.raw, job)
        )
        return key

    def set_aside(self, writer: str, epoch: int, after: int, until: int = _LAST_SEQ) -> list[tuple[int, int, int]]:
        """Make room in a journal after a sequence number, up to another: another branch is to stand there. Expects an
        open transaction. Returns which keys moved by how much: first, last, by.
        """
        first, _ = self._range(writer, epoch)
        held = self._db.conn.execute(
            "SELECT min(id), max(id) FROM entry WHERE id > ? AND id <= ?", (first + after, first + until)
        ).fetchone()
        if held[0] is None:
            return []
        asides = self._db.conn.execute(
            "SELECT max(aside) FROM journal WHERE writer = ? AND epoch = ?", (writer, epoch)
        ).fetchone()[0]
        by = (self._new_journal(writer, epoch, asides + 1) << _SEQ_BITS) - first
        self._db.conn.execute("UPDATE entry SET id = id + ? WHERE id BETWEEN ? AND ?", (by, *held))
        return [(held[0], held[1], by)]

    def aside(self, writer: str, epoch: int) -> Iterator[SignedEntry]:
        """Entries of a journal's other branches.

        Raises:
            StoreTampered: see `of`.
        """
        query = "SELECT number FROM journal WHERE writer = ? AND epoch = ? AND aside > 0 ORDER BY aside"
        for (number,) in self._db.conn.execute(query, (writer, epoch)).fetchall():
            yield from self._of_journal(number)

    def lines(self, writer: str, epoch: int) -> Iterator[tuple[bytes, bool]]:
        """A journal's lines as they are stored, whether they hold or not; one that is missing is an empty line. With
        each, whether it is kept under its own hash and job."""
        first, last = self._range(writer, epoch)
        with explained(self._path):
            # As bytes: a damaged text need not be one.
            columns = "id, raw, CAST(hash AS BLOB), signature, CAST(started AS BLOB)"
            query = f"SELECT {columns} FROM entry WHERE id BETWEEN ? AND ? ORDER BY id"
            before = 0
            for key, raw, entry_hash, signature, started in self._db.conn.execute(query, (first, last)):
                seq = key & _LAST_SEQ
                yield from [(b"\n", True)] * (seq - before - 1)
                filed = digest(raw).encode() == entry_hash and (started is None or started in raw)
                yield signature.hex().encode() + b" " + raw + b"\n", filed
                before = seq

    def mend(self, signed: SignedEntry) -> None:
        """Put an entry back as it was signed. Expects an open transaction."""
        entry = signed.entry
        key = self._range(entry.writer, entry.epoch)[0] + entry.seq
        body = (carried(signed) or signed).entry.body
        self._db.conn.execute("DELETE FROM entry WHERE id = ?", (key,))
        self._db.conn.execute(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?)",
            (key, signed.hash, signed.signature, signed.raw, body.job if isinstance(body, Started) else None),
        )

    def by_key(self, key: int) -> SignedEntry | None:
        """The entry with this key.

        Raises:
            StoreTampered: see `of`.
        """
        return next(self._signed(f"{_ENTRY} WHERE id = ?", (key,)), None)

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

    def all(self, own: str) -> Iterator[SignedEntry]:
        """All entries of all journals, journal by journal, in an order that what is folded from them has come to: the
        till's own last, for they speak of others'; own entries that were set aside were written before the epoch that
        followed; of others, what was set aside came before what took its place.

        Raises:
            StoreTampered: see `of`.
        """
        query = (
            "SELECT number FROM journal ORDER BY writer = :own, CASE writer WHEN :own THEN epoch END,"
            " CASE writer WHEN :own THEN aside ELSE aside = 0 END, number"
        )
        for (number,) in self._db.conn.execute(query, {"own": own}).fetchall():
            yield from self._of_journal(number)

    def but(self, writer: str, epoch: int) -> Iterator[SignedEntry]:
        """All entries of all journals but this one.

        Raises:
            StoreTampered: see `of`.
        """
        query = "SELECT number FROM journal WHERE writer <> ? OR epoch <> ? ORDER BY number"
        for (number,) in self._db.conn.execute(query, (writer, epoch)).fetchall():
            yield from self._of_journal(number)

    def start_of(self, job: str) -> SignedEntry | None:
        """The entry that started a job.

        Raises:
            StoreTampered: see `of`.
        """
        found = next(self._signed(f"{_ENTRY} WHERE started = ? LIMIT 1", (job,)), None)
        return None if found is None else carried(found) or found

    def _of_journal(self, number: int) -> Iterator[SignedEntry]:
        first = number << _SEQ_BITS
        return self._signed(f"{_ENTRY} WHERE id BETWEEN ? AND ? ORDER BY id", (first, first | _LAST_SEQ))

    def _number(self, writer: str, epoch: int) -> int | None:
        known = self._numbers.get((writer, epoch))
        if known is not None:
            return known
        query = "SELECT number FROM journal WHERE writer = ? AND epoch = ? AND aside = 0"
        row = self._db.conn.execute(query, (writer, epoch)).fetchone()
        if row is None:
            return None
        if not self._db.conn.in_transaction:  # what a transaction sees may be rolled back
            self._numbers[writer, epoch] = row[0]
        return int(row[0])

    def _new_journal(self, writer: str, epoch: int, aside: int) -> int:
        cursor = self._db.conn.execute("INSERT INTO journal VALUES (NULL, ?, ?, ?)", (writer, epoch, aside))
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
