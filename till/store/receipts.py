"""Receipts: one original each, its number from the till's own row, the queue of those that were not printed yet."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from common.chain import SignedEntry
from common.entries import ArrearsPaid, Completed, RefundPaid, paid_for
from till.store.database import explained, transaction
from till.store.entries import Entries
from till.store.errors import StoreTampered
from till.store.project import Projection, Totals, receipt_number, receipt_text
from till.store.settings import Settings


class Receipts:
    """The table `receipt`. Every method may raise StoreError."""

    def __init__(self, db: Database, path: Path, settings: Settings, projection: Projection, entries: Entries) -> None:
        self._db = db
        self._path = path
        self._settings = settings
        self._projection = projection
        self._entries = entries

    def queue(self, body: Completed | RefundPaid | ArrearsPaid, key: int) -> None:
        """Queue the receipt that an entry names, if it names one; `key`: the entry's. Expects an open transaction."""
        if body.receipt:
            row = (receipt_number(body.receipt), paid_for(body), key)
            self._db.conn.execute("INSERT INTO receipt VALUES (?, ?, ?, 0)", row)

    def follow(self, first: int, last: int, by: int) -> None:
        """Entries with these keys have keys so much higher now. Expects an open transaction."""
        self._db.conn.execute("UPDATE receipt SET ended = ended + ? WHERE ended BETWEEN ? AND ?", (by, first, last))

    def next(self) -> int:
        """The number of the next receipt of this till."""
        with explained(self._path):
            return (self._settings.get("totals", Totals) or Totals()).receipts + 1

    def queued(self) -> list[str]:
        """Receipts whose original was not printed yet, oldest first."""
        owner = self._projection.owner
        till = "" if owner is None else owner.till
        with explained(self._path):
            printed = self._settings.get("printed", int) or 0
            rows = self._db.conn.execute("SELECT number FROM receipt WHERE number > ? ORDER BY number", (printed,))
            return [receipt_text(till, number) for (number,) in rows.fetchall()]

    def job(self, receipt: str) -> str | None:
        """The job of a receipt of this till."""
        owner = self._projection.owner
        if owner is None or receipt_text(owner.till, receipt_number(receipt)) != receipt:
            return None
        row = self._row("SELECT job FROM receipt WHERE number = ?", (receipt_number(receipt),))
        return None if row is None else str(row[0])

    def entries_of(self, receipt: str) -> tuple[SignedEntry | None, SignedEntry]:
        """What a receipt of this till is for: the start of its job, if it is one, and the entry that names the receipt.

        Raises:
            StoreTampered: one of them is gone.
        """
        row = self._row("SELECT job, ended FROM receipt WHERE number = ?", (receipt_number(receipt),))
        if row is not None:
            ended = self._entries.by_key(row[1])
            started = self._entries.start_of(row[0])
            if ended is not None and (started is not None or isinstance(ended.entry.body, RefundPaid | ArrearsPaid)):
                return started, ended
        raise StoreTampered(str(self._path), 0, f"an entry of receipt {receipt} is missing")

    def mark_printed(self, receipt: str) -> None:
        """The original is out, and all before it."""
        with transaction(self._db, self._path):
            self._settings.put("printed", receipt_number(receipt))

    def count_copy(self, receipt: str) -> int:
        """The number of the next copy, spent."""
        number = (receipt_number(receipt),)
        with transaction(self._db, self._path):
            self._db.conn.execute("UPDATE receipt SET copies = copies + 1 WHERE number = ?", number)
            row = self._row("SELECT copies FROM receipt WHERE number = ?", number)
            return 0 if row is None else int(row[0])

    def _row(self, query: str, values: Sequence[Any]) -> Any:
        with explained(self._path):
            return self._db.conn.execute(query, values).fetchone()
