"""The recent segment and history of an account (最新数据段, 历史数据): reading costs the same after twenty years.

A plain vend that the meter is proved to have taken, a purchase ago, can change nothing any more unless an entry
arrives that is about it. Such vends are moved out of the facts into an archive, and a summary of them stays. How an
account stands by its recent facts is how it stands by all of them; only the list of credits is shorter.

When an entry arrives that may be about history (`touches_history`), the whole is put together again (`unseal`), folded
and sealed afresh. What is sealed is therefore a function of the set of entries, whatever order they came in.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct

from common.account.facts import AccountFacts, History, MeterHistory, seen_as, sighting_key
from common.account.job import Job, JobState
from common.account.meters import evidence, meter_line
from common.account.prices import overcharge
from common.account.purchases import latest, purchase_of
from common.card.image import ReturnData, ReturnStatus
from common.entries import (
    AccountAmended,
    ArrearsEntered,
    ArrearsPaid,
    CardSeen,
    Completed,
    Entry,
    Purpose,
    ReceiptVoided,
    RefundPaid,
    VendStarted,
    Voided,
)
from common.tariff import Tariff
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
    meters, body = facts.history.meters, entry.body
    match body:
        case VendStarted():
            sealed = meters.get(body.image.meter, MeterHistory()).top
            # Until it is known to be taken it is the first unsettled credit, and nothing may have left above its end.
            return sealed > _end(body.image.count - 1) or (body.seen is not None and _is_sealed(meters, body.seen))
        case CardSeen():
            return _is_sealed(meters, body.seen)
        case Completed() | Voided():
            return body.job not in facts.jobs
        case RefundPaid():
            return bool(body.for_job) and body.for_job not in facts.jobs
        case AccountAmended() | ArrearsEntered() | ArrearsPaid() | ReceiptVoided():
            return False
        case _:
            return True


def concerns_history(facts: AccountFacts, seen: ReturnData) -> bool:
    """Whether return data may be about a vend that was sealed."""
    return facts.history is not None and _is_sealed(facts.history.meters, seen)


def _is_sealed(meters: Mapping[str, MeterHistory], seen: ReturnData) -> bool:
    return seen.card_count <= meters.get(seen.meter, MeterHistory()).top


def seal(facts: AccountFacts, tariffs: Sequence[Tariff] = ()) -> tuple[AccountFacts, list[Archived]]:
    """The recent facts, and what is to be added to the archive. A vend whose price was not that of these tariffs
    stays; when another tariff is published that was in force before, what is sealed has to be opened for it."""
    return _without(facts, _settled(facts, tariffs))


def _without(facts: AccountFacts, leaving: list[Job]) -> tuple[AccountFacts, list[Archived]]:
    if not leaving:
        return facts, []
    archived = [Archived(job=job, seen=seen_as(facts, job, ReturnStatus.LOADED)) for job in leaving]
    gone = {job.job for job in leaving}
    seen = {_key(job) for job in leaving if job.state is JobState.WRITTEN}
    recent = msgspec.structs.replace(
        facts,
        jobs={name: job for name, job in facts.jobs.items() if name not in gone},
        sightings={key: found for key, found in facts.sightings.items() if key not in seen},
        history=_add(facts.history or History(), leaving, meter_line(facts)),
    )
    return recent, archived


def seal_plain(facts: AccountFacts) -> tuple[AccountFacts, list[Archived]]:
    """What `seal` gives for a plain account (common.account.plain), sooner: nothing of it is voided, overcharged,
    claimed twice or referred to, and all is for one card and meter."""
    return _without(facts, _settled_plainly(facts))


def unseal(facts: AccountFacts, archived: list[Archived]) -> AccountFacts:
    """All the facts again, from the recent ones and the whole archive."""
    return msgspec.structs.replace(
        facts,
        jobs=facts.jobs | {old.job.job: old.job for old in archived},
        sightings=facts.sightings | {_key(old.job): old.seen for old in archived if old.seen is not None},
        history=None,
    )


def _settled(facts: AccountFacts, tariffs: Sequence[Tariff]) -> list[Job]:
    """Vends that can leave: voided ones, and those taken beyond doubt that nothing else refers to. None leaves a closed
    account: what the closing till did not know of must stay."""
    if facts.frozen is not None:
        return []
    vends = [job for job in facts.jobs.values() if job.purpose is Purpose.VEND]
    if not vends or min(job.count for job in vends) > _highest_end(facts):
        return []
    ends = _ends(facts)
    old = [job for job in vends if job.count <= ends.get(job.meter, 0)]
    if not old:
        return []
    claimants = Counter((job.meter, job.count) for job in facts.jobs.values() if _claims(job))
    referred = {job.for_job for job in facts.jobs.values()} | {found.for_job for found in facts.refunds.values()}
    for made in (*facts.decisions.values(), *facts.decided.values()):
        referred.update({getattr(made, "for_job", ""), getattr(made, "subject", "")})
    known = _known_counts(facts)
    return [
        job
        for job in old
        if job.job not in referred
        and (job.state is JobState.VOIDED or (_plain(facts, job, claimants, known) and not overcharge(job, tariffs)))
    ]


def _settled_plainly(facts: AccountFacts) -> list[Job]:
    top = max((seen.count for seen in facts.sightings.values()), default=0)
    vends = [job for job in facts.jobs.values() if job.purpose is Purpose.VEND]
    if min((job.count for job in vends), default=LARGEST) > _end(top):
        return []
    loaded = {job.job for job in vends if job.credit > 0 and _key(job) in facts.sightings}
    unsettled = min((job.count for job in vends if job.credit > 0 and job.job not in loaded), default=LARGEST)
    end = _end(min(top, unsettled - 1))
    return [job for job in vends if job.count <= end and job.job in loaded]


def _ends(facts: AccountFacts) -> dict[str, int]:
    """By meter, the purchase count up to which vends may leave."""
    line = meter_line(facts)
    unsettled = _first_unsettled(facts)
    return {
        meter: _end(min(known.count, unsettled.get(meter, LARGEST) - 1))
        for meter, known in evidence(facts).items()
        if meter in line
    }


def _highest_end(facts: AccountFacts) -> int:
    """No meter's end is beyond this; it costs little to ask."""
    known = [seen.count for seen in facts.sightings.values()] + [read.count for read in facts.readings.values()]
    return _end(max(known, default=0))


