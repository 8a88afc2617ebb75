"""The register of receipts: every number that a till gave out in a month, and none unaccounted for."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from common.documents import Cell, Column, Document, Kind, Section
from common.receipt_code import receipt_number
from common.reports.calendar import Calendar, Month
from common.reports.line import REVERSAL, Line
from common.reports.source import Source
from common.shift import VOIDED

_MOST_NAMED = 20
"""Numbers that are named one by one in a note."""


class _Given(Struct, frozen=True):
    """A receipt that was given out: its number, when, and for what."""

    number: int
    at: datetime
    line: Line


class _Numbers(Struct, frozen=True, kw_only=True):
    """What became of a till's numbers from the first to the last of the month.

    Attributes:
        given: in the month, by number.
        elsewhere: between them, those that were given out in another month: by the day on which the sale began.
        missing: between them, those that no entry names.
        double: those that more than one entry names.
    """

    till: str
    given: list[_Given]
    elsewhere: list[int]
    missing: list[int]
    double: list[int]


def register(
    source: Source,
    month: Month,
    lines: Iterable[Line],
    calendar: Calendar,
    *,
    tills: Collection[str],
    scope: Mapping[str, str],
) -> Document:
    """The register of some tills.

    Args:
        lines: all that these tills wrote in the month, and what else has a number between those: one that is not among
            them is missing; and what undid them.
        scope: which tills these are, by name of a parameter.
    """
    known = [line for line in lines if line.counts]
    undoing = sorted((line for line in known if line.kind in (REVERSAL, VOIDED)), key=lambda line: (line.at, line.job))
    void = {line.for_job: line for line in undoing}
    numbers = [_numbers(till, found, month, calendar) for till, found in sorted(_by_till(known, tills).items())]
    numbers = [found for found in numbers if found.given]
    sections = [_given_out(source, numbers, void), _accounted(source, numbers, void)]
    return source.document(
        "receipts",
        sections,
        parameters={"month": str(month), **scope},
        notes=[source.words("note.day"), *_notes(source, numbers)],
        signed=True,
        month=str(month),
    )


def _by_till(lines: Iterable[Line], tills: Collection[str]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in lines:
        if line.receipt and line.writer in tills:
            found.setdefault(line.writer, []).append(line)
    return found


def _numbers(till: str, lines: Sequence[Line], month: Month, calendar: Calendar) -> _Numbers:
    all_given = [_Given(receipt_number(line.receipt or ""), calendar.time_of(line), line) for line in lines]
    given = sorted((one for one in all_given if month.holds(one.at.date())), key=lambda one: (one.number, one.line.job))
    span = range(given[0].number, given[-1].number + 1) if given else range(0)
    counts = Counter(one.number for one in all_given)
    ours = {one.number for one in given}
    return _Numbers(
        till=till,
        given=given,
        elsewhere=[number for number in span if number in counts and number not in ours],
        missing=[number for number in span if number not in counts],
        double=[number for number in span if counts[number] > 1],
    )


def _given_out(source: Source, numbers: Sequence[_Numbers], void: dict[str, Line]) -> Section:
    kinds = {"at": Kind.TIME, "energy": Kind.ENERGY, "money": Kind.MONEY}
    names = ("receipt", "at", "what", "account", "clerk", "payment", "energy", "money", "standing")
    columns = [Column(name, source.title(name), kinds.get(name, Kind.TEXT)) for name in names]
    rows = [_row(source, one, void) for found in numbers for one in found.given]
    lines = [one.line for found in numbers for one in found.given]
    total: list[Cell] = [source.words("column.total"), *[None] * 5, sum(line.energy for line in lines)]
    return Section(columns=columns, rows=rows, total=[*total, sum(line.amount for line in lines), None])


def _row(source: Source, one: _Given, void: dict[str, Line]) -> list[Cell]:
    line, words = one.line, source.words
    by = _void_by(line, void)
    standing = "" if by is None else words("standing.undone_by", by=by.receipt or by.job)
    if line.kind == VOIDED:
        standing = "; ".join([words("standing.instead_of", receipt=line.for_job), *([standing] if standing else [])])
    what = words(f"kind.{line.kind}")
    paid = words.known("payment", line.payment) if line.payment else ""
    return [
        line.receipt, one.at, what, line.account, source.clerk(line.clerk), paid, line.energy, line.amount, standing
    ]  # fmt: skip


def _void_by(line: Line, void: dict[str, Line]) -> Line | None:
    """What made a receipt void: a reversal of what it is for, or another receipt in its place."""
    return void.get(line.job) or void.get(line.receipt or "")


def _accounted(source: Source, numbers: Sequence[_Numbers], void: dict[str, Line]) -> Section:
    figures = ("given", "voided", "elsewhere", "missing", "double")
    columns = [Column(name, source.title(name)) for name in ("writer", "first", "last")]
    columns += [Column(name, source.title(name), Kind.COUNT) for name in figures]
    rows: list[list[Cell]] = [
        [
            found.till,
            found.given[0].line.receipt,
            found.given[-1].line.receipt,
            len(found.given),
            sum(_void_by(one.line, void) is not None for one in found.given),
            len(found.elsewhere),
            len(found.missing),
            len(found.double),
        ]
        for found in numbers
    ]
    return Section(columns=columns, rows=rows, title=source.words("title.accounted"))


def _notes(source: Source, numbers: Sequence[_Numbers]) -> list[str]:
    notes: list[str] = []
    for found in numbers:
        for name, which in (("missing", found.missing), ("double", found.double)):
            if which:
                named = ", ".join(map(str, which[:_MOST_NAMED])) + (" ..." if len(which) > _MOST_NAMED else "")
                notes.append(source.words(f"note.{name}", till=found.till, numbers=named))
    return notes
