"""Values of the old system as ours: text, numbers, amounts, times. What cannot be one is a Bad, with the reason."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

from common.units import LARGEST
from syncserver.oldsystem.rows import Value

_FIRST, _LAST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_IDENTIFIER = re.compile(r"[0-9A-Z-]{1,12}")
_EXACT = 10**15
"""A spreadsheet keeps 15 digits: a longer number in one has lost some."""

_REMEMBERED = 65_536
"""Figures that were read: most of them come again and again."""

_OFF = frozenset({"", "0", "N", "F", "NO", "FALSE", "否", "无", "正常"})


class Bad(ValueError):
    """A value that cannot be what it should be.

    Attributes:
        reason: a word of words/*.toml.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def text_of(value: Value, longest: int = 200) -> str:
    """Text on one line, wide letters and digits as the usual ones.

    Raises:
        Bad: it is too long, or no text of the encoding that was named.
    """
    if type(value) is str and value.isascii() and value.isprintable() and "  " not in value and len(value) <= longest:
        return value.strip()  # nearly all of a million rows
    if value is None:
        return ""
    if isinstance(value, float):
        return _digits_of(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    text = value if isinstance(value, str) else str(value)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        if "\ufffd" in text:
            raise Bad("encoding")
    text = " ".join(text.split()) if not text.isprintable() or "  " in text else text.strip()
    if not text.isprintable():
        raise Bad("control")
    if len(text) > longest:
        raise Bad("long")
    return text


def note_of(value: Value) -> str:
    """Text of any number of lines, on one, and no longer than a note may be.

    Raises:
        Bad: see `text_of`.
    """
    return text_of(value, 2_000)[:500]


def identifier_of(value: Value, width: int = 0) -> str:
    """The number of an account or a meter, with the zeros that a spreadsheet took off it.

    Raises:
        Bad: it is none.
    """
    text = text_of(value).replace(" ", "").upper().removeprefix("'")
    if not text:
        raise Bad("empty")
    if width and text.isdecimal():
        text = text.zfill(width)
    if not _IDENTIFIER.fullmatch(text):
        raise Bad("identifier")
    return text


def card_of(value: Value) -> str:
    """A card's number, filled up to the 16 digits of a serial; "": none.

    Raises:
        Bad: it is none.
    """
    text = text_of(value).replace(" ", "").removeprefix("'")
    if not text:
        return ""
    if not (text.isascii() and text.isdecimal() and len(text) <= 16):
        raise Bad("card")
    return text.zfill(16)


@lru_cache(maxsize=_REMEMBERED, typed=True)
def amount_of(value: Value, times: int) -> int:
    """An amount in units of which one of the file's has `times`; below zero where it puts another right.

    Raises:
        Bad: it is none, or finer than our units.
    """
    if isinstance(value, float):
        found = Decimal(repr(value))
    elif isinstance(value, int) and not isinstance(value, bool):
        found = Decimal(value)
    else:
        text = text_of(value).replace(",", "").removeprefix("¥").strip()
        if not text:
            raise Bad("empty")
        try:
            found = Decimal(text)
        except InvalidOperation as error:
            raise Bad("number") from error
    if not found.is_finite() or abs(found) > LARGEST:
        raise Bad("number")
    exact = found * times
    if exact != (whole := int(exact)):
        raise Bad("fine")
    if abs(whole) > LARGEST:
        raise Bad("number")
    return whole


@lru_cache(maxsize=_REMEMBERED, typed=True)
def count_of(value: Value, most: int) -> int:
    """A number from 0 up; 0 where there is none.

    Raises:
        Bad: it is none.
    """
    if value is None or value == "":
        return 0
    found = amount_of(value, 1)
    if not 0 <= found <= most:
        raise Bad("count")
    return found


def flag_of(value: Value) -> bool:
    """Whether something is said: anything but nothing, 0, N, F, 否."""
    return value is not None and value is not False and text_of(value).upper() not in _OFF


class Times:
    """Dates and times of the old system, which are those of the utility's time zone.

    Args:
        formats: as strptime has them, tried in this order.
    """

    def __init__(self, formats: Sequence[str], zone: ZoneInfo) -> None:
        self._formats, self._zone = formats, zone

    def of(self, value: Value) -> datetime:
        """The time, UTC.

        Raises:
            Bad: it is none, or of another age.
        """
        found = self._local(value).astimezone(UTC)
        if not _FIRST <= found < _LAST:
            raise Bad("age")
        return found

    def day(self, value: Value) -> str:
        """The day, ISO 8601; "" where there is none.

        Raises:
            Bad: it is none.
        """
        return "" if value is None or value == "" else self._local(value).date().isoformat()

    def year(self, at: datetime) -> int:
        """The tariff year that a time is in."""
        return at.astimezone(self._zone).year

    def _local(self, value: Value) -> datetime:
        if isinstance(value, datetime):
            return value.replace(tzinfo=self._zone)
        if isinstance(value, date):
            return datetime(value.year, value.month, value.day, tzinfo=self._zone)
        text = text_of(value)
        if not text:
            raise Bad("empty")
        # Most are written in one way that the library reads at once.
        if len(text) == 19 and text[4] == text[7] == "-":
            try:
                return datetime.fromisoformat(text).replace(tzinfo=self._zone)
            except ValueError:
                pass
        for form in self._formats:
            try:
                return datetime.strptime(text, form).replace(tzinfo=self._zone)
            except ValueError:
                continue
        raise Bad("date")


def _digits_of(value: float) -> str:
    if not value.is_integer():
        return repr(value)
    if abs(value) >= _EXACT:
        raise Bad("rounded")
    return str(int(value))
