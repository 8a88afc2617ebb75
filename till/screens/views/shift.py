"""The open shift, and the drawer as it is being counted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from common.entries import CashCount
from common.shift import CASH, cash_of, expected
from common.units import BadAmount, format_decimal, parse_money
from till.messages import Figures
from till.operations.shift import Counted, XReport
from till.screens.views.words import sentence

SUM = "cash"
"""The field of a sum, where notes and coins are not told apart."""


@dataclass(frozen=True)
class ShiftView:
    """The open shift in words and figures. `rows`: label and money; `doubt`: what is not counted, or nothing."""

    title: str
    rows: list[tuple[str, str]]
    doubt: str


@dataclass(frozen=True)
class CountView:
    """What is counted so far. `tone`: accent when the drawer is right."""

    text: str
    tone: str


def shift_view(report: XReport, figures: Figures) -> ShiftView:
    """The X report."""
    words, shift = figures.words, report.shift
    title = words("shift.by_itself", at=figures.at(shift.at))
    if not shift.by_itself:
        title = words("shift.of", clerk=shift.clerk, at=figures.at(shift.at))
    rows = [(words("shift.float"), figures.money(shift.opening_float))]
    for part in expected(shift):
        label = words("shift.drawer") if part.payment == CASH else sentence(words.known("payment", part.payment))
        rows.append((label, figures.money(part.amount)))
    money = figures.money(sum(job.amount for job in report.doubt))
    return ShiftView(title, rows, words("shift.doubt", n=len(report.doubt), money=money) if report.doubt else "")


def field_of(value: int) -> str:
    """The name of the field for a note or coin."""
    return f"pieces_{value}"


def coin_label(value: int, figures: Figures) -> str:
    """A note or coin, as pieces of it are counted: `100 ×`, `0.5 ×`."""
    text = format_decimal(value, figures.digits)
    return f"{text.rstrip('0').rstrip('.') if figures.digits else text} ×"


def counted_of(known: Sequence[int], digits: int, value: Callable[[str], str]) -> Counted:
    """What was typed, an empty field as none.

    Raises:
        BadAmount: it is no number.
    """
    if not known:
        return parse_money(value(SUM) or "0", digits)
    return [CashCount(worth, _pieces(value(field_of(worth)))) for worth in known]


def count_view(known: Sequence[int], value: Callable[[str], str], due: int, figures: Figures) -> CountView:
    """The running sum, and by how much the drawer is off."""
    try:
        counted = counted_of(known, figures.digits, value)
    except BadAmount:
        return CountView(figures.words("shift.no_number"), "danger")
    cash = counted if isinstance(counted, int) else cash_of(counted)
    off = cash - due
    key = "shift.right" if not off else "shift.over" if off > 0 else "shift.short"
    text = figures.words(key, cash=figures.money(cash), due=figures.money(due), off=figures.money(abs(off)))
    return CountView(text, "accent" if not off else "warn")


def _pieces(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit()) or len(text) > 6:
        raise BadAmount(text, "form")
    return int(text)
