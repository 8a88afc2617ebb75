"""Figures as people read them: money, credit, prices, and times by the utility's clock."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from common.entries import UtilitySet
from common.units import CreditUnit, format_credit, format_decimal, format_money
from till.messages.words import Words

_PRICE_DIGITS = 6


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
        called = self.words.known("currency", self.currency) if self.currency else ""
        return f"{format_money(amount, self.digits)} {called}".rstrip()

    def credit(self, amount: int, unit: CreditUnit) -> str:
        """Credit in a meter's unit: kWh, or money with its currency."""
        return self.money(amount) if unit is CreditUnit.MONEY else format_credit(amount, unit, self.digits)

    def price(self, price: int) -> str:
        """The price of a kWh (millionths of the major unit), without the zeros that say nothing."""
        whole, _, part = format_decimal(price, _PRICE_DIGITS).partition(".")
        return f"{whole}.{part.rstrip('0').ljust(2, '0')}"

    def at(self, time: datetime) -> str:
        """Day and minute."""
        return f"{time.astimezone(ZoneInfo(self.zone) if self.zone else None):%Y-%m-%d %H:%M}"
