"""Receipts: the number of each from the till's own row, what it is for, and how many copies there are."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from common.chain import SignedEntry
from common.entries import ArrearsPaid, Completed, RefundPaid, paid_for
from common.receipt_code import receipt_number, receipt_text
from till.store.database import explained
from till.store.entries import Entries
from till.store.errors import StoreTampered
from till.store.project import Projection, Totals
from till.store.settings import Settings


class Receipts:
    """The table `receipt`. Every method may raise StoreError."""

    def __init__(self, db: Database, path: Path, settings: Settings, projection: Projection, entries: Entries) -> None:
        self._db = db
        self._path = path
        self._settings = settings
        self._projection = projection
        self._entries = entries

    def keep(self, receipt: str, body: Completed | RefundPaid | ArrearsPaid, key: int) -> None:
        """Keep the receipt that an entry names; `key`: the entry's. Expects an open transaction."""
        row = (receipt_number(receipt), paid_for(body), key)
        self._db.conn.execute("INSERT INTO receipt VALUES (?, ?, ?, 0)", row)

    def follow(self, first: int, last: int, by: int) -> None:
        """Entries with these keys have keys so much higher now. Expects an open transaction."""
        self._db.conn.execute("UPDATE receipt SET ended = ended + ? WHERE ended BETWEEN ? AND ?", (by, first, last))

    def next(self) -> int:
        """The number of the next receipt of this till."""
        with explained(self._path):
            return (self._settings.get("totals", Totals) or Totals()).receipts + 1

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

    def count_copy(self, receipt: str) -> int:
        """The number of the next copy, spent. Expects an open transaction."""
        number = (receipt_number(receipt),)
        self._db.conn.execute("UPDATE receipt SET copies = copies + 1 WHERE number = ?", number)
        row = self._row("SELECT copies FROM receipt WHERE number = ?", number)
        return 0 if row is None else int(row[0])

    def _row(self, query: str, values: Sequence[Any]) -> Any:
        with explained(self._path):
            return self._db.conn.execute(query, values).fetchone()
