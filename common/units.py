"""Money and energy as integers, and as people write them. Money is in minor units, energy in watt-hours."""

import re
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

LARGEST = 2**53 - 1
"""The largest integer that every JSON reader keeps exactly (RFC 7493)."""

Int53 = Annotated[int, Meta(ge=-LARGEST, le=LARGEST)]
Count = Annotated[int, Meta(ge=0, le=LARGEST)]

_GROUPING = re.compile(r"(?<=\d),(?=\d{3}(?!\d))", re.ASCII)
_DECIMAL = re.compile(r"(\d{1,15})(?:\.(\d{1,9}))?", re.ASCII)


class CreditUnit(StrEnum):
    """What a meter counts its credit in."""

    ENERGY = "energy"
    """Watt-hours."""
    MONEY = "money"
    """Minor units: the meter has the prices, and takes what is used off the money."""


class Credit(Struct, frozen=True):
    """So much credit, in a meter's unit."""

    amount: int
    unit: CreditUnit


class BadAmount(ValueError):
    """Text that is no amount of money or energy.

    Attributes:
        text: what was typed.
        reason: `form`, `negative`, `too_fine` (more digits than the unit has) or `too_large`.
    """

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"{text!r}: {reason}")
        self.text = text
        self.reason = reason


def parse_money(text: str, digits: int = 2) -> int:
    """Minor units from text such as `100` or `100.50`, for a currency with so many minor digits.

    Raises:
        BadAmount: see there.
    """
    return _parse(text, digits)


def parse_energy(text: str) -> int:
    """Watt-hours from kilowatt-hours such as `50` or `0.125`.

    Raises:
        BadAmount: see there.
    """
    return _parse(text, 3)


def format_money(amount: int, digits: int = 2) -> str:
    """Minor units with all their digits: 10050 is `100.50`."""
    return format_decimal(amount, digits)


def format_energy(energy: int) -> str:
    """Watt-hours as kilowatt-hours with all three digits: 50000 is `50.000 kWh`."""
    return f"{format_decimal(energy, 3)} kWh"


def format_credit(amount: int, unit: CreditUnit, digits: int = 2) -> str:
    """Credit in its unit: `50.000 kWh`, or `100.50`."""
    return format_energy(amount) if unit is CreditUnit.ENERGY else format_money(amount, digits)


def parse_credit(text: str, unit: CreditUnit, digits: int = 2) -> int:
    """Watt-hours from kilowatt-hours, or minor units from money.

    Raises:
        BadAmount: see there.
    """
    return parse_energy(text) if unit is CreditUnit.ENERGY else parse_money(text, digits)


def format_decimal(value: int, digits: int) -> str:
    """An integer of so many decimal places, as text."""
    sign = "-" if value < 0 else ""
    whole, part = divmod(abs(value), 10**digits)
    return f"{sign}{whole:,}.{part:0{digits}d}" if digits else f"{sign}{whole:,}"


def _parse(text: str, digits: int) -> int:
    plain = _GROUPING.sub("", text.strip())
    if plain.startswith(("-", "−")):
        raise BadAmount(text, "negative")
    found = _DECIMAL.fullmatch(plain)
    if found is None:
        raise BadAmount(text, "form")
    whole, part = found[1], (found[2] or "").rstrip("0")
    if len(part) > digits:
        raise BadAmount(text, "too_fine")
    value = int(whole + part.ljust(digits, "0"))
    if value > LARGEST:
        raise BadAmount(text, "too_large")
    return value
