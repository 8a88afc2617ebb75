"""The spool: what waits for the printer. A sheet is queued in the transaction of the entry that it is for, and leaves
when it is out.

waiting -> printing (on disk before the printer hears of it) -> gone. A sheet that is found printing while nobody prints
was cut off: whether its paper came out, only somebody who looks can know. It is in question until that is said.
"""

from enum import StrEnum
from pathlib import Path
from typing import Any

from msgspec import Struct
from sqlite_utils import Database

from till.store.database import explained, transaction


class Kind(StrEnum):
    """What a sheet is."""

    RECEIPT = "receipt"
    Z = "z"
    X = "x"


class SheetState(StrEnum):
    """How far it has come."""

    WAITING = "waiting"
    PRINTING = "printing"
    QUESTION = "question"


class Sheet(Struct, frozen=True):
    """A sheet that is not known to be out.

    Attributes:
        number: of the receipt or the Z report.
        copy: 0 for the original.
        printer: the one that it went to; "" before.
        reason: why it is in question; "" when it is not.
        content: of what is not made from entries when it is printed: an X report, as JSON.
    """

    id: int
    kind: Kind
    number: str
    copy: int
    state: SheetState
    printer: str
    reason: str
    content: bytes

    @property
    def name(self) -> str:
        """What this one sheet is called, apart from its copies."""
        return self.number if self.copy == 0 else f"{self.number}-copy-{self.copy}"


class Spool:
    """The table `sheet`. Every method may raise StoreError."""

    def __init__(self, db: Database, path: Path) -> None:
        self._db = db
        self._path = path

    def add(self, kind: Kind, number: str, *, copy: int = 0, content: bytes = b"", reason: str = "") -> None:
        """Queue a sheet; with a reason it is in question from the beginning. Expects an open transaction."""
        state = SheetState.QUESTION if reason else SheetState.WAITING
        row = (kind.value, number, copy, state.value, reason, content)
        insert = "INSERT INTO sheet (kind, number, copy, state, printer, reason, content) VALUES (?, ?, ?, ?, '', ?, ?)"
        self._db.conn.execute(insert, row)

    def sheets(self, *states: SheetState) -> list[Sheet]:
        """All that stand so, in the order in which they were queued."""
        query = f"SELECT * FROM sheet WHERE state IN ({', '.join('?' * len(states))}) ORDER BY id"
        with explained(self._path):
            rows = self._db.conn.execute(query, [state.value for state in states]).fetchall()
        return [Sheet(row[0], Kind(row[1]), row[2], row[3], SheetState(row[4]), *row[5:]) for row in rows]

    def begin(self, sheet: Sheet, printer: str) -> None:
        """The printer hears of it next."""
        self._change("state = ?, printer = ?", SheetState.PRINTING.value, printer, sheet.id)

    def back(self, sheet: Sheet) -> None:
        """Nothing of it came out: it waits again."""
        self._change("state = ?, printer = '', reason = ''", SheetState.WAITING.value, sheet.id)

    def question(self, sheet: Sheet, reason: str) -> None:
        """Nobody knows whether it came out."""
        self._change("state = ?, reason = ?", SheetState.QUESTION.value, reason, sheet.id)

    def gone(self, sheet: Sheet) -> None:
        """It is out, or somebody has said what became of it."""
        with transaction(self._db, self._path):
            self._db.conn.execute("DELETE FROM sheet WHERE id = ?", (sheet.id,))

    def take_back(self, receipt: str) -> None:
        """Neither print this receipt, or copies of it, nor ask about them any more. Expects an open transaction."""
        self._db.conn.execute("DELETE FROM sheet WHERE kind = ? AND number = ?", (Kind.RECEIPT.value, receipt))

    def forget(self, kind: Kind) -> None:
        """Drop what waits of this kind. Expects an open transaction."""
        self._db.conn.execute("DELETE FROM sheet WHERE kind = ?", (kind.value,))

    def _change(self, what: str, *values: Any) -> None:
        with transaction(self._db, self._path):
            self._db.conn.execute(f"UPDATE sheet SET {what} WHERE id = ?", values)
