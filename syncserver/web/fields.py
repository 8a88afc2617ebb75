"""What people type in forms, as the office takes it."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from common.units import BadAmount, parse_money
from syncserver.office.errors import OfficeError

E = TypeVar("E", bound=StrEnum)


def chosen(kind: type[E], values: Iterable[str]) -> list[E]:
    """Those of the values that are of a kind; a page offers no others."""
    known = {item.value: item for item in kind}
    return [known[value] for value in values if value in known]


def whole(text: str, otherwise: int = 0) -> int:
    """A whole number from 0 on.

    Raises:
        OfficeError: it is none.
    """
    if not text:
        return otherwise
    if not (text.isascii() and text.isdecimal() and len(text) <= 12):
        raise OfficeError(f"{text} is no whole number.", "Type digits only.", "no_number", text=text)
    return int(text)


def money(text: str, digits: int) -> int:
    """Minor units.

    Raises:
        OfficeError: it is no amount.
    """
    try:
        return parse_money(text, digits)
    except BadAmount as error:
        raise OfficeError(f"{text} is no amount: {error.reason}.", "Type it as 12.50.", "no_sum", text=text) from error


def moment(day: str, clock: str, zone: ZoneInfo) -> datetime:
    """A day and an hour by the utility's clock.

    Raises:
        OfficeError: there is no such time.
    """
    try:
        return datetime.fromisoformat(f"{day}T{clock or '00:00'}").replace(tzinfo=zone)
    except ValueError as error:
        what = f"{day} {clock} is no time."
        raise OfficeError(what, "Type it as 2026-01-01 and 00:00.", "no_time", text=f"{day} {clock}") from error
