"""Plain accounts: nearly all of them, of which it can be said at once, without their standing, that all is well.

One meter, one card, vends that follow one another, each taken by the meter or still to be taken, and a meter that says
it took what was sold. `is_plain` may say no of an account that is well; it never says yes of one about which a rule has
something to say. A property test holds it against the rules (tests/common/account/test_plain.py).
"""

from collections.abc import Sequence

from common.account.facts import AccountFacts, History, MeterHistory
from common.account.job import JobState
from common.account.prices import overcharge
from common.card.image import ReturnData, ReturnStatus
from common.entries import Purpose
from common.tariff import Tariff

_TAKEN_OR_EMPTY = (ReturnStatus.LOADED, ReturnStatus.NOTHING)


def is_plain(facts: AccountFacts, tariffs: Sequence[Tariff] = ()) -> bool:
    """Whether no rule can have anything to decide about this account, and none has. Its one card is in use, and it paid
    what these tariffs say."""
    if facts.opened is None or _has_a_story(facts):
        return False
    meter, unit, card, issues, counts = facts.opened.body.meter, facts.opened.body.unit, "", 0, set[int]()
    history = facts.history or _NO_HISTORY
    top = history.meters.get(meter, _NOTHING_SEALED).top
    for job in facts.jobs.values():
        if job.state is not JobState.WRITTEN or job.meter != meter or job.issue != 1 or job.card != (card or job.card):
            return False
        if job.unit is not unit or overcharge(job, tariffs):
            return False
        card = job.card
        if job.purpose is Purpose.ISSUE:
            issues += 1
        elif job.purpose is not Purpose.VEND or job.count <= top or job.count in counts:
            return False
        else:
            counts.add(job.count)
    return issues == 1 and _sealed_alike(history, card, meter) and _meter_agrees(facts, history, card, meter)


def _has_a_story(facts: AccountFacts) -> bool:
    """Whether anything but cards and vends is known of the account."""
    return bool(
        facts.frozen
        or facts.decisions
        or facts.early
        or facts.readings
        or facts.refunds
        or facts.arrears
        or facts.paid
        or facts.forked
        or facts.decided
        or facts.takeover
    )


def _sealed_alike(history: History, card: str, meter: str) -> bool:
    """Whether all vends of history were for the same card and meter."""
    return not history.meters or (len(history.meters) == 1 and history.cards.keys() <= {f"{card}:{meter}"})


def _meter_agrees(facts: AccountFacts, history: History, card: str, meter: str) -> bool:
    """Whether the meter took what was sold up to the count that it told last, and only from this card."""
    last: ReturnData | None = None
    for key, seen in facts.sightings.items():
        if seen.meter != meter or seen.issue != 1 or seen.status not in _TAKEN_OR_EMPTY or not key.startswith(card):
            return False
        if last is None or (seen.count, seen.use) > (last.count, last.use):
            last = seen
    if last is None:
        return True
    sold = history.meters.get(meter, _NOTHING_SEALED).credit
    sold += sum(job.credit for job in facts.jobs.values() if job.count <= last.count)
    return last.use + last.remaining == sold


_NO_HISTORY = History()
_NOTHING_SEALED = MeterHistory()
