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
    BadQuantity,
    LineKind,
    Quote,
    QuoteLine,
    UnknownClass,
    quote_credit,
    quote_energy,
    quote_money,
    quote_still_valid,
)

__all__ = [
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
    "in_force",
    "quote_credit",
    "quote_energy",
    "quote_money",
    "quote_still_valid",
    "tariff_year",
]
