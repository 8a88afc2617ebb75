"""The cards of an account: which is in use, and what stands on each."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from common.account.facts import AccountFacts, History
from common.account.job import Job
from common.account.meters import transfers_beside_the_line
from common.entries import Purpose
from common.entries.office import CardBlocked


class CardState(StrEnum):
    """Whether a card may be written."""

    ACTIVE = "active"
    SUPERSEDED = "superseded"
    BLOCKED = "blocked"
    RETURNED = "returned"
    """It came back and was wiped."""


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


def cards(facts: AccountFacts, written: list[Job], reversed_jobs: set[str], line: list[str]) -> dict[str, CardStanding]:
    """The account's cards, the last one given out last: the highest issue number; of equals the one that the meter
    accepted, else the later one."""
    history = facts.history or History()
    givers = [job for job in written if job.purpose in (Purpose.ISSUE, Purpose.REPLACEMENT)]
    givers.sort(key=lambda job: (job.issue, _meter_accepted(facts, job), *job.order))
    blocked = {made.card for made in facts.decisions.values() if isinstance(made, CardBlocked)}
    counts = _counts(history, written, reversed_jobs, _places(facts, line))
    found: dict[str, CardStanding] = {}
    for place, giver in enumerate(givers):
        last = place == len(givers) - 1
        state = CardState.ACTIVE if last else CardState.SUPERSEDED
        if giver.card in blocked:
            state = CardState.BLOCKED
        if any(job.purpose is Purpose.WIPE and job.card == giver.card and job.order > giver.order for job in written):
            state = CardState.RETURNED
        found.pop(giver.card, None)  # a card that was returned and given out again stands at its last place
        found[giver.card] = CardStanding(
            serial=giver.card,
            issue=giver.issue,
            state=state,
            count=counts.get(giver.card, 0),
            given_by=giver,
            replaced_by=None if last else givers[-1],
        )
    return found


def _places(facts: AccountFacts, line: list[str]) -> dict[str, int]:
    """Meters in the order in which cards were written for them; one beside the line comes after that which it was
    changed for."""
    places = {meter: 2 * place for place, meter in enumerate(line)}
    for job in transfers_beside_the_line(facts):
        places.setdefault(job.meter, places.get(job.from_meter, -1) + 1)
    return places


def _counts(history: History, written: list[Job], reversed_jobs: set[str], places: Mapping[str, int]) -> dict[str, int]:
    """By card the purchase count that it should carry: of the latest meter that it was written for, the highest."""
    counts: dict[str, tuple[int, int]] = {}
    for name, count in history.cards.items():
        card, _, meter = name.partition(":")
        counts[card] = max((places.get(meter, -1), count), counts.get(card, (-1, 0)))
    for job in written:
        if job.job not in reversed_jobs and job.purpose is not Purpose.WIPE:
            counts[job.card] = max((places.get(job.meter, -1), job.count), counts.get(job.card, (-1, 0)))
    return {card: count for card, (_, count) in counts.items()}


def _meter_accepted(facts: AccountFacts, giver: Job) -> bool:
    card = f"{giver.card}:"
    if facts.history is not None and any(name.startswith(card) for name in facts.history.cards):
        return True
    return any(seen.issue == giver.issue for key, seen in facts.sightings.items() if key.startswith(card))
