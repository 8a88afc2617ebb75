"""Money, energy and time as the pages write them: by the utility's currency and clock, in the reader's language."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from common.entries import UtilitySet
from common.units import CreditUnit, format_decimal, format_energy, format_money
from syncserver.web.words import Words


class Figures:
    """How one utility's figures are written for one reader."""

    def __init__(self, utility: UtilitySet, words: Words) -> None:
        self.utility = utility
        self.zone = ZoneInfo(utility.zone)
        self.words = words

    def money(self, amount: int) -> str:
        """Minor units with all their digits."""
        return format_money(amount, self.utility.digits)

    def round_money(self, amount: int) -> str:
        """Minor units without digits that are zero: for the marks of a drawing."""
        return self.decimal(amount, self.utility.digits)

    def energy(self, energy: int) -> str:
        """Watt-hours as kilowatt-hours."""
        return format_energy(energy)

    def credit(self, amount: int, unit: CreditUnit) -> str:
        """Credit in its meter's unit."""
        return self.energy(amount) if unit is CreditUnit.ENERGY else f"{self.money(amount)} {self.utility.currency}"

    def count(self, number: int) -> str:
        """A number in groups of three digits."""
        return f"{number:,}"

    def decimal(self, value: int, digits: int) -> str:
        """An integer of so many decimal places, without those at its end that are zero."""
        text = format_decimal(value, digits)
        return text.rstrip("0").rstrip(".") if digits else text

    def percent(self, millionths: int) -> str:
        """Millionths as percent."""
        return f"{self.decimal(millionths, 4)} %"

    def at(self, when: datetime | str | None) -> str:
        """A time by the utility's clock, to the minute."""
        return self._shown(when, "%Y-%m-%d %H:%M")

    def exactly(self, when: datetime | str | None) -> str:
        """A time by the utility's clock, to the second."""
        return self._shown(when, "%Y-%m-%d %H:%M:%S")

    def clock(self, when: datetime) -> str:
        """The hour and minute by the utility's clock."""
        return self._shown(when, "%H:%M")

    def lasting(self, span: timedelta) -> str:
        """How long, in the largest unit that fits: `3 days`."""
        seconds = max(0, int(span.total_seconds()))
        for name, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
            if seconds >= 2 * size or (seconds >= size and name == "minutes"):
                return self.words(f"span.{name}", count=seconds // size)
        return self.words("span.now")

    def _shown(self, when: datetime | str | None, form: str) -> str:
        if when is None:
            return ""
        found = datetime.fromisoformat(when) if isinstance(when, str) else when
        if found.tzinfo is None:
            found = found.replace(tzinfo=UTC)
        return found.astimezone(self.zone).strftime(form)
