"""Quotes: what energy costs, or how much energy money buys, from the year's use so far; line by line."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from msgspec import Struct

from common.tariff.arrears import Debt, Recovered, recover_from_money, recover_on_top
from common.tariff.cost import energy_cost, surcharge_cost, vat_cost
from common.tariff.model import Surcharge, Tariff, Tier
from common.units import LARGEST, Count

VALID_FOR = timedelta(minutes=10)
"""How long a quote can be sold."""


class LineKind(StrEnum):
    """What a line of a quote is for."""

    ENERGY = "energy"
    CREDIT = "credit"
    """Money put on a meter that counts money."""
    SURCHARGE = "surcharge"
    VAT = "vat"
    ARREARS = "arrears"


class QuoteLine(Struct, frozen=True, kw_only=True):
    """A part of the price, minor units.

    Attributes:
        name: a surcharge's, or what arrears are for.
        tier: of energy, numbered from 1; else 0.
        energy: watt-hours that it is for; 0 for tax and arrears.
        price: as in Tier; 0 where it is not by the kWh.
    """

    kind: LineKind
    name: str = ""
    tier: Count = 0
    energy: Count = 0
    price: Count = 0
    amount: Count


class Quote(Struct, frozen=True, kw_only=True):
    """A price, ready to be sold. The lines add up to the amount.

    Attributes:
        job: the vend id that it can be sold under, once.
        tariff: the tariff version's name; "" for a meter that counts money and has the prices itself.
        year: the tariff year that the energy counts in.
        used: the year's use before, watt-hours.
        energy: watt-hours; 0 for a meter that counts money.
        money_credit: minor units put on a meter that counts money.
        amount: minor units.
        vat: how much of it is tax, whether it stands on a line of its own or prices hold it.
        arrears: how much of it pays arrears.
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
    vat: Count = 0
    arrears: list[Recovered] = []
    money_credit: Count = 0

    @property
    def credit(self) -> int:
        """What is put on the card, in the unit of its meter."""
        return self.energy or self.money_credit


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
    tariff: Tariff,
    tariff_class: str,
    used: int,
    energy: int,
    *,
    job: str,
    year: int,
    at: datetime,
    debts: Sequence[Debt] = (),
) -> Quote:
    """What `energy` watt-hours cost after `used` this year; arrears come on top.

    Raises:
        BadQuantity, UnknownClass: see there.
    """
    if energy <= 0:
        raise BadQuantity("zero")
    priced = _Priced(tariff, tariff_class, used)
    quote = Quote(
        job=job,
        tariff=tariff.tariff,
        tariff_class=tariff_class,
        year=year,
        used=used,
        energy=energy,
        amount=priced.cost(energy),
        lines=priced.lines(energy),
        at=at,
        vat=priced.vat(energy),
    )
    return _with_arrears(quote, recover_on_top(debts, quote.amount))


def quote_money(
    tariff: Tariff,
    tariff_class: str,
    used: int,
    money: int,
    *,
    job: str,
    year: int,
    at: datetime,
    debts: Sequence[Debt] = (),
) -> Quote:
    """The most energy, up to LARGEST, that costs no more than `money` minor units after `used` watt-hours this year,
    once arrears have taken their part of it.

    Raises:
        BadQuantity, UnknownClass: see there.
    """
    if money <= 0:
        raise BadQuantity("zero")
    recovered = recover_from_money(debts, money)
    priced = _Priced(tariff, tariff_class, used)
    left = money - sum(part.amount for part in recovered)
    if left == 0:
        raise BadQuantity("too_little")
    enough, too_much = 0, LARGEST + 1
    while too_much - enough > 1:
        middle = (enough + too_much) // 2
        if priced.cost(middle) <= left:
            enough = middle
        else:
            too_much = middle
    if enough == 0:
        raise BadQuantity("too_little")
    return _with_arrears(quote_energy(tariff, tariff_class, used, enough, job=job, year=year, at=at), recovered)


