"""What credit was worth: the price that was paid for it."""

from common.entries import Purpose
from common.resolution.rule import Matter
from common.units import LARGEST


def worth(matter: Matter, root: str, credit: int) -> int:
    """Minor units for credit that goes back to a job, rounded down; 0 where that was no purchase. Never more than an
    entry can say, whatever a till wrote."""
    job = matter.facts.jobs.get(root)
    if job is None or job.purpose is not Purpose.VEND or not job.credit:
        return 0
    return min(LARGEST, max(0, job.cost * credit // job.credit))
