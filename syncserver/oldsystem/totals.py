"""Totals by month and clerk: the old system's, read from its rows here and nowhere else; and what became of them.

The reading is on purpose not the import's own (values.py): what one of them gets wrong the other shows.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from syncserver.oldsystem.mapping import FIELDS, Mapping
from syncserver.oldsystem.rows import Value

_FIELDS = [*FIELDS["purchases"][0], *FIELDS["purchases"][1]]
_AT, _AMOUNT, _CREDIT, _CLERK = (_FIELDS.index(name) for name in ("at", "amount", "credit", "clerk"))
_DAY = 10
"""Letters that a day is written in at most: the month of a text that begins so is looked up once."""


class Key(NamedTuple):
    """A month, `2026-11`, and a clerk; both "" for rows of which one of them cannot be read."""

    month: str
    clerk: str


class Sum(NamedTuple):
    """Rows, credit in our unit, and minor units."""

    rows: int = 0
    credit: int = 0
    money: int = 0

    def plus(self, other: "Sum", sign: int = 1) -> "Sum":
        """Both together; with sign -1, without the other."""
        return Sum(self.rows + sign * other.rows, self.credit + sign * other.credit, self.money + sign * other.money)


NOTHING = Sum()
UNREADABLE = Key("", "")


class Line(NamedTuple):
    """A line of the comparison."""

    key: Key
    old: Sum
    refused: Sum
    imported: Sum

    @property
    def difference(self) -> Sum:
        """What is neither imported nor refused."""
        return self.old.plus(self.refused, -1).plus(self.imported, -1)


class Totals:
    """Sums by month and clerk, being added up."""

    def __init__(self) -> None:
        self._sums: dict[Key, list[int]] = {}

    def add(self, key: Key, credit: int, money: int) -> None:
        """One more row."""
        found = self._sums.get(key)
        if found is None:
            found = self._sums[key] = [0, 0, 0]
        found[0] += 1
        found[1] += credit
        found[2] += money

    def of(self, key: Key) -> Sum:
        """What was added under a key."""
        return Sum(*self._sums.get(key, (0, 0, 0)))

    @property
    def keys(self) -> set[Key]:
        """All keys that something was added under."""
        return set(self._sums)


class SourceReader:
    """Reads what totals need of a purchase's row.

    Args:
        money, credit: how many of our units one of the file's has.
    """

    def __init__(self, mapping: Mapping, money: int, credit: int) -> None:
        self._money, self._credit = Decimal(money), Decimal(credit)
        self._formats, self._default = mapping.dates, mapping.defaults.clerk
        self._codes = mapping.codes.get("clerk")
        self._months: dict[str, str] = {}
        self._clerks: dict[Value, str] = {}

    def read(self, values: Sequence[Value]) -> tuple[Key, int, int]:
        """Its key, credit and money. What cannot be read counts as a row, and no more."""
        month, clerk = self._month(values[_AT]), self._clerk(values[_CLERK])
        credit, money = _units(values[_CREDIT], self._credit), _units(values[_AMOUNT], self._money)
        if not month or not clerk or credit is None or money is None:
            return UNREADABLE, 0, 0
        return Key(month, clerk), credit, money

    def _clerk(self, value: Value) -> str:
        found = self._clerks.get(value)
        if found is None:
            text = unicodedata.normalize("NFKC", "" if value is None else _plain(value)).strip()
            text = " ".join(text.split())
            found = self._default if not text else text if self._codes is None else self._codes.get(text, "")
            self._clerks[value] = found
        return found

    def _month(self, value: Value) -> str:
        if isinstance(value, date):  # a datetime is one too
            return f"{value.year:04}-{value.month:02}"
        text = _plain(value).strip() if isinstance(value, str | int) else ""
        if len(text) >= _DAY and text[4] == text[7] == "-" and text[:4].isdigit():
            found = self._months.get(text[:_DAY])
            if found is not None:
                return found
        found = self._parsed(unicodedata.normalize("NFKC", text))
        if len(text) >= _DAY:
            self._months[text[:_DAY]] = found
        return found

    def _parsed(self, text: str) -> str:
        for form in self._formats:
            try:
                return f"{datetime.strptime(text, form).replace(tzinfo=UTC):%Y-%m}"
            except ValueError:
                continue
        return ""


def compare(old: Totals, refused: Totals, imported: Totals) -> list[Line]:
    """Line by line, by month and clerk."""
    keys = old.keys | refused.keys | imported.keys
    return [Line(key, old.of(key), refused.of(key), imported.of(key)) for key in sorted(keys)]


def whole(lines: Iterable[Line]) -> Line:
    """All of them together."""
    found = Line(Key("", ""), NOTHING, NOTHING, NOTHING)
    for line in lines:
        found = Line(
            found.key, found.old.plus(line.old), found.refused.plus(line.refused), found.imported.plus(line.imported)
        )
    return found


def _units(value: Value, times: Decimal) -> int | None:
    text = unicodedata.normalize("NFKC", "" if value is None else str(value)).replace(",", "").strip(" ¥\0")
    try:
        units = Decimal(text) * times
    except InvalidOperation:
        return None
    if not units.is_finite() or abs(units) >= 2**63:
        return None
    return int(units) if units == int(units) else None


def _plain(value: Value) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
