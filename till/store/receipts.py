"""Receipts: the number of each from the till's own row, what it is for, and how many copies there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from common.chain import SignedEntry
from common.entries import ArrearsPaid, Naming, ReceiptVoided, RefundPaid, paid_for
from common.receipt_code import receipt_number, receipt_text
from till.store.database import explained
from till.store.entries import Entries
from till.store.errors import StoreTampered
from till.store.project import Projection, Totals
from till.store.settings import Settings


@dataclass(frozen=True)
class Behind:
    """The entries behind a receipt.

    Attributes:
        started: the start of its job; None for what is no job.
        moved: that moved the money.
        named: that names the number: the same, but for a number in the place of one that was voided.
    """

    started: SignedEntry | None
    moved: SignedEntry
    named: SignedEntry


class Receipts:
    """The tables `receipt` and `voided`. Every method may raise StoreError."""

    def __init__(self, db: Database, path: Path, settings: Settings, projection: Projection, entries: Entries) -> None:
        self._db = db
        self._path = path
        self._settings = settings
        self._projection = projection
        self._entries = entries

    def keep(self, receipt: str, body: Naming, key: int) -> None:
        """Keep the receipt that an entry names; `key`: the entry's. Expects an open transaction."""
        self._db.conn.execute("INSERT INTO receipt VALUES (?, ?, ?, 0)", (receipt_number(receipt), paid_for(body), key))
        if isinstance(body, ReceiptVoided):
            row = (receipt_number(body.receipt), receipt_number(receipt))
            self._db.conn.execute("INSERT INTO voided VALUES (?, ?)", row)

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

    def instead_of(self, receipt: str) -> str | None:
        """The number in the place of a receipt of this till that is void; None for one that is not."""
        row = self._row("SELECT instead FROM voided WHERE number = ?", (receipt_number(receipt),))
        return None if row is None else receipt_text(receipt.rpartition("-")[0], row[0])

    def entries_of(self, receipt: str) -> Behind:
        """What stands behind a receipt of this till.

        Raises:
            StoreTampered: one of its entries is gone.
        """
        row = self._row("SELECT job, ended FROM receipt WHERE number = ?", (receipt_number(receipt),))
        named = None if row is None else self._entries.by_key(row[1])
        if named is not None:
            body = named.entry.body
            if isinstance(body, ReceiptVoided):
                first = self.entries_of(body.receipt)
                return Behind(started=first.started, moved=first.moved, named=named)
            started = self._entries.start_of(row[0])
            if started is not None or isinstance(body, RefundPaid | ArrearsPaid):
                return Behind(started=started, moved=named, named=named)
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
