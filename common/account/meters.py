"""The meters of an account: which hung on its wall one after the other, and what each is proved to have done."""

from collections import defaultdict

from msgspec import Struct

from common.account.facts import AccountFacts, Reading
from common.account.job import Job, JobState
from common.card.image import ReturnData, ReturnStatus
from common.entries import Purpose
from common.units import CreditUnit


class MeterEvidence(Struct, frozen=True, kw_only=True):
    """What is known of one meter from return data, from what a person read, and from the old system's books.

    Attributes:
        count: the highest purchase count that it is proved to have reached.
        cleared: by purchase count, the credit that it gave up with it.
        reading: what it showed when it was taken out of use; null while it is in use.
        last: its latest return data.
    """

    meter: str
    count: int = 0
    cleared: dict[int, int] = {}
    reading: Reading | None = None
    last: ReturnData | None = None

    @property
    def gave_up(self) -> int:
        """Credit that the meter gave up in all."""
        return sum(self.cleared.values()) + (0 if self.reading is None else self.reading.remaining)

    @property
    def is_clear(self) -> bool:
        """Whether it is proved that no credit is left in it."""
        return self.reading is not None or self.count in self.cleared


def meter_line(facts: AccountFacts) -> list[str]:
    """The account's meters from the first to the one that is on the wall now.

    Each transfer goes on from where the line stands; of two from the same meter the first counts, and the other is a
    conflict (common.resolution.moved_twice).
    """
    if facts.opened is None:
        return []
    return [facts.opened.body.meter, *(job.meter for job in line_of_transfers(facts))]


def line_of_transfers(facts: AccountFacts) -> list[Job]:
    """The changes of meter that follow one another, the first first."""
    if facts.opened is None:
        return []
    waiting, line, meter = _transfers(facts), [], facts.opened.body.meter
    while job := next((job for job in waiting if job.from_meter == meter), None):
        waiting.remove(job)
        line.append(job)
        meter = job.meter
    return line


def meter_unit(facts: AccountFacts, meter: str) -> CreditUnit:
    """What a meter of the account counts credit in: by the account's opening, or by a card that was written for it."""
    if facts.opened is not None and meter == facts.opened.body.meter:
        return facts.opened.body.unit
    first = min((job for job in facts.jobs.values() if job.meter == meter), key=lambda job: job.order, default=None)
    return CreditUnit.ENERGY if first is None else first.unit


def transfers_beside_the_line(facts: AccountFacts) -> list[Job]:
    """Transfers from a meter that had been changed already, but for those of a card that only follows."""
    followed = {job.job for job in line_of_transfers(facts)}
    line = meter_line(facts)
    return [job for job in _transfers(facts) if job.job not in followed and (job.credit or job.meter not in line)]


def evidence(facts: AccountFacts) -> dict[str, MeterEvidence]:
    """What is known of each meter that the entries speak of."""
    seen_by: defaultdict[str, list[ReturnData]] = defaultdict(list)
    for seen in facts.sightings.values():
        seen_by[seen.meter].append(seen)
    over = facts.takeover
    return {
        meter: _evidence(
            meter,
            seen_by[meter],
            facts.readings.get(meter),
            over.body.taken if over is not None and over.body.meter == meter else 0,
        )
        for meter in {*seen_by, *facts.readings, *meter_line(facts)}
    }


def _evidence(meter: str, sightings: list[ReturnData], reading: Reading | None, taken_over: int) -> MeterEvidence:
    cleared: dict[int, int] = {}
    for seen in sightings:
        if seen.status is ReturnStatus.CLEARED:
            cleared[seen.card_count] = max(seen.remaining, cleared.get(seen.card_count, 0))
    return MeterEvidence(
        meter=meter,
        count=max([taken_over, 0 if reading is None else reading.count, *(seen.count for seen in sightings)]),
        cleared=cleared,
        reading=reading,
        last=max(sightings, key=_lateness, default=None),
    )


def _lateness(seen: ReturnData) -> tuple[int, int, bool, int, int, int, str]:
    """Meters count up. What they said at one count and use is told apart too, so that no order of arrival decides."""
    cleared = seen.status is ReturnStatus.CLEARED
    return (seen.count, seen.use, cleared, seen.issue, seen.card_count, seen.remaining, seen.status.value)


def _transfers(facts: AccountFacts) -> list[Job]:
    found = [job for job in facts.jobs.values() if job.purpose is Purpose.TRANSFER and job.state is JobState.WRITTEN]
    return sorted(found, key=lambda job: job.order)
