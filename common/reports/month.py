"""The month on one page: each clerk's (or branch's, class's, way of paying's) sales, make-ups, reversals and refunds,
and the total. And, on request, the month of one clerk day by day."""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum

from common.documents import Cell, Column, Document, Kind, Section
from common.reports.calendar import Month
from common.reports.source import Source
from common.reports.tally import Figures, Tally
from common.reports.totals import Sums, TotalKey

MOST = 40
"""Rows on one page, in type that people can still read: 5 points at the least, with every column that there is."""


class By(StrEnum):
    """What a row is of."""

    CLERK = "clerk"
    BRANCH = "branch"
    TILL = "till"
    CLASS = "class"
    PAYMENT = "payment"


MEMBERS: dict[By, tuple[str, ...]] = {
    By.CLERK: ("clerk", "branch"),
    By.BRANCH: ("branch",),
    By.TILL: ("writer", "branch"),
    By.CLASS: ("tariff_class",),
    By.PAYMENT: ("payment",),
}
"""Of a TotalKey, what rows are told apart by."""

Found = Iterable[tuple[TotalKey, Sums]]
Row = tuple[str, ...]


def month_report(
    source: Source, month: Month, found: Found, *, by: By = By.CLERK, branch: str = "", most: int | None = MOST
) -> Document:
    """The month, a row for each.

    Args:
        found: totals of the month; more of them than one for a row may be there, and are added up.
        branch: of which the totals are; "": of all.
        most: rows at most, so that one page holds them; clerks are then shown by branch, and of what is too much still,
            the smallest together. None: all.
    """
    members = _members(by, branch)
    tallies = _tallies(found, members)
    notes = [source.words("note.doubt"), source.words("note.day")]
    if most is not None and len(tallies) > most:
        if by is By.CLERK and not branch:
            notes.append(source.words("note.many_clerks", n=f"{len(tallies):,}"))
            members, tallies = ("branch",), _by_branch(tallies)
        if len(tallies) > most:
            notes.append(source.words("note.many_rows", n=f"{len(tallies) - most + 1:,}"))
            tallies = _largest(tallies, most, source.words("note.others"))
    figures = Figures(tallies.values())
    section = _section(source, members, tallies, figures)
    parameters = {"month": str(month), **source.scope(branch), "by": _by(source, by)}
    return source.document(
        "month", [section], parameters=parameters, notes=notes, signed=True, one_page=True, month=str(month)
    )


def clerk_days(source: Source, month: Month, clerk: str, found: Found) -> Document:
    """The month of one clerk, a row for each day on which there was anything.

    Args:
        found: totals of the month, of this clerk and of others.
    """
    days = _tallies(((key, sums) for key, sums in found if key.clerk == clerk), ("day",))
    figures = Figures(days.values())
    columns = [Column("day", source.title("day"), Kind.DATE), *figures.columns(source)]
    rows = [[day, *figures.cells(days[day.isoformat(),])] for day in month.days if (day.isoformat(),) in days]
    total: list[Cell] = [source.words("column.total"), *figures.cells(figures.whole)]
    return source.document(
        "clerk_days",
        [Section(columns=columns, rows=rows, total=total)],
        parameters={"month": str(month), "clerk": source.clerk(clerk)},
        notes=[source.words("note.doubt"), source.words("note.day")],
        signed=True,
        one_page=True,
        month=str(month),
        clerk=source.clerk(clerk),
    )


def _members(by: By, branch: str) -> tuple[str, ...]:
    """The branch is no column where all rows are of one."""
    return tuple(name for name in MEMBERS[by] if not branch or name != "branch" or by is By.BRANCH)


def _tallies(found: Found, members: Sequence[str]) -> dict[Row, Tally]:
    tallies: dict[Row, Tally] = {}
    places = [TotalKey._fields.index(name) for name in members]
    for key, sums in found:
        row = tuple(key[place] for place in places)
        tally = tallies.get(row)
        if tally is None:
            tally = tallies[row] = Tally()
        tally.add(key.kind, sums)
    return tallies


def _by_branch(tallies: dict[Row, Tally]) -> dict[Row, Tally]:
    found: dict[Row, Tally] = {}
    for row, tally in tallies.items():
        found.setdefault(row[-1:], Tally()).merge(tally)
    return found


def _largest(tallies: dict[Row, Tally], most: int, others: str) -> dict[Row, Tally]:
    ranked = sorted(tallies, key=lambda row: (-tallies[row].money, row))
    rest = Tally()
    for row in ranked[most - 1 :]:
        rest.merge(tallies[row])
    kept = {row: tallies[row] for row in sorted(ranked[: most - 1])}
    return kept | {(others, *[""] * (len(ranked[0]) - 1)): rest}


def _section(source: Source, members: Sequence[str], tallies: dict[Row, Tally], figures: Figures) -> Section:
    columns = [Column(name, source.title(name)) for name in members] + figures.columns(source)
    shown = _sorted(source, members, tallies)
    rows: list[list[Cell]] = [[*_labels(source, members, row), *figures.cells(tallies[row])] for row in shown]
    total: list[Cell] = [source.words("column.total"), *[None] * (len(members) - 1), *figures.cells(figures.whole)]
    return Section(columns=columns, rows=rows, total=total)


def _sorted(source: Source, members: Sequence[str], tallies: dict[Row, Tally]) -> list[Row]:
    """By branch, then by the rest; the others that are summed up, last."""
    rows = list(tallies)
    last = [row for row in rows if row[0] == source.words("note.others")]
    place = members.index("branch") if "branch" in members else 0
    return sorted((row for row in rows if row not in last), key=lambda row: (row[place], row)) + last


def _labels(source: Source, members: Sequence[str], row: Row) -> list[Cell]:
    return [LABELS[name](source, value) for name, value in zip(members, row, strict=True)]


def _by(source: Source, by: By) -> str:
    return "" if by is By.CLERK else source.title(MEMBERS[by][0])


def _known(section: str) -> Callable[[Source, str], str]:
    return lambda source, value: source.words.known(section, value) if value else source.words("column.none")


LABELS: dict[str, Callable[[Source, str], str]] = {
    "clerk": lambda source, value: source.clerk(value),
    "branch": lambda source, value: value or source.words("column.none"),
    "writer": lambda _, value: value,
    "tariff_class": _known("tariff_class"),
    "payment": _known("payment"),
}
"""How what rows are told apart by is shown."""
