"""Quotes: what energy costs, or how much energy money buys, from the year's use so far.

The year's use up to x watt-hours costs C(x), rounded half up to the minor unit; a purchase costs C(end) - C(start). So
a year's purchases add up to the year's price to the last fen, in however many pieces they are bought.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from common.tariff.model import Tariff, Tier
from common.units import LARGEST, Count

VALID_FOR = timedelta(minutes=10)
"""How long a quote can be sold."""

_PRICE_SCALE = 1_000_000 * 1_000
"""A price is in millionths a kWh, energy in watt-hours."""


class QuoteLine(Struct, frozen=True, kw_only=True):
    """The part of a purchase that falls in one tier (numbered from 1). Price as in Tier, energy in Wh, amount in minor
    units."""

    tier: Count
    energy: Count
    price: Count
    amount: Count


class Quote(Struct, frozen=True, kw_only=True):
    """A price, ready to be sold.

    Attributes:
        job: the vend id that it can be sold under, once.
        tariff: the tariff version's name.
        year: the tariff year that the energy counts in.
        used: the year's use before, watt-hours.
        energy: watt-hours.
        amount: minor units.
    """

    job: str
    tariff: str
    tariff_class: str
    year: Count
    used: Count
    energy: Count
    amount: Count
    lines: list[QuoteLine]
    at: datetime


class BadQuantity(ValueError):
    """An amount that cannot be quoted.

    Attributes:
        reason: `zero`, or `too_little`: the money does not buy one watt-hour.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnknownClass(LookupError):
    """The tariff in force has no such customer class.

    Attributes:
        tariff: the version's name.
        tariff_class: the class that it lacks.
    """

    def __init__(self, tariff: str, tariff_class: str) -> None:
        super().__init__(f"{tariff} has no class {tariff_class}")
        self.tariff = tariff
        self.tariff_class = tariff_class


def quote_energy(
    tariff: Tariff, tariff_class: str, used: int, energy: int, *, job: str, year: int, at: datetime
) -> Quote:
    """What `energy` watt-hours cost after `used` this year.

    Raises:
        BadQuantity, UnknownClass: see there.
    """
    if energy <= 0:
        raise BadQuantity("zero")
    lines = _lines(_tiers(tariff, tariff_class), tariff.digits, used, energy)
    return Quote(
        job=job,
        tariff=tariff.tariff,
        tariff_class=tariff_class,
        year=year,
        used=used,
        energy=energy,
        amount=sum(line.amount for line in lines),
        lines=lines,
        at=at,
    )


def quote_money(
    tariff: Tariff, tariff_class: str, used: int, money: int, *, job: str, year: int, at: datetime
) -> Quote:
    """The most energy, up to LARGEST, that costs no more than `money` minor units after `used` watt-hours this year.

    Raises:
        BadQuantity, UnknownClass: see there.
    """
    if money <= 0:
        raise BadQuantity("zero")
    tiers = _tiers(tariff, tariff_class)
    before = year_cost(tiers, tariff.digits, used)
    enough, too_much = 0, LARGEST + 1
    while too_much - enough > 1:
        middle = (enough + too_much) // 2
        if year_cost(tiers, tariff.digits, used + middle) - before <= money:
            enough = middle
        else:
            too_much = middle
    if enough == 0:
        raise BadQuantity("too_little")
    return quote_energy(tariff, tariff_class, used, enough, job=job, year=year, at=at)


def quote_still_valid(quote: Quote, now: datetime) -> bool:
    """Whether a quote is young enough to be sold."""
    return abs(now - quote.at) <= VALID_FOR


def year_cost(tiers: Sequence[Tier], digits: int, use: int) -> int:
    """C(use): what a year's first `use` watt-hours cost, rounded half up to the minor unit."""
    total, start = 0, 0
    for tier in tiers:
        end = use if tier.up_to is None else min(use, tier.up_to)
        if end > start:
            total += (end - start) * tier.price
            start = end
    scale: int = 10**digits
    return (total * scale + _PRICE_SCALE // 2) // _PRICE_SCALE


def _tiers(tariff: Tariff, tariff_class: str) -> list[Tier]:
    tiers = tariff.classes.get(tariff_class)
    if tiers is None:
        raise UnknownClass(tariff.tariff, tariff_class)
    return tiers


def _lines(tiers: Sequence[Tier], digits: int, used: int, energy: int) -> list[QuoteLine]:
    lines: list[QuoteLine] = []
    start, end = used, used + energy
    for number, tier in enumerate(tiers, 1):
        stop = end if tier.up_to is None else min(end, tier.up_to)
        if stop > start:
            amount = year_cost(tiers, digits, stop) - year_cost(tiers, digits, start)
            lines.append(QuoteLine(tier=number, energy=stop - start, price=tier.price, amount=amount))
            start = stop
    return lines
