"""What electricity costs: tariffs and quotes."""

from common.tariff.model import BadTariff, NoTariff, Tariff, Tier, check_tariff, in_force, tariff_year
from common.tariff.quote import (
    BadQuantity,
    Quote,
    QuoteLine,
    UnknownClass,
    quote_energy,
    quote_money,
    quote_still_valid,
)

__all__ = [
    "BadQuantity",
    "BadTariff",
    "NoTariff",
    "Quote",
    "QuoteLine",
    "Tariff",
    "Tier",
    "UnknownClass",
    "check_tariff",
    "in_force",
    "quote_energy",
    "quote_money",
    "quote_still_valid",
    "tariff_year",
]
