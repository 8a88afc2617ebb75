"""The statement of one account: all that ever happened to it, across both segments, tills, cards and meters."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from common.account import AccountFacts, CreditBooks, History, Job, JobState, details, meter_line, past_of, standing
from common.documents import Cell, Column, Document, Kind, Section
from common.entries import Purpose
from common.reports.calendar import Calendar
from common.reports.line import Line, all_lines
from common.reports.source import Source
from common.units import CreditUnit

T = TypeVar("T")

_KINDS = {
    "at": Kind.TIME,
    "count": Kind.COUNT,
    "energy": Kind.ENERGY,
    "money_credit": Kind.MONEY,
    "money": Kind.MONEY,
}
_NAMES = ("at", "what", "count", "card", "energy", "money_credit", "money", "receipt", "writer", "clerk", "standing")
_SILENT = frozenset({Purpose.CLEAR, Purpose.TRANSFER, Purpose.WIPE})
"""Jobs that move no money and give no credit: they are told all the same."""


def statement(source: Source, facts: AccountFacts, calendar: Calendar, imported: Sequence[Line] = ()) -> Document:
    """The account's statement.

    Args:
        facts: all of them, back to its first entry. What a till only knows the sum of is one row.
        imported: what was bought in an old system, where it is known one by one.
    """
    known = details(facts)
    rows = [cells for _, _, cells in sorted(_rows(source, facts, calendar, imported), key=lambda row: row[:2])]
    columns = [Column(name, source.title(name), _KINDS.get(name, Kind.TEXT)) for name in _NAMES]
    books = standing(facts).books
    total: list[Cell] = [None, source.words("column.total"), None, None, None, None, books.money, *[None] * 4]
    total[4] = sum(int(str(row[4])) for row in rows)
    total[5] = sum(int(str(row[5])) for row in rows)
    parameters = {
        "account": facts.account,
        "name": "" if known is None else known.name,
        "class": "" if known is None else source.words.known("tariff_class", known.tariff_class),
        "meter": " > ".join(meter_line(facts)),
    }
    sections = [_without_empty(Section(columns=columns, rows=rows, total=total)), *_books(source, facts)]
    return source.document(
        "statement", sections, parameters=parameters, notes=[source.words("note.statement")], account=facts.account
    )


def _without_empty(section: Section) -> Section:
    """The credit of meters that count money is a column only where there is any."""
    place = _NAMES.index("money_credit")
    if any(row[place] for row in section.rows):
        return section

    def kept(cells: Sequence[T]) -> list[T]:
        return [*cells[:place], *cells[place + 1 :]]

    return Section(
        columns=kept(section.columns), rows=[kept(row) for row in section.rows], total=kept(section.total or [])
    )


_Row = tuple[str, str, list[Cell]]
"""Time and id, to sort by, and the cells."""


def _rows(source: Source, facts: AccountFacts, calendar: Calendar, imported: Sequence[Line]) -> Iterator[_Row]:
    where = {placed.job.job: placed.where.value for placed in standing(facts).credits}
    lines = {line.job: line for line in [*imported, *all_lines(facts, {})]}
    for name, line in lines.items():
        yield _line(source, calendar, line, facts.jobs.get(name), where.get(name))
    for name, job in facts.jobs.items():
        if name not in lines and job.purpose in _SILENT and job.state is JobState.WRITTEN:
            when = calendar.time_at(job.writer, job.epoch, job.seq, job.at)
            what = source.words(f"kind.{job.purpose}")
            cells: list[Cell] = [when, what, job.count, job.card, 0, 0, 0, "", job.writer, source.clerk(job.clerk), ""]
            yield when.isoformat(), name, cells
    yield from _marks(source, facts)
    old = past_of(facts) if not imported else facts.history or History()
    if old.vends:
        what = source.words("kind.summed", n=old.vends)
        yield "", "", [None, what, None, "", old.energy, old.money_credit, old.money, "", "", "", ""]


def _line(source: Source, calendar: Calendar, line: Line, job: Job | None, where: str | None) -> _Row:
    if not line.counts:
        where = line.state
    standing_text = "" if where is None else source.words(f"standing.{where}")
    counted = line.counts
    when = calendar.time_of(line)
    cells: list[Cell] = [
        when,
        source.words(f"kind.{line.kind}"),
        None if job is None else job.count,
        "" if job is None else job.card,
        line.energy if counted else 0,
        line.money_credit if counted else 0,
        line.amount if counted else 0,
        line.receipt or "",
        line.writer,
        source.clerk(line.clerk),
        standing_text,
    ]
    return when.isoformat(), line.job, cells


def _marks(source: Source, facts: AccountFacts) -> Iterator[_Row]:
    """What is no job and no money: that it was opened, and closed."""
    for name, mark in (("opened", facts.opened), ("closed", facts.frozen)):
        if mark is not None:
            at = mark.at.astimezone(source.zone)
            who: list[Cell] = [mark.writer, source.clerk(mark.body.clerk)]
            cells: list[Cell] = [at, source.words(f"kind.{name}"), None, "", 0, 0, 0, "", *who, ""]
            yield at.isoformat(), "", cells


def _books(source: Source, facts: AccountFacts) -> Iterator[Section]:
    """Where all its credit is, by unit."""
    books = standing(facts).books
    for unit, kind in ((CreditUnit.ENERGY, Kind.ENERGY), (CreditUnit.MONEY, Kind.MONEY)):
        found = books.of(unit)
        if found == CreditBooks():
            continue
        columns = [Column("where", source.title("where")), Column("credit", source.title(f"credit_{unit}"), kind)]
        rows: list[list[Cell]] = [
            [source.words(f"books.{name}"), getattr(found, name)]
            for name in CreditBooks.__struct_fields__
            if getattr(found, name)
        ]
        yield Section(columns=columns, rows=rows, title=source.words("title.books"))
