"""What a year's first watt-hours cost, part by part.

Each part (energy, each surcharge, tax) has its own cost C(x) of the year's use up to x, rounded half up to the minor
unit; a purchase pays C(end) - C(start) of each. So each part of a year's purchases adds up to the year's, to the last
minor unit, in however many pieces they are bought.
"""

from collections.abc import Sequence

from common.tariff.model import WHOLE, Surcharge, Tariff, Tier

_PRICE_SCALE = 1_000_000 * 1_000
"""A price is in millionths a kWh, energy in watt-hours."""


def energy_cost(tiers: Sequence[Tier], digits: int, use: int) -> int:
    """What the energy costs by its tiers, minor units."""
    return _rounded(_by_tiers(tiers, use), digits, 1)


def surcharge_cost(surcharge: Surcharge, tiers: Sequence[Tier], digits: int, use: int) -> int:
    """What a surcharge adds, minor units."""
    if surcharge.price:
        return _rounded(surcharge.price * use, digits, 1)
    return _rounded(_by_tiers(tiers, use) * surcharge.rate, digits, WHOLE)


def vat_cost(tariff: Tariff, tiers: Sequence[Tier], surcharges: Sequence[Surcharge], use: int) -> int:
    """The tax on all of it, minor units: added to the prices, or held in them."""
    base = _by_tiers(tiers, use) * WHOLE + sum(
        surcharge.price * use * WHOLE + _by_tiers(tiers, use) * surcharge.rate for surcharge in surcharges
    )
    return _rounded(base * tariff.vat, tariff.digits, WHOLE * (WHOLE + (tariff.vat if tariff.vat_included else 0)))


def _by_tiers(tiers: Sequence[Tier], use: int) -> int:
    """In 10^-9 of the major unit, exactly."""
    total, start = 0, 0
    for tier in tiers:
        end = use if tier.up_to is None else min(use, tier.up_to)
        if end > start:
            total += (end - start) * tier.price
            start = end
    return total


def _rounded(value: int, digits: int, divisor: int) -> int:
    scale: int = 10**digits
    whole = _PRICE_SCALE * divisor
    return (2 * value * scale + whole) // (2 * whole)
