"""Where every credit is: in a meter, on a card, on a dead card, owed, or undone.

The meter is the judge (design, section 6): it takes each purchase count once, from a card whose issue number it obeys.
"""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from common.account.cards import CardStanding, CardState
from common.account.facts import AccountFacts, seen_as, undone_jobs
from common.account.job import Job, JobState
from common.account.meters import MeterEvidence, transfers_beside_the_line
from common.card.image import ReturnStatus
from common.entries import Purpose
from common.entries.office import MakeupOwed
from common.units import CreditUnit


class Where(StrEnum):
    """Where a credit that was written is now."""

    METER = "meter"
    CARD = "card"
    DEAD_CARD = "dead_card"
    OWED = "owed"
    REVERSED = "reversed"
    NOWHERE = "nowhere"
    """A meter's credit was moved once more after it had moved already: no meter took this one, and none will."""


class Placed(Struct, frozen=True, kw_only=True):
    """A written credit and where it is.

    Attributes:
        root: the job that a make-up, or a make-up of a make-up, goes back to; else the job itself.
        claimable: the meter got neither it nor the credit that it made up, and no money was given back for it, so
            somebody paid for light and has none yet.
    """

    job: Job
    root: str
    where: Where
    claimable: bool


class Owed(Struct, frozen=True, kw_only=True):
    """Credit to be made up.

    Attributes:
        credit: in the unit.
        decision: the key of the office's decision; null when return data proves that the meter refused it.
    """

    for_job: str
    credit: int
    unit: CreditUnit
    decision: str | None


class Ledger(Struct, frozen=True, kw_only=True):
    """The credits of an account and what is proved about them.

    Attributes:
        written: jobs that wrote a card, in card order.
        taken: ids of those whose credit, or order to clear, a meter took.
        undone: ids of those that were reversed, or given back in money.
        elsewhere: ids of those that moved a meter's credit that moves, or moved, with another job.
        meter: the meter on the wall now; "" before the account is opened.
    """

    written: list[Job]
    taken: set[str]
    undone: set[str]
    elsewhere: set[str]
    meter: str
    evidence: Mapping[str, MeterEvidence]


def ledger(facts: AccountFacts, line: list[str], known: Mapping[str, MeterEvidence]) -> Ledger:
    """Sort out which credits the meters took."""
    jobs = sorted(facts.jobs.values(), key=_card_order)
    written = [job for job in jobs if job.state is JobState.WRITTEN]
    undone = undone_jobs(facts)
    taken = _taken(facts, written, undone, known)
    return Ledger(
        written=written,
        taken=taken,
        undone=undone,
        elsewhere=_elsewhere(facts, taken),
        meter=line[-1] if line else "",
        evidence=known,
    )


def owed(facts: AccountFacts, book: Ledger) -> list[Owed]:
    """Credits that no meter can take any more, by evidence or by the office's decision, and that nobody made good."""
    made_good = {job.for_job for job in book.written if job.purpose is Purpose.MAKEUP}
    owing = (made for _, made in sorted(facts.decisions.items(), reverse=True) if isinstance(made, MakeupOwed))
    decided = {made.for_job: made.key for made in owing}
    found: list[Owed] = []
    for job in book.written:
        if not job.credit or job.job in made_good or not _claimable(book, job, _original(facts, job)):
            continue
        if _lost(facts, book, job):
            found.append(Owed(for_job=job.job, credit=job.credit, unit=job.unit, decision=None))
        elif job.job in decided:
            found.append(Owed(for_job=job.job, credit=job.credit, unit=job.unit, decision=decided[job.job]))
    return found


def place(facts: AccountFacts, book: Ledger, owed_jobs: set[str], held: Mapping[str, CardStanding]) -> list[Placed]:
    """Every written credit and where it is."""
    placed: list[Placed] = []
    for job in book.written:
        if not job.credit:
            continue
        root = _original(facts, job)
        where = _where(facts, book, job, owed_jobs, held)
        placed.append(Placed(job=job, root=root, where=where, claimable=_claimable(book, job, root)))
    return placed


def refused_by_meter(facts: AccountFacts, job: Job) -> bool:
    """Whether return data proves that the meter refused this very credit for its count."""
    return seen_as(facts, job, ReturnStatus.REFUSED_COUNT) is not None and not _done(facts, job)


