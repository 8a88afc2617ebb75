"""The last purchases of an account, from its recent facts alone: what is shown when a card is put in."""

from collections.abc import Iterable

from common.account.facts import AccountFacts, History, Job, JobState, Purchase
from common.entries import Purpose

SHOWN = 5
"""How many."""


def latest_purchases(facts: AccountFacts) -> list[Purchase]:
    """The last purchases, the latest first, at most SHOWN."""
    sealed = (facts.history or History()).latest
    return latest([*sealed, *(purchase_of(job) for job in facts.jobs.values() if is_purchase(job))])


def latest(purchases: Iterable[Purchase]) -> list[Purchase]:
    """The last of these, the latest first, at most SHOWN."""
    return sorted(purchases, key=lambda bought: (bought.count, bought.at, bought.job), reverse=True)[:SHOWN]


def is_purchase(job: Job) -> bool:
    """Whether a job is a vend that was completed."""
    return job.purpose is Purpose.VEND and job.state is JobState.WRITTEN


def purchase_of(job: Job) -> Purchase:
    """A completed vend in short."""
    cost = job.amount - sum(job.recovered.values())
    return Purchase(job.count, job.at, job.job, job.energy, job.amount, cost, job.receipt)
