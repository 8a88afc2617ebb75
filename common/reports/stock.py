"""The stock of cards: what each branch was allotted, and where it is now."""

from collections import Counter
from collections.abc import Iterable, Mapping

from common.account import CardState
from common.documents import Cell, Column, Document, Kind, Section
from common.reports.source import Source

_RANK = (CardState.ACTIVE, CardState.BLOCKED, CardState.SUPERSEDED, CardState.RETURNED)
"""Of a card that several accounts had, the first of these counts."""
_BLANK = "blank"
_FIGURES = ("allotted", _BLANK, "active", "superseded", "blocked")


def stock(
    source: Source,
    allotted: Mapping[str, str],
    states: Iterable[tuple[str, CardState]],
    scope: Mapping[str, str],
    branch: str = "",
) -> Document:
    """The stock by branch.

    Args:
        allotted: the branch of each serial.
        states: of the cards of accounts: serial and state. One that came back is blank again.
        scope: whose stock it is, by name of a parameter.
        branch: only its own; "": all.
    """
    best: dict[str, CardState] = {}
    for serial, state in states:
        best[serial] = min(state, best.get(serial, state), key=_RANK.index)
    counts: dict[str, Counter[str]] = {}
    for serial in {*allotted, *best}:
        state = best.get(serial, CardState.RETURNED)
        counted = counts.setdefault(allotted.get(serial, ""), Counter())
        counted["allotted"] += serial in allotted
        counted[_BLANK if state is CardState.RETURNED else state.value] += 1
    columns = [Column("branch", source.title("branch"))]
    columns += [Column(name, source.title(name), Kind.COUNT) for name in _FIGURES]
    rows: list[list[Cell]] = [
        [name or source.words("column.not_allotted"), *(counts[name][figure] for figure in _FIGURES)]
        for name in sorted(counts, key=lambda name: (not name, name))
        if not branch or name == branch
    ]
    total: list[Cell] = [source.words("column.total")]
    total += [sum(int(str(row[place])) for row in rows) for place in range(1, len(columns))]
    return source.document("stock", [Section(columns=columns, rows=rows, total=total)], parameters=scope)