def stranded(facts: AccountFacts, job: Job) -> bool:
    """Whether return data proves that the meter can never take this credit: it obeyed a newer card before it got it."""
    return any(
        seen.meter == job.meter and seen.issue > job.issue and seen.count < job.count
        for seen in facts.sightings.values()
    )


def _claimable(book: Ledger, job: Job, root: str) -> bool:
    return job.job not in book.taken | book.undone | book.elsewhere and root not in book.taken | book.elsewhere


def _card_order(job: Job) -> tuple[object, ...]:
    return (job.issue, job.count, *job.order)


def _lost(facts: AccountFacts, book: Ledger, job: Job) -> bool:
    # A count that the meter has reached with another credit it never takes again; nor does a meter that is gone, or was
    # read for good because it goes.
    known = book.evidence.get(job.meter)
    never = known is not None and (job.count <= known.count or known.reading is not None)
    return job.meter != book.meter or never or refused_by_meter(facts, job) or stranded(facts, job)


def _where(facts: AccountFacts, book: Ledger, job: Job, owed_jobs: set[str], held: Mapping[str, CardStanding]) -> Where:
    if job.job in book.taken:
        return Where.METER
    if job.job in book.undone:
        return Where.REVERSED
    if job.job in owed_jobs:
        return Where.OWED
    card = held.get(job.card)
    live = card is not None and card.state is CardState.ACTIVE and job.count == card.count and job.meter == book.meter
    if live and not refused_by_meter(facts, job):
        return Where.CARD
    return Where.NOWHERE if job.job in book.elsewhere else Where.DEAD_CARD


def _done(facts: AccountFacts, job: Job) -> bool:
    """Whether the card itself brought the proof that its meter did what this job asks."""
    status = ReturnStatus.CLEARED if job.purpose is Purpose.CLEAR else ReturnStatus.LOADED
    return seen_as(facts, job, status) is not None


def _taken(facts: AccountFacts, written: list[Job], undone: set[str], known: Mapping[str, MeterEvidence]) -> set[str]:
    """The jobs that a meter took: one for each count that it has reached.

    Return data on the job's own card is proof either way. Where none was seen, a count that the meter has reached was
    taken from the job that alone carried it; of several, from the card that came first. What was reversed was taken
    only if nothing else carried its count.
    """
    rivals: dict[tuple[str, int], list[Job]] = {}
    for job in written:
        if job.credit or job.purpose is Purpose.CLEAR:
            rivals.setdefault((job.meter, job.count), []).append(job)
    taken: set[str] = set()
    for (meter, count), claimants in rivals.items():
        standing = [job for job in claimants if job.job not in undone] or claimants
        standing = _one_a_card(standing)
        proven = [job for job in standing if _done(facts, job)]
        taken.update(job.job for job in proven)
        reached = meter in known and count <= known[meter].count
        if reached and not proven:
            possible = [job for job in standing if not refused_by_meter(facts, job) and not stranded(facts, job)]
            taken.update(job.job for job in possible[:1])
    return taken


def _one_a_card(rivals: list[Job]) -> list[Job]:
    """A card that two jobs wrote with one count (a copy, or a write that was torn out) brings one to the meter: the
    later, as far as anybody can tell."""
    last = {job.card: job for job in sorted(rivals, key=lambda job: job.order)}
    return [job for job in rivals if last[job.card] is job]


def _elsewhere(facts: AccountFacts, taken: set[str]) -> set[str]:
    """A meter's credit moves once: with the first transfer, or with another that a meter took in its place."""
    beside = {job.job: job for job in transfers_beside_the_line(facts) if job.credit}
    moved_beside = {job.from_meter for job in beside.values() if job.job in taken}
    moves = [job for job in facts.jobs.values() if job.purpose is Purpose.TRANSFER and job.credit]
    return {job.job for job in moves if job.job not in taken and (job.job in beside or job.from_meter in moved_beside)}


def _original(facts: AccountFacts, job: Job) -> str:
    """The credit that a make-up, or a make-up of a make-up, goes back to."""
    walked = {job.job}
    while job.purpose is Purpose.MAKEUP and job.for_job in facts.jobs and job.for_job not in walked:
        job = facts.jobs[job.for_job]
        walked.add(job.job)
    return job.job
