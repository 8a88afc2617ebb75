"""The figures of a row: sales, make-ups, reversals, refunds, and what else was paid; and the columns they stand in."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from common.documents import Cell, Column, Kind
from common.entries import Purpose
from common.reports.line import MAKEUP, REVERSAL, VEND
from common.reports.source import Source
from common.reports.totals import NOTHING, Sums
from common.shift import REFUND

_OTHERS = (Purpose.ISSUE.value, Purpose.REPLACEMENT.value, "arrears")


class Tally:
    """Sums by kind, being added up."""

    def __init__(self) -> None:
        self._sums: dict[str, Sums] = {}

    def add(self, kind: str, sums: Sums) -> None:
        """More of one kind."""
        self._sums[kind] = self._sums.get(kind, NOTHING).plus(sums)

    def merge(self, other: "Tally") -> None:
        """All of another."""
        for kind, sums in other._sums.items():
            self.add(kind, sums)

    def of(self, *kinds: str) -> Sums:
        """The sums of these kinds together."""
        found = NOTHING
        for kind in kinds:
            found = found.plus(self._sums.get(kind, NOTHING))
        return found

    @property
    def money(self) -> int:
        """All that came in, less what was given back."""
        return self.of(*self._sums).money


class _Figure(NamedTuple):
    """A column of figures: its name, what stands in it, which sums it takes, and whether it is left out when empty."""

    name: str
    kind: Kind
    kinds: Sequence[str]
    member: str
    optional: bool = False

    def of(self, tally: Tally) -> int:
        """A row's figure."""
        if self.name == "net":
            return tally.money
        return int(getattr(tally.of(*self.kinds), self.member))


_FIGURES = (
    _Figure("vends", Kind.COUNT, (VEND,), "number"),
    _Figure("energy", Kind.ENERGY, (VEND,), "energy"),
    _Figure("money_credit", Kind.MONEY, (VEND,), "money_credit", optional=True),
    _Figure("money", Kind.MONEY, (VEND,), "money"),
    _Figure("makeups", Kind.COUNT, (MAKEUP,), "number"),
    _Figure("made_up", Kind.ENERGY, (MAKEUP,), "energy"),
    _Figure("made_up_credit", Kind.MONEY, (MAKEUP,), "money_credit", optional=True),
    _Figure("reversals", Kind.COUNT, (REVERSAL,), "number"),
    _Figure("reversed", Kind.ENERGY, (REVERSAL,), "energy"),
    _Figure("reversed_money", Kind.MONEY, (REVERSAL,), "money"),
    _Figure("refunds", Kind.COUNT, (REFUND,), "number"),
    _Figure("refunded", Kind.MONEY, (REFUND,), "money"),
    _Figure("other", Kind.MONEY, _OTHERS, "money", optional=True),
    _Figure("net", Kind.MONEY, (), "money"),
)


class Figures:
    """The columns of figures that a report of these tallies has.

    Args:
        tallies: all that it shows.
    """

    def __init__(self, tallies: Iterable[Tally]) -> None:
        whole = Tally()
        for tally in tallies:
            whole.merge(tally)
        self.whole = whole
        self._shown = [figure for figure in _FIGURES if not figure.optional or figure.of(whole)]

    def columns(self, source: Source) -> list[Column]:
        """Their heads."""
        return [Column(figure.name, source.title(figure.name), figure.kind) for figure in self._shown]

    def cells(self, tally: Tally) -> list[Cell]:
        """A row's."""
        return [figure.of(tally) for figure in self._shown]
