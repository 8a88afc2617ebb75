"""Cells as people read them, and as other programs do."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from common.documents.document import Cell, Document, Kind
from common.units import format_decimal

ENERGY_DIGITS = 3
"""Of a kilowatt-hour: it has a thousand watt-hours."""


def cell_text(document: Document, kind: Kind, cell: Cell) -> str:
    """A cell as people read it: `1,234.50`, `50.000` (kWh), `2026-11-30 18:05`."""
    return plain_text(document, kind, cell, grouped=True)


def plain_text(document: Document, kind: Kind, cell: Cell, *, grouped: bool = False) -> str:
    """The same without commas, unless `grouped`."""
    if cell is None:
        return ""
    if isinstance(cell, int):
        text = format_decimal(cell, digits_of(document, kind))
        return text if grouped else text.replace(",", "")
    if isinstance(cell, datetime):
        return f"{cell.astimezone(ZoneInfo(document.zone)):%Y-%m-%d %H:%M}"
    if isinstance(cell, date):
        return cell.isoformat()
    return cell


def digits_of(document: Document, kind: Kind) -> int:
    """Decimal places of a column of figures."""
    match kind:
        case Kind.MONEY:
            return document.digits
        case Kind.ENERGY:
            return ENERGY_DIGITS
        case _:
            return 0


def columns_of(text: str) -> int:
    """How many places text takes in letters of one width: a Chinese one takes two."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)
