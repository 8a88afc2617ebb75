"""What reports ask of the store, within one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, and_, case, func, literal, literal_column, or_, select

from common.clock import ClockWord
from common.entries import UtilitySet
from common.reports.stock import RANK, Cards
from common.reports.totals import Sums, TotalKey
from syncserver.store import tables
from syncserver.store.records import AccountRow, ShiftRow, VendRow
from syncserver.store.rows import added_up, rows_among, streamed

Span = tuple[str, str]
"""From a time on, and before another: as the store keeps times."""


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

    def vends_between(self, writer: str, spans: Sequence[Span]) -> Iterator[VendRow]:
        """A writer's sales whose `at` lies in one of these spans, by `at`."""
        return self._between(tables.vend, writer, spans)

    def lines_between(self, writer: str, spans: Sequence[Span]) -> Iterator[VendRow]:
        """All that a writer did in one of these spans and reports count."""
        return chain(self._between(tables.vend, writer, spans), self._between(tables.movement, writer, spans))

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

    def lines_for(self, names: Iterable[str]) -> list[VendRow]:
        """What was done about one of these jobs or receipts: undone, refunded, put in its place; by time."""
        movement = tables.movement
        rows = rows_among(self._connection, tuple(movement.columns), movement.c.for_job, names)
        return sorted((VendRow(*row) for row in rows), key=lambda line: (line.at, line.job))

    def lines_numbered(self, first: str, last: str) -> Iterator[VendRow]:
        """What has a receipt from this number to that one, of the same till."""
        for table in (tables.vend, tables.movement):
            rows = streamed(self._connection, select(table).where(table.c.receipt.between(first, last)))
            yield from (VendRow(*row) for row in rows)

    def listed(self, report: str, branch: str = "") -> Iterator[AccountRow]:
        """The accounts in a list over accounts, of the branch that opened them or of all (""), by number."""
        account, listed = tables.account, tables.listed.c
        query = select(account).join(tables.listed, listed.account == account.c.number).where(listed.report == report)
        if branch:
            query = query.where(listed.branch == branch)
        return (AccountRow(*row) for row in streamed(self._connection, query.order_by(account.c.number)))

    def count_listed(self, report: str, branch: str = "") -> int:
        """How many they are."""
        listed = tables.listed.c
        query = select(func.count()).select_from(tables.listed).where(listed.report == report)
        if branch:
            query = query.where(listed.branch == branch)
        return int(self._connection.execute(query).scalar_one())

    def line(self, job: str) -> VendRow | None:
        """What reports count of a job."""
        for table in (tables.vend, tables.movement):
            row = self._connection.execute(select(table).where(table.c.job == job)).first()
            if row is not None:
                return VendRow(*row)
        return None

    def stock(self, branch: str = "") -> Iterator[Cards]:
        """How the cards of a branch stand, or all of them (""), those that no branch was allotted among them."""
        allotment, card = tables.allotment.c, tables.card.c
        rank = func.min(case(*((card.state == state.value, place) for place, state in enumerate(RANK))))
        best = func.coalesce(select(rank).where(card.serial == allotment.serial).scalar_subquery(), len(RANK) - 1)
        allotted = select(allotment.branch.label("branch"), best.label("rank"))
        if branch:
            allotted = allotted.where(allotment.branch == branch)
        other = select(literal("").label("branch"), rank.label("rank")).group_by(card.serial)
        other = other.where(~select(allotment.serial).where(allotment.serial == card.serial).exists())
        for query in [allotted] if branch else [allotted, other]:
            each = query.subquery().c
            counted = select(each.branch, each.rank, func.count()).group_by(each.branch, each.rank)
            for row in self._connection.execute(counted):
                yield Cards(row[0], RANK[row[1]], row[2])

    def shift_rows(self, writer: str) -> list[ShiftRow]:
        """A writer's entries that opened or closed a shift, by journal and number."""
        query = select(tables.shift).where(tables.shift.c.writer == writer)
        return [ShiftRow(*row) for row in self._connection.execute(query.order_by(*tables.shift.primary_key.columns))]

    def count_shifts(self) -> int:
        """How many entries ever opened or closed a shift."""
        return int(self._connection.execute(select(func.count()).select_from(tables.shift)).scalar_one())

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

    def _between(self, table: Table, writer: str, spans: Sequence[Span]) -> Iterator[VendRow]:
        query = select(table).where(table.c.writer == writer, _within(table, spans)).order_by(table.c.at, table.c.job)
        return (VendRow(*row) for row in streamed(self._connection, query))


def _within(table: Table, spans: Sequence[Span]) -> ColumnElement[bool]:
    return or_(*((table.c.at >= first) & (table.c.at < before) for first, before in spans))
