"""The recent segment and history of an account (最新数据段, 历史数据): reading costs the same after twenty years.

A plain vend that the meter is proved to have taken, a purchase ago, can change nothing any more unless an entry
arrives that is about it. Such vends are moved out of the facts into an archive, and a summary of them stays. How an
account stands by its recent facts is how it stands by all of them; only the list of credits is shorter.

When an entry arrives that may be about history (`touches_history`), the whole is put together again (`unseal`), folded
and sealed afresh. What is sealed is therefore a function of the set of entries, whatever order they came in.
"""

from collections import Counter

import msgspec
from msgspec import Struct

from common.account.facts import AccountFacts, History, Job, JobState, sighting_key
from common.account.purchases import latest, purchase_of
from common.card.image import ReturnData, ReturnStatus
from common.entries import CardSeen, Completed, Entry, Purpose, VendStarted, Voided
from common.units import LARGEST

RECENT, BLOCK = 1, 2
"""Purchases behind the meter's count that stay in the facts, and how many leave together. What is sealed is opened
again when an entry asks for it, so this is a matter of speed only."""


class Archived(Struct, frozen=True, kw_only=True):
    """A vend of history, and what the meter wrote when it took it; null for one that was voided."""

    job: Job
    seen: ReturnData | None


def touches_history(facts: AccountFacts, entry: Entry) -> bool:
    """Whether folding this entry may concern what was sealed. When in doubt, yes."""
    if facts.history is None:
        return False
    top, body = facts.history.top, entry.body
    match body:
        case VendStarted():
            return body.image.count <= top or (body.seen is not None and body.seen.card_count <= top)
        case CardSeen():
            return body.seen.card_count <= top
        case Completed() | Voided():
            return body.job not in facts.jobs
        case _:
            return True


def seal(facts: AccountFacts) -> tuple[AccountFacts, list[Archived]]:
    """The recent facts, and what is to be added to the archive."""
    leaving = _settled(facts)
    if not leaving:
        return facts, []
    archived = [Archived(job=job, seen=facts.sightings.get(_key(job))) for job in leaving]
    gone = {job.job for job in leaving}
    seen = {_key(job) for job in leaving if job.state is JobState.WRITTEN}
    recent = msgspec.structs.replace(
        facts,
        jobs={name: job for name, job in facts.jobs.items() if name not in gone},
        sightings={key: found for key, found in facts.sightings.items() if key not in seen},
        history=_add(facts.history or History(), leaving),
    )
    return recent, archived


def unseal(facts: AccountFacts, archived: list[Archived]) -> AccountFacts:
    """All the facts again, from the recent ones and the whole archive."""
    return msgspec.structs.replace(
        facts,
        jobs=facts.jobs | {old.job.job: old.job for old in archived},
        sightings=facts.sightings | {_key(old.job): old.seen for old in archived if old.seen is not None},
        history=None,
    )


def _settled(facts: AccountFacts) -> list[Job]:
    """Vends that can leave: voided ones, and those taken beyond doubt that nothing else refers to."""
    reached = max((seen.count for seen in facts.sightings.values() if _of_meter(facts, seen)), default=0)
    last = (min(reached, _first_unsettled(facts) - 1) - RECENT) // BLOCK * BLOCK
    old = [job for job in facts.jobs.values() if job.purpose is Purpose.VEND and job.count <= last]
    if not old:
        return []
    claimants = Counter(job.count for job in facts.jobs.values() if job.energy and job.state is not JobState.VOIDED)
    referred = {job.for_job for job in facts.jobs.values()}
    for made in facts.decisions.values():
        referred.update({getattr(made, "for_job", ""), getattr(made, "subject", "")})
    known = _known_counts(facts)
    return [
        job
        for job in old
        if job.job not in referred and (job.state is JobState.VOIDED or _plain(facts, job, claimants, known))
    ]


def _first_unsettled(facts: AccountFacts) -> int:
    """The lowest count of a credit that is neither proved taken nor made up: what proves its fate must stay."""
    made_good = {job.for_job for job in facts.jobs.values() if job.state is JobState.WRITTEN}
    counts = (
        job.count
        for job in facts.jobs.values()
        if job.energy and job.state is not JobState.VOIDED and job.job not in made_good and not _loaded(facts, job)
    )
    return min(counts, default=LARGEST)


def _loaded(facts: AccountFacts, job: Job) -> bool:
    seen = facts.sightings.get(_key(job))
    return seen is not None and seen.status is ReturnStatus.LOADED


def _plain(facts: AccountFacts, job: Job, claimants: Counter[int], known: list[tuple[int, int]]) -> bool:
    seen = facts.sightings.get(_key(job))
    return (
        job.state is JobState.WRITTEN
        and seen is not None
        and seen.status is ReturnStatus.LOADED
        and _of_meter(facts, seen)
        and claimants[job.count] == 1
        and not any(job.issue < issue and job.count > count for issue, count in known)
    )


def _known_counts(facts: AccountFacts) -> list[tuple[int, int]]:
    """Of each replacement, its card's issue number and the highest count that its till knew of."""
    return [(job.issue, job.known_count) for job in facts.jobs.values() if job.purpose is Purpose.REPLACEMENT]


def _of_meter(facts: AccountFacts, seen: ReturnData) -> bool:
    return facts.opened is not None and seen.meter == facts.opened.body.meter


def _key(job: Job) -> str:
    return sighting_key(job.card, job.count)


def _add(history: History, leaving: list[Job]) -> History:
    written = [job for job in leaving if job.state is JobState.WRITTEN]
    years, cards = dict(history.years), dict(history.cards)
    for job in written:
        years[str(job.year)] = years.get(str(job.year), 0) + job.energy
        cards[job.card] = max(job.count, cards.get(job.card, 0))
    return History(
        top=max(history.top, *(job.count for job in leaving)),
        vends=history.vends + len(written),
        energy=history.energy + sum(job.energy for job in written),
        money=history.money + sum(job.amount for job in written),
        years=years,
        cards=cards,
        latest=latest([*history.latest, *(purchase_of(job) for job in written)]),
    )
