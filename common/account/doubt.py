"""A job that started and did not end: whether its write happened is read from the card itself (design, section 4).

The card's purchase count alone does not say: while this till was down another one may have written the same count. The
job mark does, on the card or, when the card has gone on since, in what the next job found there.
"""

from enum import StrEnum

from common.account.facts import AccountFacts
from common.account.job import Job, JobState
from common.card.image import CardImage, job_mark
from common.entries import Purpose


class Verdict(StrEnum):
    """What the card says of a job in doubt."""

    WRITTEN = "written"
    NOT_WRITTEN = "not_written"
    OPEN = "open"
    """Another till has written the card since, and its entries have not come here yet."""


def judge_doubt(facts: AccountFacts, job: Job, image: CardImage | None) -> Verdict:
    """What this card says of the job; `facts` are of the job's account."""
    if job.purpose is Purpose.WIPE:
        # Blank, or given out since: only a blank card is.
        wiped = image is None or image.account != job.account or image.issue != job.issue
        return Verdict.WRITTEN if wiped else Verdict.NOT_WRITTEN
    if image is None or image.account != job.account:
        # A card that was blank is blank still, or was given to somebody else; another was wiped by somebody.
        return Verdict.NOT_WRITTEN if job.before is None else _by_successor(facts, job)
    if image.count == job.count and image.meter == job.meter:
        return _by_mark(job, image.job_mark)
    if image.count == job.before and image.job_mark == job.before_mark:
        return Verdict.NOT_WRITTEN
    return _by_successor(facts, job)


def _by_successor(facts: AccountFacts, job: Job) -> Verdict:
    """What the job found on the card that wrote it next."""
    found = {
        verdict
        for other in facts.jobs.values()
        if other.card == job.card and other.job != job.job
        if (verdict := _as_found(job, other)) is not None
    }
    return found.pop() if len(found) == 1 else Verdict.OPEN


def _as_found(job: Job, other: Job) -> Verdict | None:
    same_found = other.before == job.before and other.before_mark == job.before_mark != 0
    if same_found and other.state is JobState.WRITTEN:
        # Of two that found the same, one wrote it over: a write never leaves a mark that stood there before.
        return Verdict.NOT_WRITTEN
    if other.before != job.count:
        return None
    mark = _by_mark(job, other.before_mark)
    # A reversal goes back to a count that an earlier job found too.
    return None if job.purpose is Purpose.REVERSAL and mark is Verdict.NOT_WRITTEN else mark


def _by_mark(job: Job, mark: int) -> Verdict:
    """A layout without marks leaves it at 0: then the count is all that there is."""
    return Verdict.WRITTEN if mark in (0, job_mark(job.job)) else Verdict.NOT_WRITTEN
