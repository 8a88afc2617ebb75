"""Tariffs: prices by customer class and tier, surcharges, VAT, fees; in versions, each in force from its own date."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from common.units import Count

LONGEST_NAME = 64
WHOLE = 1_000_000
"""Rates are in millionths: this one is 100 percent."""


class Tier(Struct, frozen=True, kw_only=True):
    """A step of a tariff.

    Attributes:
        price: millionths of the major currency unit a kWh: 0.538 yuan is 538000.
        up_to: the year's use, watt-hours, that this tier ends at; null for the last.
    """

    price: Count
    up_to: Count | None = None


class Surcharge(Struct, frozen=True, kw_only=True):
    """What is added to the price of energy: so much a kWh, or a share of the price.

    Attributes:
        price: millionths of the major currency unit a kWh.
        rate: millionths of the price of the energy.
        classes: the customer classes that pay it; none named: all.
    """

    name: Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]
    price: Count = 0
    rate: Count = 0
    classes: list[str] = []


class Fees(Struct, frozen=True, kw_only=True):
    """What a card costs, minor units: the first, and each after that."""

    issue: Count = 0
    replacement: Count = 0


class Tariff(Struct, frozen=True, kw_only=True):
    """A tariff version. A class with one tier is a flat price.

    Attributes:
        tariff: its name, unique.
        since: in force from here until a later version is.
        digits: minor digits of the currency that amounts are rounded to.
        classes: the tiers of each customer class, cheapest use first.
        vat: value added tax, in millionths.
        vat_included: whether prices hold the tax already, or it is added to them.
    """

    tariff: Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]
    since: Annotated[datetime, Meta(tz=True)]
    digits: Annotated[int, Meta(ge=0, le=4)]
    classes: dict[str, list[Tier]]
    surcharges: list[Surcharge] = []
    vat: Count = 0
    vat_included: bool = True
    fees: Fees = Fees()


class BadTariff(ValueError):
    """A tariff that cannot be published.

    Attributes:
        reason: what is wrong with it.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoTariff(LookupError):
    """No version is in force yet."""


def check_tariff(tariff: Tariff) -> None:
    """Check what the types cannot.

    Raises:
        BadTariff: it has no name or no class; a class has no tier, a price of zero, tiers out of order, or no last
            tier; a surcharge is none, or for a class that is not there; the tax is 100 percent or more.
    """
    if not 0 < len(tariff.tariff) <= LONGEST_NAME or not tariff.tariff.isprintable():
        raise BadTariff(f"its name has not 1 to {LONGEST_NAME} letters on one line")
    if not tariff.classes:
        raise BadTariff("it has no customer class")
    for name, tiers in tariff.classes.items():
        _check_tiers(name, tiers)
    for surcharge in tariff.surcharges:
        _check_surcharge(tariff, surcharge)
    if tariff.vat >= WHOLE:
        raise BadTariff("the tax is 100 percent or more")


def in_force(tariffs: Iterable[Tariff], now: datetime) -> Tariff:
    """The version in force: the latest that has begun. Of two that begin together, the later by name.

    Raises:
        NoTariff: none has begun.
    """
    latest: Tariff | None = None
    for tariff in tariffs:
        if tariff.since <= now and (latest is None or (tariff.since, tariff.tariff) > (latest.since, latest.tariff)):
            latest = tariff
    if latest is None:
        raise NoTariff("no tariff is in force")
    return latest


def tariff_year(now: datetime, zone: ZoneInfo) -> int:
    """The year that a purchase counts in: the calendar year by the utility's clock."""
    return now.astimezone(zone).year


def _check_tiers(name: str, tiers: list[Tier]) -> None:
    if not tiers:
        raise BadTariff(f"class {name} has no tier")
    ends = [tier.up_to for tier in tiers]
    if ends[-1] is not None:
        raise BadTariff(f"class {name}: the last tier must have no end, or use above it has no price")
    if any(tier.price == 0 for tier in tiers):
        raise BadTariff(f"class {name}: a price is zero")
    start = 0
    for end in ends[:-1]:
        if end is None or end <= start:
            raise BadTariff(f"class {name}: each tier must end above the one before")
        start = end


def _check_surcharge(tariff: Tariff, surcharge: Surcharge) -> None:
    name = surcharge.name
    if not name.isprintable():
        raise BadTariff("a surcharge's name is not one line")
    if (surcharge.price == 0) == (surcharge.rate == 0):
        raise BadTariff(f"surcharge {name}: it has a price or a rate, one of the two")
    unknown = set(surcharge.classes) - tariff.classes.keys()
    if unknown:
        raise BadTariff(f"surcharge {name}: there is no class {', '.join(sorted(unknown))}")
    if [other.name for other in tariff.surcharges].count(name) > 1:
        raise BadTariff(f"surcharge {name} is there twice")
