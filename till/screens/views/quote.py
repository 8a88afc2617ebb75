"""A quote line by line, and the change to give."""

from dataclasses import dataclass

from common.tariff import LineKind, Quote, QuoteLine
from common.units import BadAmount, CreditUnit, parse_energy, parse_money
from till.messages import Figures
from till.operations.vend import Amount


@dataclass(frozen=True)
class QuoteView:
    """A quote in words. `lines`: what for, and how much."""

    credit: str
    total: str
    lines: list[tuple[str, str]]


def quote_view(quote: Quote, figures: Figures) -> QuoteView:
    """The quote in words."""
    lines = [(_line(line, figures), figures.plain(line.amount)) for line in quote.lines]
    if quote.vat and not any(line.kind is LineKind.VAT for line in quote.lines):
        lines.append((figures.words("quote.vat_within"), figures.plain(quote.vat)))
    unit = CreditUnit.MONEY if quote.money_credit else CreditUnit.ENERGY
    return QuoteView(figures.credit(quote.credit, unit), figures.money(quote.amount), lines)


def asked(text: str, by: str, figures: Figures) -> Amount:
    """What was typed as an amount; `by`: money or energy.

    Raises:
        BadAmount: it is none.
    """
    if by == "money":
        return Amount(money=parse_money(text, figures.digits))
    return Amount(energy=parse_energy(text))


def change_of(received: str, total: int, figures: Figures) -> tuple[str, str]:
    """What to give back of the cash received, and its tone; nothing while nothing sensible is typed."""
    if not received.strip():
        return "", "muted"
    try:
        change = parse_money(received, figures.digits) - total
    except BadAmount:
        return figures.words("quote.no_amount"), "danger"
    if change < 0:
        return figures.words("quote.short", money=figures.money(-change)), "danger"
    return figures.words("quote.change", money=figures.money(change)), "accent"


def _line(line: QuoteLine, figures: Figures) -> str:
    words = figures.words
    match line.kind:
        case LineKind.ENERGY:
            credit, price = figures.credit(line.energy, CreditUnit.ENERGY), figures.price(line.price)
            return words("quote.tier", tier=line.tier, credit=credit, price=price)
        case LineKind.CREDIT:
            return words("quote.credit")
        case LineKind.SURCHARGE:
            return words("quote.surcharge", name=line.name)
        case LineKind.VAT:
            return words("quote.vat")
        case LineKind.ARREARS:
            return words("quote.arrears", name=line.name)
