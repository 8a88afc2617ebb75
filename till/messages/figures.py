"""Figures as people read them: money, credit, prices, times by the utility's clock, how long."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from common.entries import UtilitySet
from common.units import Credit, CreditUnit, format_credit, format_decimal, format_money
from till.messages.words import Words

_PRICE_DIGITS = 6
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


@dataclass(frozen=True)
class Figures:
    """How one utility writes figures, in one language.

    Attributes:
        digits: of the currency's minor unit.
        currency: ISO 4217; "" before the office has said it.
        zone: IANA time zone of the utility's days and hours; "" for this machine's.
    """

    words: Words
    digits: int = 2
    currency: str = ""
    zone: str = ""

    @classmethod
    def of(cls, words: Words, utility: UtilitySet | None) -> "Figures":
        """By what the office said of the utility."""
        if utility is None:
            return cls(words)
        return cls(words, utility.digits, utility.currency, utility.zone)

    def money(self, amount: int) -> str:
        """Minor units, with the currency as people call it."""
        return f"{self.plain(amount)} {self.currency_name}".rstrip()

    def plain(self, amount: int) -> str:
        """Minor units without the currency."""
        return format_money(amount, self.digits)

    @property
    def currency_name(self) -> str:
        """What people call the currency; "" before it is known."""
        return self.words.known("currency", self.currency) if self.currency else ""

    def credit(self, amount: int, unit: CreditUnit) -> str:
        """Credit in a meter's unit: kWh, or money with its currency."""
        return self.money(amount) if unit is CreditUnit.MONEY else format_credit(amount, unit, self.digits)

    def credits(self, found: Iterable[Credit]) -> str:
        """Several credits together, each unit for itself."""
        sums: dict[CreditUnit, int] = {}
        for credit in found:
            sums[credit.unit] = sums.get(credit.unit, 0) + credit.amount
        return " + ".join(self.credit(amount, unit) for unit, amount in sums.items())

    def price(self, price: int) -> str:
        """The price of a kWh (millionths of the major unit), without the zeros that say nothing."""
        whole, _, part = format_decimal(price, _PRICE_DIGITS).partition(".")
        return f"{whole}.{part.rstrip('0').ljust(2, '0')}"

    def at(self, time: datetime) -> str:
        """Day and minute."""
        return f"{self._here(time):%Y-%m-%d %H:%M}"

    def day(self, time: datetime) -> str:
        """The day."""
        return f"{self._here(time):%Y-%m-%d}"

    def minute(self, time: datetime) -> str:
        """Hour and minute."""
        return f"{self._here(time):%H:%M}"

    def since(self, time: datetime, now: datetime) -> str:
        """A minute of today, or day and minute of another day."""
        return self.minute(time) if self.day(time) == self.day(now) else self.at(time)

    def span(self, span: timedelta) -> str:
        """How long, in the largest unit that says it."""
        seconds = max(0, int(span.total_seconds()))
        if seconds < 2 * _MINUTE:
            return self.words("span.seconds", n=seconds)
        if seconds < 2 * _HOUR:
            return self.words("span.minutes", n=seconds // _MINUTE)
        if seconds < 2 * _DAY:
            return self.words("span.hours", n=seconds // _HOUR)
        return self.words("span.days", n=seconds // _DAY)

    def _here(self, time: datetime) -> datetime:
        return time.astimezone(ZoneInfo(self.zone) if self.zone else None)
