"""The shift that is open, with its running totals, and those that were closed. Writing expects an open transaction."""

import msgspec
from sqlite_utils import Database

from common.chain import SignedEntry
from common.entries import ShiftClosed, ShiftOpened
from common.shift import Moved, Shift, Shifts, ZReport, begin, end, move
from till.store.settings import Settings

_OPEN = "shift"


class ShiftBook:
    """The table `shift` and the setting of the same name: of the till's own journal of its present epoch alone."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db = db
        self._settings = settings

    @property
    def now(self) -> Shifts:
        """The shift that is open, if one is, and how many were closed."""
        return self._settings.get(_OPEN, Shifts) or Shifts()

    @property
    def open(self) -> Shift | None:
        """The shift that is open."""
        return self.now.open

    def closed(self, number: int) -> ZReport | None:
        """The Z report of this number."""
        row = self._db.conn.execute("SELECT value FROM shift WHERE number = ?", (number,)).fetchone()
        return None if row is None else msgspec.json.decode(row[0], type=ZReport)

    def closed_by(self, signed: SignedEntry) -> bool:
        """Whether it was this entry that closed a shift; of two programs that do, the first does."""
        body = signed.entry.body
        report = self.closed(body.number) if isinstance(body, ShiftClosed) else None
        return report is not None and report.proof == signed.hash

    def latest(self, limit: int) -> list[ZReport]:
        """Shifts that were closed, the latest first."""
        rows = self._db.conn.execute("SELECT value FROM shift ORDER BY number DESC LIMIT ?", (limit,)).fetchall()
        return [msgspec.json.decode(value, type=ZReport) for (value,) in rows]

    def apply(self, signed: SignedEntry) -> None:
        """A shift was opened or closed."""
        entry, before = signed.entry, self.now
        match entry.body:
            case ShiftOpened():
                self._settings.put(_OPEN, begin(before, entry.body, entry.at))
            case ShiftClosed():
                after = end(before, entry.body)
                if before.open is not None and after.open is None:
                    report = ZReport(shift=before.open, closing=entry.body, at=entry.at, proof=signed.hash)
                    row = (entry.body.number, msgspec.json.encode(report))
                    self._db.conn.execute("INSERT INTO shift VALUES (?, ?)", row)
                    self._settings.put(_OPEN, after)

    def move(self, moved: Moved, signed: SignedEntry) -> None:
        """An entry moved money."""
        entry = signed.entry
        self._settings.put(_OPEN, move(self.now, moved, entry.at, entry.writer, entry.seq))

    def forget(self) -> None:
        """Another journal begins. What the one before closed is in its entries."""
        self._db.conn.execute("DELETE FROM shift")
        self._settings.drop(_OPEN)
