"""Totals of lines by day, branch, writer, clerk, tariff class, way of paying and kind.

They are kept as entries arrive, by what changes (`changes`), and are equal to the full sum (`sum_of`) at any time.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from common.reports.calendar import Calendar
from common.reports.line import Line


class TotalKey(NamedTuple):
    """What lines are added up by. `day`: ISO 8601."""

    day: str
    branch: str
    writer: str
    clerk: str
    tariff_class: str
    payment: str
    kind: str


class Sums(NamedTuple):
    """How many lines, watt-hours, credit of meters that count money, and money (minor units)."""

    number: int = 0
    energy: int = 0
    money_credit: int = 0
    money: int = 0

    def plus(self, other: "Sums") -> "Sums":
        """Both together."""
        return Sums(
            self.number + other.number,
            self.energy + other.energy,
            self.money_credit + other.money_credit,
            self.money + other.money,
        )


NOTHING = Sums()
BranchOf = Callable[[str, int], str]
"""The branch of a writer in an epoch."""

Changes = dict[TotalKey, Sums]


def key_of(line: Line, calendar: Calendar, branch_of: BranchOf) -> TotalKey:
    """Where a line is counted."""
    return TotalKey(
        calendar.day_of(line).isoformat(),
        branch_of(line.writer, line.epoch),
        line.writer,
        line.clerk,
        line.tariff_class,
        line.payment,
        line.kind,
    )


def changes(pairs: Iterable[tuple[Line | None, Line | None]], calendar: Calendar, branch_of: BranchOf) -> Changes:
    """By how much each total changes when these lines, as they were (None: they were not there), become these."""
    found: Changes = {}
    for old, new in pairs:
        if old == new:
            continue
        if old is not None and old.counts:
            add(found, key_of(old, calendar, branch_of), Sums(-1, -old.energy, -old.money_credit, -old.amount))
        if new is not None and new.counts:
            add(found, key_of(new, calendar, branch_of), Sums(1, new.energy, new.money_credit, new.amount))
    return {key: sums for key, sums in found.items() if sums != NOTHING}


def sum_of(lines: Iterable[Line], calendar: Calendar, branch_of: BranchOf) -> Changes:
    """The full sum."""
    return changes(((None, line) for line in lines), calendar, branch_of)


def add(found: Changes, key: TotalKey, sums: Sums) -> None:
    """Add to one of them."""
    found[key] = found.get(key, NOTHING).plus(sums)
