"""How an account stands, by its facts: its cards, where every credit is, what is owed, whether its books hold."""

from msgspec import Struct

from common.account.books import Books, books
from common.account.cards import CardStanding, CardState, cards
from common.account.credits import Ledger, Owed, Placed, ledger, owed, place
from common.account.facts import AccountFacts, History, reversed_jobs, undone_jobs
from common.account.imported import past_of
from common.account.job import Job, JobState
from common.account.meters import MeterEvidence, evidence, meter_line, meter_unit
from common.entries import Purpose
from common.units import CreditUnit


class Standing(Struct, frozen=True, kw_only=True):
    """How an account stands.

    Attributes:
        meter: the meter on the wall now; "" before the account is opened.
        unit: what it counts credit in.
        known: what is proved of that meter.
        credits: every credit but those of history.
        active: the serial of the card to use; null when there is none.
        meter_count: the highest purchase count that the meter is proved to have reached.
        last_count: the highest purchase count written for this meter on a card of the account, and not undone.
        heard_from_active: whether the active card has brought return data: then `meter_count` is the meter's own.
        clearing: the job that asks the meter to give up its credit and that is not known to have been obeyed.
        in_doubt: jobs that started and did not end.
    """

    account: str
    meter: str
    unit: CreditUnit
    known: MeterEvidence
    cards: dict[str, CardStanding]
    active: str | None
    meter_count: int
    last_count: int
    heard_from_active: bool
    credits: list[Placed]
    owed: list[Owed]
    clearing: Job | None
    in_doubt: list[Job]
    books: Books


def standing(facts: AccountFacts) -> Standing:
    """How the account stands by these facts."""
    line, found = meter_line(facts), evidence(facts)
    book = ledger(facts, line, found)
    held = cards(facts, book.written, reversed_jobs(facts), line)
    debts = owed(facts, book)
    placed = place(facts, book, {debt.for_job for debt in debts}, held)
    known = found.get(book.meter, MeterEvidence(meter=book.meter))
    last = list(held.values())[-1:]
    active = next((card.serial for card in last if card.state is not CardState.RETURNED), None)
    return Standing(
        account=facts.account,
        meter=book.meter,
        unit=meter_unit(facts, book.meter),
        known=known,
        cards=held,
        active=active,
        meter_count=known.count,
        last_count=_last_count(facts, book),
        heard_from_active=active is not None and _heard_from(facts, active, book.meter),
        credits=placed,
        owed=debts,
        clearing=_clearing(book, active),
        in_doubt=sorted((job for job in facts.jobs.values() if job.state is JobState.DOUBT), key=lambda job: job.order),
        books=books(facts, book, placed),
    )


def year_energy(facts: AccountFacts, year: int) -> int:
    """Watt-hours bought in a tariff year, on whichever meter: what the tiers of the next purchase start from."""
    sealed = past_of(facts).years.get(str(year), 0)
    undone = undone_jobs(facts)
    return sealed + sum(
        job.energy
        for job in facts.jobs.values()
        if job.purpose is Purpose.VEND and job.state is JobState.WRITTEN and job.year == year and job.job not in undone
    )


def _last_count(facts: AccountFacts, book: Ledger) -> int:
    history = facts.history or History()
    sealed = [count for name, count in history.cards.items() if name.endswith(f":{book.meter}")]
    taken_off = reversed_jobs(facts)
    recent = [
        job.count
        for job in book.written
        if job.meter == book.meter and job.job not in taken_off and job.purpose is not Purpose.WIPE
    ]
    over = facts.takeover
    before = over.body.count if over is not None and over.body.meter == book.meter else 0
    return max([before, *sealed, *recent])


def _heard_from(facts: AccountFacts, card: str, meter: str) -> bool:
    name = f"{card}:{meter}"
    sealed = facts.history is not None and name in facts.history.cards
    return sealed or any(key.startswith(f"{name}:") for key in facts.sightings)


def _clearing(book: Ledger, active: str | None) -> Job | None:
    for job in book.written:
        waits = job.purpose is Purpose.CLEAR and job.job not in book.taken | book.undone
        if waits and job.card == active and job.meter == book.meter and job.count > book.evidence[job.meter].count:
            return job
    return None
