"""What electricity costs: tariffs, quotes, arrears."""

from common.tariff.arrears import Debt, Recovered
from common.tariff.model import (
    WHOLE,
    BadTariff,
    Fees,
    NoTariff,
    Surcharge,
    Tariff,
    Tier,
    check_tariff,
    in_force,
    tariff_year,
)
from common.tariff.quote import (
    VALID_FOR,
    BadQuantity,
    LineKind,
    Quote,
    QuoteLine,
    UnknownClass,
    energy_price,
    quote_credit,
    quote_energy,
    quote_money,
    quote_still_valid,
)

__all__ = [
    "VALID_FOR",
    "WHOLE",
    "BadQuantity",
    "BadTariff",
    "Debt",
    "Fees",
    "LineKind",
    "NoTariff",
    "Quote",
    "QuoteLine",
    "Recovered",
    "Surcharge",
    "Tariff",
    "Tier",
    "UnknownClass",
    "check_tariff",
    "energy_price",
    "in_force",
    "quote_credit",
    "quote_energy",
    "quote_money",
    "quote_still_valid",
    "tariff_year",
]
