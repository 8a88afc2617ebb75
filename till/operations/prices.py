"""The prices in force at this till."""

from datetime import datetime
from zoneinfo import ZoneInfo

from common.tariff import Fees, NoTariff, Tariff, in_force, tariff_year
from till.operations.desk import Desk
from till.operations.refusals import NoTariffYet


def tariff_now(desk: Desk, now: datetime) -> Tariff:
    """The tariff version in force.

    Raises:
        NoTariffYet: none is.
    """
    try:
        return in_force(desk.store.tariffs(), now)
    except NoTariff as error:
        raise NoTariffYet(now) from error


def year_now(desk: Desk, now: datetime) -> int:
    """The tariff year by the utility's clock.

    Raises:
        NoTariffYet: the office has not said who the utility is.
    """
    utility = desk.store.utility()
    if utility is None:
        raise NoTariffYet(now)
    return tariff_year(now, ZoneInfo(utility.zone))


def fees_now(desk: Desk) -> Fees:
    """What cards cost. Nothing where no tariff is in force: a card may be replaced all the same."""
    try:
        return tariff_now(desk, desk.now()).fees
    except NoTariffYet:
        return Fees()
