"""The last purchases of an account, from its recent facts alone: what is shown when a card is put in."""

from collections.abc import Iterable, Sequence

from common.account.facts import AccountFacts, History, Purchase, undone_jobs
from common.account.job import Job, JobState
from common.account.meters import meter_line
from common.entries import Purpose

SHOWN = 5
"""How many."""


def latest_purchases(facts: AccountFacts) -> list[Purchase]:
    """The last purchases, the latest first, at most SHOWN."""
    before = [bought for _, sums in sorted(facts.imported.items()) for bought in sums.latest]
    return latest([*before, *(facts.history or History()).latest, *recent_purchases(facts)])


def recent_purchases(facts: AccountFacts) -> list[Purchase]:
    """The purchases that these facts list, in no order. A vend that was undone is none."""
    undone, line = undone_jobs(facts), meter_line(facts)
    return [purchase_of(job, line) for job in facts.jobs.values() if is_purchase(job) and job.job not in undone]


def latest(purchases: Iterable[Purchase]) -> list[Purchase]:
    """The last of these, the latest first, at most SHOWN."""
    return in_order(purchases)[:SHOWN]


def in_order(purchases: Iterable[Purchase]) -> list[Purchase]:
    """The latest first: by the meter that was on the wall and its purchase count, which no wall clock can confuse."""
    return sorted(purchases, key=lambda bought: (bought.place, bought.count, bought.at, bought.job), reverse=True)


def is_purchase(job: Job) -> bool:
    """Whether a job is a vend that was completed."""
    return job.purpose is Purpose.VEND and job.state is JobState.WRITTEN


def purchase_of(job: Job, line: Sequence[str]) -> Purchase:
    """A completed vend in short; `line` are the account's meters (common.account.meters.meter_line)."""
    place = line.index(job.meter) if job.meter in line else -1
    return Purchase(place, job.count, job.at, job.job, job.credit, job.amount, job.cost, job.receipt, job.unit)
