"""How an account stands, read from its facts: its cards, where every credit is, what is owed, whether the books hold.

The meter is the judge (design, section 6): it takes each purchase count once, from a card whose issue number it obeys.
"""

from enum import StrEnum

from msgspec import Struct

from common.account.facts import AccountFacts, History, Job, JobState, sighting_key
from common.card.image import ReturnData, ReturnStatus
from common.clock import Hlc
from common.entries import Purpose
from common.entries.office import CardBlocked, MakeupOwed


class CardState(StrEnum):
    """Whether a card may be written."""

    ACTIVE = "active"
    SUPERSEDED = "superseded"
    BLOCKED = "blocked"


class CardStanding(Struct, frozen=True, kw_only=True):
    """A card of the account.

    Attributes:
        count: the purchase count that it should carry: that of the last job known to have written it.
        given_by: the job that issued it.
        replaced_by: the job that superseded it, if any.
    """

    serial: str
    issue: int
    state: CardState
    count: int
    given_by: Job
    replaced_by: Job | None = None


class Where(StrEnum):
    """Where a credit that was written is now."""

    METER = "meter"
    CARD = "card"
    DEAD_CARD = "dead_card"
    OWED = "owed"


class Placed(Struct, frozen=True, kw_only=True):
    """A written credit and where it is.

    Attributes:
        claimable: the meter got neither it nor the credit that it made up, so somebody paid for light and has none yet.
    """

    job: Job
    where: Where
    claimable: bool


class Owed(Struct, frozen=True, kw_only=True):
    """Credit to be made up.

    Attributes:
        decision: the key of the office's decision; null when return data proves that the meter refused it.
    """

    for_job: str
    energy: int
    decision: str | None


class Books(Struct, frozen=True, kw_only=True):
    """Energy in watt-hours. `sold + made_up = taken + on_cards + on_dead_cards + owed`, by where each credit is.

    Attributes:
        on_dead_cards: on cards that the meter will not take any more: made up since, or for nobody to claim.
        meter_says: what the meter itself says that it ever took (credit left plus use), by its last return data.
        meter_should_say: what by the entries it had taken then. The two are equal, or a person is asked why not.
    """

    sold: int
    made_up: int
    taken: int
    on_cards: int
    on_dead_cards: int
    owed: int
    money: int
    meter_says: int | None
    meter_should_say: int

    @property
    def conserved(self) -> bool:
        """Whether nothing was lost and nothing came from nowhere."""
        placed = self.taken + self.on_cards + self.on_dead_cards + self.owed
        agrees = self.meter_says is None or self.meter_says == self.meter_should_say
        return self.sold + self.made_up == placed and agrees


class Standing(Struct, frozen=True, kw_only=True):
    """How an account stands.

    Attributes:
        credits: every credit but those of history.
        active: the serial of the card to use; null before the first issue.
        meter_count: the highest purchase count that return data proves the meter to have reached.
        last_count: the highest purchase count ever written on a card of the account.
        heard_from_active: whether the active card has brought return data: then `meter_count` is the meter's own.
    """

    account: str
    cards: dict[str, CardStanding]
    active: str | None
    meter_count: int
    last_count: int
    heard_from_active: bool
    credits: list[Placed]
    owed: list[Owed]
    in_doubt: list[Job]
    books: Books


def standing(facts: AccountFacts) -> Standing:
    """How the account stands by these facts."""
    jobs = sorted(facts.jobs.values(), key=_card_order)
    written = [job for job in jobs if job.state is JobState.WRITTEN]
    history = facts.history or History()
    cards = _cards(facts, written, history)
    active = next((card.serial for card in cards.values() if card.replaced_by is None), None)
    meter = _meter_sightings(facts)
    meter_count = max((seen.count for seen in meter.values()), default=0)
    taken = _taken(facts, written, meter_count)
    owed = _owed(facts, written, taken, meter_count)
    placed = _place(facts, written, taken, {debt.for_job for debt in owed}, cards)
    return Standing(
        account=facts.account,
        cards=cards,
        active=active,
        meter_count=meter_count,
        last_count=max([*history.cards.values(), *(job.count for job in written)], default=0),
        heard_from_active=active is not None
        and (active in history.cards or any(key.startswith(f"{active}:") for key in meter)),
        credits=placed,
        owed=owed,
        in_doubt=[job for job in jobs if job.state is JobState.DOUBT],
        books=_books(placed, meter, history),
    )


def year_energy(facts: AccountFacts, year: int) -> int:
    """Watt-hours bought in a tariff year: what the tiers of the next purchase start from."""
    sealed = 0 if facts.history is None else facts.history.years.get(str(year), 0)
    return sealed + sum(
        job.energy
        for job in facts.jobs.values()
        if job.purpose is Purpose.VEND and job.state is JobState.WRITTEN and job.year == year
    )


def refused_by_meter(facts: AccountFacts, job: Job) -> bool:
    """Whether return data proves that the meter refused this very credit for its count."""
    seen = facts.sightings.get(sighting_key(job.card, job.count))
    return seen is not None and seen.status is ReturnStatus.REFUSED_COUNT


def stranded(facts: AccountFacts, job: Job) -> bool:
    """Whether return data proves that the meter can never take this credit: it obeyed a newer card before it got it."""
    return any(seen.issue > job.issue and seen.count < job.count for seen in _meter_sightings(facts).values())


def _card_order(job: Job) -> tuple[int, int, Hlc, str, int, int]:
    return (job.issue, job.count, *job.order)


