"""The stock of cards: what each branch was allotted, and where it is now."""

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec import Struct

from common.account import CardState
from common.documents import Cell, Column, Document, Kind, Section
from common.reports.source import Source

RANK = (CardState.ACTIVE, CardState.BLOCKED, CardState.SUPERSEDED, CardState.RETURNED)
"""Of a card that several accounts had, the first of these counts."""

_BLANK = "blank"
_FIGURES = ("allotted", _BLANK, "active", "superseded", "blocked")


class Cards(Struct, frozen=True):
    """So many cards of a branch, or of none (""), that stand so: RETURNED where no account has had one yet."""

    branch: str
    state: CardState
    number: int


def count_cards(allotted: Mapping[str, str], states: Iterable[tuple[str, CardState]]) -> list[Cards]:
    """The stock, card by card.

    Args:
        allotted: the branch of each serial.
        states: of the cards of accounts: serial and state. One that came back is blank again.
    """
    best: dict[str, CardState] = {}
    for serial, state in states:
        best[serial] = min(state, best.get(serial, state), key=RANK.index)
    counts = Counter((allotted.get(serial, ""), best.get(serial, CardState.RETURNED)) for serial in {*allotted, *best})
    return [Cards(branch, state, number) for (branch, state), number in sorted(counts.items())]


def stock(source: Source, found: Iterable[Cards], scope: Mapping[str, str]) -> Document:
    """The stock by branch.

    Args:
        scope: whose stock it is, by name of a parameter.
    """
    counts: dict[str, Counter[str]] = {}
    for cards in found:
        counted = counts.setdefault(cards.branch, Counter())
        counted["allotted"] += cards.number if cards.branch else 0
        counted[_BLANK if cards.state is CardState.RETURNED else cards.state.value] += cards.number
    columns = [Column("branch", source.title("branch"))]
    columns += [Column(name, source.title(name), Kind.COUNT) for name in _FIGURES]
    rows: list[list[Cell]] = [
        [name or source.words("column.not_allotted"), *(counts[name][figure] for figure in _FIGURES)]
        for name in sorted(counts, key=lambda name: (not name, name))
    ]
    total: list[Cell] = [source.words("column.total")]
    total += [sum(int(str(row[place])) for row in rows) for place in range(1, len(columns))]
    return source.document("stock", [Section(columns=columns, rows=rows, total=total)], parameters=scope)
