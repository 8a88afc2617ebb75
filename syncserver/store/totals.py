"""Totals, kept as lines arrive: what changes is added up in memory, once a transaction, and then added to the table.

A total counts on the utility's day by the office's clock. When an entry says that a till's clock was wrong before, or
the utility moves to another time zone, what is stored is counted on its other day in the same transaction.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import Table

from common.clock import ClockWord
from common.reports.calendar import Calendar
from common.reports.line import VEND
from common.reports.totals import NOTHING, Changes, changes, sum_of
from syncserver.store import tables
from syncserver.store.records import VendRow
from syncserver.store.reports import ReportReading
from syncserver.store.rows import insert_rows, rows_among, run_many

_KEYS = ", ".join(column.name for column in tables.total.primary_key.columns)
_SUMS = ("number", "energy", "money_credit", "money")
_ADD = f"ON CONFLICT ({_KEYS}) DO UPDATE SET " + ", ".join(f"{name} = total.{name} + excluded.{name}" for name in _SUMS)
_CLEAR = "DELETE FROM total WHERE " + " AND ".join(
    [f"{column.name} = ?" for column in tables.total.primary_key.columns] + [f"{name} = 0" for name in _SUMS]
)
_LAST = (
    "ON CONFLICT (writer) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq"
    " WHERE (excluded.epoch, excluded.seq) > (counted.epoch, counted.seq)"
)


class TotalsKeeper(ReportReading):
    """Keeps the tables `vend`, `movement` and `total` together, within one transaction."""

    def put(self, rows: Iterable[VendRow]) -> tuple[list[VendRow], list[VendRow]]:
        """Count these lines in the totals, in place of what is stored of them. Returns what is to be put in `vend`, and
        in `movement`."""
        lines = {(row.job, row.account): row for row in rows}
        if not lines:
            return [], []
        sales = [row for row in lines.values() if row.kind == VEND]
        others = [row for row in lines.values() if row.kind != VEND]
        last = {writer: self.last_counted(writer) for writer in {row.writer for row in lines.values()}}
        known = self._known(tables.vend, sales, last) | self._known(tables.movement, others, last)
        self._forget_times(known, sales)
        self._add(changes(((known.get(key), line) for key, line in lines.items()), self._calendar, self._branch_of))
        self._note_last(lines.values())
        return sales, others

    def redate(self, writer: str, before: Sequence[ClockWord]) -> None:
        """What is said about a writer's clock has changed: count what is stored of it on its new days.

        Args:
            before: what was said.
        """
        self._calendar.forget(writer)
        was = Calendar(self._calendar.zone, lambda _: before)
        if not self._has_moved(writer, was):
            return
        moved = self._taken_off(self.lines_by(writer), was)
        self._add(self._put_on(self.lines_by(writer), moved))

    def recount(self, before: str, zone: str) -> None:
        """The utility's days are those of another time zone from now on."""
        was = Calendar(ZoneInfo(before), self.clock_words)
        self._calendar = Calendar(ZoneInfo(zone), self.clock_words)
        self._add(self._put_on(self.all_lines(), self._taken_off(self.all_lines(), was)))

    def _taken_off(self, lines: Iterator[VendRow], calendar: Calendar) -> Changes:
        return changes(((line, None) for line in lines), calendar, self._branch_of)

    def _put_on(self, lines: Iterator[VendRow], found: Changes) -> Changes:
        for key, sums in sum_of(lines, self._calendar, self._branch_of).items():
            found[key] = found.get(key, NOTHING).plus(sums)
        return {key: sums for key, sums in found.items() if sums != NOTHING}

    def _has_moved(self, writer: str, was: Calendar) -> bool:
        """Whether a stored line of the writer may be on another day by what is said now."""
        last = self.last_counted(writer)
        now, then = self._calendar.clock(writer), was.clock(writer)
        return any(now.ahead(place) != then.ahead(place) for place in now.places if place <= last)

    def _known(
        self, table: Table, rows: list[VendRow], last: Mapping[str, tuple[int, int]]
    ) -> dict[tuple[str, str], VendRow]:
        """What is stored of these. Nothing is, of what begins after the last place that was counted of its writer."""
        found: dict[tuple[str, str], VendRow] = {}
        jobs = (row.job for row in rows if row.place <= last[row.writer])
        for stored in rows_among(self._connection, tuple(table.columns), table.c.job, jobs):
            line = VendRow(*stored)
            found[line.job, line.account] = line
        return found

    def _forget_times(self, known: Mapping[tuple[str, str], VendRow], sales: Iterable[VendRow]) -> None:
        """A purchase that lies under another time is not to lie there any more (syncserver.store.partitions)."""
        held = ((known[line.job, line.account], line) for line in sales if (line.job, line.account) in known)
        moved = [(old.job, old.account, old.at) for old, line in held if old.at != line.at]
        run_many(self._connection, "DELETE FROM vend WHERE job = ? AND account = ? AND at = ?", moved)

    def _add(self, found: Changes) -> None:
        if not found:
            return
        rows = [(*key, *sums) for key, sums in sorted(found.items())]
        insert_rows(self._connection, tables.total, rows, _ADD)
        fewer = [tuple(key) for key, sums in sorted(found.items()) if sums.number <= 0]
        run_many(self._connection, _CLEAR, fewer)

    def _note_last(self, lines: Iterable[VendRow]) -> None:
        last: dict[str, tuple[int, int]] = {}
        for line in lines:
            last[line.writer] = max(line.place, last.get(line.writer, (0, 0)))
        rows = [(writer, *place) for writer, place in sorted(last.items())]
        insert_rows(self._connection, tables.counted, rows, _LAST)

    @cached_property
    def _calendar(self) -> Calendar:
        return Calendar(ZoneInfo(self.zone()), self.clock_words)

    @cached_property
    def _branches(self) -> dict[tuple[str, int], str]:
        return {}

    def _branch_of(self, writer: str, epoch: int) -> str:
        found = self._branches.get((writer, epoch))
        if found is None:
            found = self._branches[writer, epoch] = self.branch_of(writer, epoch)
        return found
