"""What was sold, as sums and as rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from common.units import Credit
from till.messages import Figures
from till.operations.sold import Movement
from till.screens.views.words import sentence


@dataclass(frozen=True)
class SoldView:
    """Sums of what was sold. `by_payment`: label and money; `rows`: each movement."""

    total: str
    count: str
    credit: str
    by_payment: list[tuple[str, str]]
    rows: list[list[str]]


def sold_view(movements: Sequence[Movement], figures: Figures) -> SoldView:
    """Movements in words and figures."""
    words = figures.words
    by_payment: dict[str, int] = {}
    for moved in movements:
        by_payment[moved.payment or "cash"] = by_payment.get(moved.payment or "cash", 0) + moved.money
    credits = [Credit(moved.credit, moved.unit) for moved in movements if moved.credit]
    return SoldView(
        total=figures.money(sum(moved.money for moved in movements)),
        count=words("shift.count", n=len(movements)),
        credit=figures.credits(credits) if credits else "—",
        by_payment=[(sentence(words.known("payment", name)), figures.money(sum_)) for name, sum_ in by_payment.items()],
        rows=[
            [
                figures.minute(moved.at),
                words(f"movement.{moved.kind}"),
                moved.account,
                sentence(words.known("payment", moved.payment)) if moved.payment else "",
                figures.plain(moved.money),
                moved.receipt or "",
            ]
            for moved in movements
        ],
    )


def by_clerk(movements: Sequence[Movement], figures: Figures) -> list[list[str]]:
    """A row a clerk: who, how many, credit, money."""
    rows = []
    for clerk in sorted({moved.clerk for moved in movements}):
        own = [moved for moved in movements if moved.clerk == clerk]
        credits = [Credit(moved.credit, moved.unit) for moved in own if moved.credit]
        total = figures.plain(sum(moved.money for moved in own))
        rows.append([clerk, str(len(own)), figures.credits(credits) if credits else "—", total])
    return rows
