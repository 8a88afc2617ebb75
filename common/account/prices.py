"""Whether a vend cost what the tariff in force said."""

from collections.abc import Sequence
from datetime import datetime

from common.account.job import Job
from common.tariff import VALID_FOR, NoTariff, Tariff, UnknownClass, energy_price, in_force


def overcharge(job: Job, tariffs: Sequence[Tariff]) -> int:
    """Minor units that a vend cost above the price in force when it was quoted, after the use that its till counted;
    negative: below; 0 where no tariff says, or the job is no vend."""
    if job.priced is None or not job.energy:
        return 0
    try:
        right = in_force(tariffs, quoted_at(job))
        if right.tariff == job.priced.tariff:
            return 0
        return job.cost - energy_price(right, job.priced.tariff_class, job.priced.used, job.energy)
    except (NoTariff, UnknownClass):
        return 0


def quoted_at(job: Job) -> datetime:
    """When a vend was quoted, by its till's clock. A quote is not older than it may be, whatever it says."""
    at = job.at if job.priced is None else job.priced.at
    return at if at.tzinfo is not None and abs(job.at - at) <= VALID_FOR else job.at
