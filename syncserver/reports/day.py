"""A day's sales by till: a day of the utility's time zone, by the office's clock, as a till's may have been wrong."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from common.account import JobState
from common.clock import ClockWord, ahead_at
from syncserver.store import Reading, Span, VendRow


class TillDay(Struct, frozen=True, kw_only=True):
    """What one till sold on a day.

    Attributes:
        vends: completed.
        energy: watt-hours.
        money: minor units.
        by_its_clock: how many of them the till's own clock puts on another day.
        ahead_ms: how far its clock was last known to be ahead of the office's; negative: behind.
    """

    till: str
    name: str
    vends: int
    energy: int
    money: int
    by_its_clock: int
    ahead_ms: int


def day_report(reading: Reading, day: date, zone: ZoneInfo) -> list[TillDay]:
    """What each till sold on this day, by till. What is in doubt is not counted."""
    begin, end = (datetime.combine(when, time(), zone) for when in (day, day + timedelta(days=1)))
    names = {row.id: row.name for row in reading.writers() if row.is_till}
    return [_till_day(reading, till, name, begin, end) for till, name in sorted(names.items())]


def sold_between(reading: Reading, till: str, begin: datetime, end: datetime) -> Iterator[tuple[VendRow, datetime]]:
    """A till's completed sales from `begin` and before `end` by the office's clock, each with when it was by that."""
    words = reading.clock_words(till)
    for vend in reading.vends_between(till, spans_of(words, begin, end)):
        when = datetime.fromisoformat(vend.at) - _ahead(words, vend.epoch, vend.seq)
        if vend.state == JobState.WRITTEN.value and begin <= when < end:
            yield vend, when


def spans_of(words: list[ClockWord], begin: datetime, end: datetime) -> list[Span]:
    """What a writer's own clock may have shown from `begin` on and before `end` by the office's: `words` is what its
    journals say about it."""
    errors = {_ahead(words, word.epoch, word.seq) for word in words} | {_ahead(words, 0, 0), timedelta()}
    return [(utc_text(begin + error), utc_text(end + error)) for error in sorted(errors)]


def utc_text(when: datetime) -> str:
    """As the store keeps times: UTC, so that they sort as text."""
    return when.astimezone(ZoneInfo("UTC")).isoformat()


def _till_day(reading: Reading, till: str, name: str, begin: datetime, end: datetime) -> TillDay:
    words = reading.clock_words(till)
    sold = [vend for vend, _ in sold_between(reading, till, begin, end)]
    return TillDay(
        till=till,
        name=name,
        vends=len(sold),
        energy=sum(vend.energy for vend in sold),
        money=sum(vend.amount for vend in sold),
        by_its_clock=sum(not begin <= datetime.fromisoformat(vend.at) < end for vend in sold),
        ahead_ms=0 if not words else ahead_at(words, words[-1].epoch, words[-1].seq),
    )


def _ahead(words: list[ClockWord], epoch: int, seq: int) -> timedelta:
    return timedelta(milliseconds=ahead_at(words, epoch, seq))