def _end(count: int) -> int:
    """The purchase count up to which vends may leave when all up to `count` are settled."""
    return (count - RECENT) // BLOCK * BLOCK


def _claims(job: Job) -> bool:
    return (job.credit > 0 or job.purpose is Purpose.CLEAR) and job.state is not JobState.VOIDED


def _first_unsettled(facts: AccountFacts) -> dict[str, int]:
    """By meter, the lowest count of a credit that is neither proved taken nor made up: what proves its fate must
    stay."""
    made_good = {job.for_job for job in facts.jobs.values() if job.state is JobState.WRITTEN}
    first: dict[str, int] = {}
    for job in facts.jobs.values():
        if _claims(job) and job.job not in made_good and not _loaded(facts, job):
            first[job.meter] = min(job.count, first.get(job.meter, LARGEST))
    return first


def _loaded(facts: AccountFacts, job: Job) -> bool:
    status = ReturnStatus.CLEARED if job.purpose is Purpose.CLEAR else ReturnStatus.LOADED
    return seen_as(facts, job, status) is not None


def _plain(
    facts: AccountFacts, job: Job, claimants: Counter[tuple[str, int]], known: list[tuple[str, int, int]]
) -> bool:
    return (
        job.state is JobState.WRITTEN
        and _loaded(facts, job)
        and claimants[job.meter, job.count] == 1
        and not any(job.meter == meter and job.issue < issue and job.count > count for meter, issue, count in known)
    )


def _known_counts(facts: AccountFacts) -> list[tuple[str, int, int]]:
    """Of each replacement, its meter, its card's issue number, and the highest count that its till knew of."""
    return [
        (job.meter, job.issue, job.known_count) for job in facts.jobs.values() if job.purpose is Purpose.REPLACEMENT
    ]


def _key(job: Job) -> str:
    return sighting_key(job.card, job.meter, job.count, ReturnStatus.LOADED)


def _add(history: History, leaving: list[Job], line: list[str]) -> History:
    vends = energy = credit = money = 0
    years, meters, cards = dict(history.years), dict(history.meters), dict(history.cards)
    recovered, bought = dict(history.recovered), list(history.latest)
    for job in leaving:
        before = meters.get(job.meter, _NOTHING)
        if job.state is not JobState.WRITTEN:
            meters[job.meter] = MeterHistory(max(job.count, before.top), before.credit)
            continue
        meters[job.meter] = MeterHistory(max(job.count, before.top), before.credit + job.credit)
        vends, energy, credit, money = vends + 1, energy + job.energy, credit + job.credit, money + job.amount
        years[str(job.year)] = years.get(str(job.year), 0) + job.energy
        name = f"{job.card}:{job.meter}"
        cards[name] = max(job.count, cards.get(name, 0))
        for arrears, amount in job.recovered.items():
            recovered[arrears] = recovered.get(arrears, 0) + amount
        bought.append(purchase_of(job, line))
    return History(
        vends=history.vends + vends,
        energy=history.energy + energy,
        money_credit=history.money_credit + credit - energy,
        money=history.money + money,
        years=years,
        meters=meters,
        cards=cards,
        recovered=recovered,
        latest=latest(bought),
    )


_NOTHING = MeterHistory()
"""Of a meter of which nothing was sealed."""