def _cards(facts: AccountFacts, written: list[Job], history: History) -> dict[str, CardStanding]:
    """The account's cards, the active one last: the highest issue number; of equals the one that the meter accepted,
    else the later one."""
    givers = [job for job in written if job.purpose in (Purpose.ISSUE, Purpose.REPLACEMENT)]
    givers.sort(key=lambda job: (job.issue, _meter_accepted(facts, job), *job.order))
    blocked = {made.card for made in facts.decisions.values() if isinstance(made, CardBlocked)}
    counts = dict(history.cards)
    for job in written:
        counts[job.card] = max(job.count, counts.get(job.card, 0))
    cards: dict[str, CardStanding] = {}
    for place, giver in enumerate(givers):
        last = place == len(givers) - 1
        state = CardState.ACTIVE if last else CardState.SUPERSEDED
        cards[giver.card] = CardStanding(
            serial=giver.card,
            issue=giver.issue,
            state=CardState.BLOCKED if giver.card in blocked else state,
            count=counts[giver.card],
            given_by=giver,
            replaced_by=None if last else givers[-1],
        )
    return cards


def _meter_accepted(facts: AccountFacts, giver: Job) -> bool:
    if facts.history is not None and giver.card in facts.history.cards:
        return True
    return any(seen.issue == giver.issue for key, seen in facts.sightings.items() if key.startswith(f"{giver.card}:"))


def _meter_sightings(facts: AccountFacts) -> dict[str, ReturnData]:
    if facts.opened is None:
        return facts.sightings
    meter = facts.opened.body.meter
    return {key: seen for key, seen in facts.sightings.items() if seen.meter == meter}


def _taken(facts: AccountFacts, written: list[Job], meter_count: int) -> set[str]:
    """The jobs whose credit the meter took: one for each count that it has reached.

    Return data on the credit's own card is proof either way. Where none was seen, a count that the meter has reached
    was taken from the credit that alone carried it; of several, from the card that came first.
    """
    rivals: dict[int, list[Job]] = {}
    for job in written:
        if job.energy:
            rivals.setdefault(job.count, []).append(job)
    taken: set[str] = set()
    for count, claimants in rivals.items():
        unproven: list[Job] = []
        proven = False
        for job in claimants:
            seen = facts.sightings.get(sighting_key(job.card, job.count))
            if seen is None and not stranded(facts, job):
                unproven.append(job)
            elif seen is None:
                continue
            elif seen.status is ReturnStatus.LOADED:
                taken.add(job.job)
                proven = True
        if not proven and unproven and count <= meter_count:
            taken.add(unproven[0].job)
    return taken


def _owed(facts: AccountFacts, written: list[Job], taken: set[str], meter_count: int) -> list[Owed]:
    made_good = {job.for_job for job in written if job.purpose is Purpose.MAKEUP}
    decided = {made.for_job: key for key, made in facts.decisions.items() if isinstance(made, MakeupOwed)}
    owed: list[Owed] = []
    for job in written:
        if not job.energy or job.job in taken or job.job in made_good or _original(facts, job) in taken:
            continue
        # A count that the meter has reached with another credit it never takes again.
        if job.count <= meter_count or refused_by_meter(facts, job) or stranded(facts, job):
            owed.append(Owed(for_job=job.job, energy=job.energy, decision=None))
        elif job.job in decided:
            owed.append(Owed(for_job=job.job, energy=job.energy, decision=decided[job.job]))
    return owed


def _original(facts: AccountFacts, job: Job) -> str:
    """The credit that a make-up, or a make-up of a make-up, goes back to."""
    walked = {job.job}
    while job.for_job and job.for_job in facts.jobs and job.for_job not in walked:
        job = facts.jobs[job.for_job]
        walked.add(job.job)
    return job.job


def _place(
    facts: AccountFacts, written: list[Job], taken: set[str], owed: set[str], cards: dict[str, CardStanding]
) -> list[Placed]:
    placed: list[Placed] = []
    for job in written:
        if not job.energy:
            continue
        card = cards.get(job.card)
        live = card is not None and card.state is CardState.ACTIVE and job.count == card.count
        if job.job in taken:
            where = Where.METER
        elif job.job in owed:
            where = Where.OWED
        elif live and not refused_by_meter(facts, job):
            where = Where.CARD
        else:
            where = Where.DEAD_CARD
        claimable = job.job not in taken and _original(facts, job) not in taken
        placed.append(Placed(job=job, where=where, claimable=claimable))
    return placed


def _books(placed: list[Placed], meter: dict[str, ReturnData], history: History) -> Books:
    at = dict.fromkeys(Where, 0)
    for credit in placed:
        at[credit.where] += credit.job.energy
    last = max(meter.values(), key=lambda seen: (seen.count, seen.use), default=None)
    vends = [credit.job for credit in placed if credit.job.purpose is Purpose.VEND]
    return Books(
        sold=history.energy + sum(job.energy for job in vends),
        made_up=sum(c.job.energy for c in placed if c.job.purpose is Purpose.MAKEUP),
        taken=history.energy + at[Where.METER],
        on_cards=at[Where.CARD],
        on_dead_cards=at[Where.DEAD_CARD],
        owed=at[Where.OWED],
        money=history.money + sum(job.amount for job in vends),
        meter_says=None if last is None else last.remaining + last.use,
        meter_should_say=0
        if last is None
        else history.energy + sum(c.job.energy for c in placed if c.where is Where.METER and c.job.count <= last.count),
    )
