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


def changes(pairs: Iterable[tuple[Line | None, Line | None]], calendar: Calendar, branch_of: BranchOf) -> Changes:
    """By how much each total changes when these lines, as they were (None: they were not there), become these."""
    found: dict[tuple[str, ...], list[int]] = {}

    def count(line: Line, sign: int) -> None:
        # The office does this for each sale of the country: no object is made that is not kept.
        key = (
            calendar.day_text(line), branch_of(line.writer, line.epoch), line.writer, line.clerk, line.tariff_class,
            line.payment, line.kind,
        )  # fmt: skip
        sums = found.get(key)
        if sums is None:
            found[key] = [sign, sign * line.energy, sign * line.money_credit, sign * line.amount]
        else:
            sums[0] += sign
            sums[1] += sign * line.energy
            sums[2] += sign * line.money_credit
            sums[3] += sign * line.amount

    for old, new in pairs:
        if old == new:
            continue
        if old is not None and old.counts:
            count(old, -1)
        if new is not None and new.counts:
            count(new, 1)
    return {TotalKey(*key): Sums(*sums) for key, sums in found.items() if any(sums)}


def sum_of(lines: Iterable[Line], calendar: Calendar, branch_of: BranchOf) -> Changes:
    """The full sum."""
    return changes(((None, line) for line in lines), calendar, branch_of)