def quote_credit(
    tariff_class: str, used: int, money: int, *, job: str, year: int, at: datetime, debts: Sequence[Debt] = ()
) -> Quote:
    """Money put on a meter that counts money, once arrears have taken their part of it. The meter has the prices, and
    tax falls due when they are charged: there is none in the quote.

    Raises:
        BadQuantity: see there.
    """
    if money <= 0:
        raise BadQuantity("zero")
    recovered = recover_from_money(debts, money)
    left = money - sum(part.amount for part in recovered)
    if left == 0:
        raise BadQuantity("too_little")
    quote = Quote(
        job=job,
        tariff="",
        tariff_class=tariff_class,
        year=year,
        used=used,
        energy=0,
        money_credit=left,
        amount=left,
        lines=[QuoteLine(kind=LineKind.CREDIT, amount=left)],
        at=at,
    )
    return _with_arrears(quote, recovered)


def energy_price(tariff: Tariff, tariff_class: str, used: int, energy: int) -> int:
    """What `energy` watt-hours cost after `used` this year, minor units, without arrears.

    Raises:
        UnknownClass: see there.
    """
    return _Priced(tariff, tariff_class, used).cost(energy)


def quote_still_valid(quote: Quote, now: datetime) -> bool:
    """Whether a quote is young enough to be sold."""
    return abs(now - quote.at) <= VALID_FOR


class _Priced:
    """A class's prices from a year's use on."""

    def __init__(self, tariff: Tariff, tariff_class: str, used: int) -> None:
        tiers = tariff.classes.get(tariff_class)
        if tiers is None:
            raise UnknownClass(tariff.tariff, tariff_class)
        self._tariff = tariff
        self._tiers: list[Tier] = tiers
        self._surcharges = [
            surcharge for surcharge in tariff.surcharges if not surcharge.classes or tariff_class in surcharge.classes
        ]
        self._used = used

    def cost(self, energy: int) -> int:
        """What so much energy costs in all, without arrears."""
        total = self._energy(self._used, self._used + energy)
        total += sum(self._surcharge(surcharge, energy) for surcharge in self._surcharges)
        return total + (0 if self._tariff.vat_included else self.vat(energy))

    def vat(self, energy: int) -> int:
        """How much of it is tax."""
        if not self._tariff.vat:
            return 0
        before, after = (
            vat_cost(self._tariff, self._tiers, self._surcharges, use) for use in (self._used, self._used + energy)
        )
        return after - before

    def lines(self, energy: int) -> list[QuoteLine]:
        """The parts that `cost` adds up."""
        lines = self._tier_lines(energy)
        for surcharge in self._surcharges:
            line = QuoteLine(
                kind=LineKind.SURCHARGE,
                name=surcharge.name,
                energy=energy,
                price=surcharge.price,
                amount=self._surcharge(surcharge, energy),
            )
            lines.append(line)
        if self._tariff.vat and not self._tariff.vat_included:
            lines.append(QuoteLine(kind=LineKind.VAT, amount=self.vat(energy)))
        return lines

    def _tier_lines(self, energy: int) -> list[QuoteLine]:
        lines: list[QuoteLine] = []
        start, end = self._used, self._used + energy
        for number, tier in enumerate(self._tiers, 1):
            stop = end if tier.up_to is None else min(end, tier.up_to)
            if stop > start:
                line = QuoteLine(
                    kind=LineKind.ENERGY,
                    tier=number,
                    energy=stop - start,
                    price=tier.price,
                    amount=self._energy(start, stop),
                )
                lines.append(line)
                start = stop
        return lines

    def _energy(self, start: int, end: int) -> int:
        digits = self._tariff.digits
        return energy_cost(self._tiers, digits, end) - energy_cost(self._tiers, digits, start)

    def _surcharge(self, surcharge: Surcharge, energy: int) -> int:
        before, after = (
            surcharge_cost(surcharge, self._tiers, self._tariff.digits, use)
            for use in (self._used, self._used + energy)
        )
        return after - before


def _with_arrears(quote: Quote, recovered: list[Recovered]) -> Quote:
    lines = [QuoteLine(kind=LineKind.ARREARS, name=part.name, amount=part.amount) for part in recovered]
    return msgspec.structs.replace(
        quote,
        amount=quote.amount + sum(part.amount for part in recovered),
        lines=[*quote.lines, *lines],
        arrears=recovered,
    )
