"""A job that started and did not end: whether its write happened is read from the card itself (design, section 4).

The card's purchase count alone does not say: while this till was down another one may have written the same count. The
job mark does, on the card or, when the card has gone on since, in what the next job found there.
"""

from enum import StrEnum

from common.account.facts import AccountFacts, Job
from common.card.image import CardImage, job_mark


class Verdict(StrEnum):
    """What the card says of a job in doubt."""

    WRITTEN = "written"
    NOT_WRITTEN = "not_written"
    OPEN = "open"
    """Another till has written the card since, and its entries have not come here yet."""


def judge_doubt(facts: AccountFacts, job: Job, image: CardImage | None) -> Verdict:
    """What this card says of the job; `facts` are of the job's account."""
    if image is None or image.account != job.account:
        # A card that was blank is blank still, or was given to somebody else.
        return Verdict.NOT_WRITTEN if job.before is None else Verdict.OPEN
    if image.count == job.count:
        return _by_mark(job, image.job_mark)
    if image.count == job.before:
        return Verdict.NOT_WRITTEN
    if image.count > job.count:
        return _by_successor(facts, job)
    return Verdict.OPEN


def _by_successor(facts: AccountFacts, job: Job) -> Verdict:
    found = {
        _by_mark(job, other.before_mark)
        for other in facts.jobs.values()
        if other.card == job.card and other.before == job.count and other.job != job.job
    }
    return found.pop() if len(found) == 1 else Verdict.OPEN


def _by_mark(job: Job, mark: int) -> Verdict:
    """A layout without marks leaves it at 0: then the count is all that there is."""
    return Verdict.WRITTEN if mark in (0, job_mark(job.job)) else Verdict.NOT_WRITTEN
