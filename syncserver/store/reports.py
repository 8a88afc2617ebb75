"""What reports ask of the store, within one transaction."""

from collections.abc import Iterator, Sequence

import msgspec
from sqlalchemy import Connection, and_, literal_column, or_, select

from common.clock import ClockWord
from common.entries import UtilitySet
from common.reports.line import REVERSAL
from common.reports.totals import Sums, TotalKey
from common.shift import VOIDED
from syncserver.store import tables
from syncserver.store.records import ShiftRow, VendRow
from syncserver.store.rows import added_up, streamed


class ReportReading:
    """What can be asked for reports, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def clock_words(self, writer: str) -> list[ClockWord]:
        """What a writer's journal says about its own clock, in its order."""
        clock = tables.clock.c
        rows = self._connection.execute(
            select(clock.epoch, clock.seq, clock.ahead_ms, clock.set_ms)
            .where(clock.writer == writer)
            .order_by(clock.epoch, clock.seq)
        )
        return [ClockWord(*row) for row in rows]

    def with_clock_words(self) -> set[str]:
        """The writers whose journals say something about their own clocks."""
        return set(self._connection.execute(select(tables.clock.c.writer).distinct()).scalars())

    def vends_between(self, writer: str, spans: Sequence[tuple[str, str]]) -> Iterator[VendRow]:
        """A writer's sales whose `at` lies in one of these spans (from, before), by `at`."""
        vend = tables.vend.c
        within = or_(*(vend.at.between(first, last) & (vend.at < last) for first, last in spans))
        rows = streamed(
            self._connection, select(tables.vend).where(vend.writer == writer, within).order_by(vend.at, vend.job)
        )
        return (VendRow(*row) for row in rows)

    def lines_by(self, writer: str) -> Iterator[VendRow]:
        """All that a writer did and reports count."""
        for table in (tables.vend, tables.movement):
            rows = streamed(self._connection, select(table).where(table.c.writer == writer))
            yield from (VendRow(*row) for row in rows)

    def all_lines(self) -> Iterator[VendRow]:
        """All that reports count."""
        for table in (tables.vend, tables.movement):
            rows = streamed(self._connection, select(table))
            yield from (VendRow(*row) for row in rows)

    def totals(self, first: str = "", last: str = "9") -> Iterator[tuple[TotalKey, Sums]]:
        """The totals of these days (ISO 8601), by key."""
        total = tables.total
        rows = streamed(
            self._connection, select(total).where(total.c.day.between(first, last)).order_by(*total.primary_key.columns)
        )
        return ((TotalKey(*row[:7]), Sums(*row[7:])) for row in rows)

    def totals_by(self, first: str, last: str, members: Sequence[str], branch: str = "") -> list[tuple[TotalKey, Sums]]:
        """The totals of these days (ISO 8601), added up by kind and these members of their keys; the others are "".

        Args:
            branch: only its own; "": all branches'.
        """
        total = tables.total
        kept = {*members, "kind"}
        key = [total.c[name] if name in kept else literal_column("''").label(name) for name in TotalKey._fields]
        sums = [added_up(total.c[name]) for name in Sums._fields]
        query = select(*key, *sums).where(total.c.day.between(first, last))
        if branch:
            query = query.where(total.c.branch == branch)
        rows = self._connection.execute(query.group_by(*(total.c[name] for name in sorted(kept))))
        return [(TotalKey(*row[:7]), Sums(*row[7:])) for row in rows]

    def head_entries(self) -> dict[tuple[str, int], bytes]:
        """The last entry of each journal: its bytes, by writer and epoch."""
        journal, writer = tables.journal.c, tables.writer.c
        same = and_(journal.writer == writer.id, journal.epoch == writer.epoch, journal.seq == writer.seq)
        query = select(journal.writer, journal.epoch, journal.raw).select_from(tables.writer.join(tables.journal, same))
        return {(row.writer, row.epoch): row.raw for row in self._connection.execute(query)}

    def all_clock_words(self) -> dict[str, list[ClockWord]]:
        """What every writer's journals say about its clock, in order."""
        clock = tables.clock
        found: dict[str, list[ClockWord]] = {}
        for row in self._connection.execute(select(clock).order_by(*clock.primary_key.columns)):
            found.setdefault(row.writer, []).append(ClockWord(row.epoch, row.seq, row.ahead_ms, row.set_ms))
        return found

    def undoing(self) -> Iterator[VendRow]:
        """All that undid a sale, or put a receipt in another's place."""
        movement = tables.movement
        rows = self._connection.execute(select(movement).where(movement.c.kind.in_((REVERSAL, VOIDED))))
        return (VendRow(*row) for row in rows)

    def line(self, job: str) -> VendRow | None:
        """What reports count of a job."""
        for table in (tables.vend, tables.movement):
            row = self._connection.execute(select(table).where(table.c.job == job)).first()
            if row is not None:
                return VendRow(*row)
        return None

    def allotments(self) -> dict[str, str]:
        """The branch that each card was allotted to, by serial."""
        return dict(self._connection.execute(select(tables.allotment.c.serial, tables.allotment.c.branch)).all())

    def shift_rows(self, writer: str | None = None) -> list[ShiftRow]:
        """The entries that opened or closed a shift, by journal and number; of one writer or of all."""
        query = select(tables.shift).order_by(*tables.shift.primary_key.columns)
        if writer is not None:
            query = query.where(tables.shift.c.writer == writer)
        return [ShiftRow(*row) for row in self._connection.execute(query)]

    def last_counted(self, writer: str) -> tuple[int, int]:
        """The last place (epoch, number) in a writer's journals that a line begins at; (0, 0) where there is none."""
        counted = tables.counted.c
        row = self._connection.execute(select(counted.epoch, counted.seq).where(counted.writer == writer)).one_or_none()
        return (0, 0) if row is None else (row.epoch, row.seq)

    def branch_of(self, writer: str, epoch: int) -> str:
        """The branch of a writer in an epoch; "" for a writer that is not known."""
        row = tables.writer.c
        query = select(row.branch).where(row.id == writer, row.epoch == epoch)
        return self._connection.execute(query).scalar_one_or_none() or ""

    def utility(self) -> UtilitySet | None:
        """The latest word about who the utility is."""
        value = self._connection.execute(select(tables.utility.c.value)).scalar_one_or_none()
        return None if value is None else msgspec.json.decode(value, type=UtilitySet)

    def zone(self) -> str:
        """The time zone of the utility's days and years."""
        found = self.utility()
        return "UTC" if found is None else found.zone
