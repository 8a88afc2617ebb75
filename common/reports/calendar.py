"""The day that a line counts on: of the utility's time zone, and by the office's clock where the journal says how far
the till's was off (common.clock)."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from common.clock import ClockWord
from common.reports.line import Line

_MINUTE = len("2026-11-23T01:00")
"""So much of a time names its minute. Time zones have been apart by whole minutes since 1972 (Liberia was the last)."""
_MOST_MINUTES = 100_000
_EARLIEST, _LATEST = 1900, 9990
"""Years: a day before and after has a time in every time zone."""


class ClockLine:
    """How far a writer's wall clock was ahead at each place of its journals: common.clock.ahead_at, asked often.

    Args:
        words: what its journals say, in order.
    """

    def __init__(self, words: Sequence[ClockWord]) -> None:
        self._places = [(word.epoch, word.seq) for word in words]
        self._ahead = [timedelta(milliseconds=ahead) for ahead in _aheads(words)]

    def ahead(self, place: tuple[int, int]) -> timedelta:
        """How far ahead it was when it wrote the entry of this epoch and number."""
        return self._ahead[bisect_right(self._places, place)]

    @property
    def places(self) -> list[tuple[int, int]]:
        """Where it may change: from each of these places on it is the same up to the next."""
        return [(0, 0), *self._places]


def _aheads(words: Sequence[ClockWord]) -> list[int]:
    """Of the entries before the first word, between each two, and after the last."""
    first = next((place for place, word in enumerate(words) if word.ahead_ms is not None), None)
    if first is None:
        return [0] * (len(words) + 1)
    ahead = words[first].ahead_ms or 0
    before = [ahead]
    for word in reversed(words[:first]):
        before.append(before[-1] - word.set_ms)
    after = [ahead]
    for word in words[first + 1 :]:
        after.append(after[-1] + word.set_ms if word.ahead_ms is None else word.ahead_ms)
    return [*before[::-1], *after]


class Calendar:
    """Days of the utility.

    Args:
        zone: the utility's.
        words: gives what a writer's journals say about its clock, in order.
    """

    def __init__(self, zone: ZoneInfo, words: Callable[[str], Sequence[ClockWord]]) -> None:
        self.zone = zone
        self._words = words
        self._clocks: dict[str, ClockLine] = {}
        self._days: dict[str, str] = {}

    def clock(self, writer: str) -> ClockLine:
        """A writer's."""
        found = self._clocks.get(writer)
        if found is None:
            found = self._clocks[writer] = ClockLine(self._words(writer))
        return found

    def time_of(self, line: Line) -> datetime:
        """When it was, by the office's clock, in the utility's zone."""
        return self.time_at(line.writer, line.epoch, line.seq, datetime.fromisoformat(line.at))

    def time_at(self, writer: str, epoch: int, seq: int, at: datetime) -> datetime:
        """When an entry was written, by the office's clock; `at` by its writer's own."""
        return (at - self.clock(writer).ahead((epoch, seq))).astimezone(self.zone)

    def day_of(self, line: Line) -> date:
        """The day that it counts on."""
        return self.time_of(line).date()

    def day_text(self, line: Line) -> str:
        """The same, ISO 8601; quicker for many lines: those of one minute count on one day where no clock was off."""
        if self.clock(line.writer).ahead(line.place):
            return self.day_of(line).isoformat()
        minute = line.at[:_MINUTE]
        found = self._days.get(minute)
        if found is None:
            if len(self._days) > _MOST_MINUTES:
                self._days.clear()
            found = self._days[minute] = self.day_of(line).isoformat()
        return found

    def forget(self, writer: str) -> None:
        """Something new is said about a writer's clock."""
        self._clocks.pop(writer, None)


class Month:
    """A calendar month.

    Raises:
        ValueError: there is no such month, or nobody sold electricity in it.
    """

    def __init__(self, year: int, month: int) -> None:
        if not _EARLIEST <= year <= _LATEST:
            raise ValueError(f"no month of a report: {year}-{month}")
        self.first = date(year, month, 1)
        self.last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month that a day is in."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> "Month":
        """From `2026-11`.

        Raises:
            ValueError: it is none.
        """
        year, dash, month = text.partition("-")
        if not (dash and len(year) == 4 and year.isdecimal() and month.isdecimal()):
            raise ValueError(f"no month: {text}")
        return cls(int(year), int(month))

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def days(self) -> list[date]:
        """All of them."""
        return [self.first + timedelta(days=place) for place in range((self.last - self.first).days + 1)]

    def holds(self, day: date) -> bool:
        """Whether the day is in it."""
        return self.first <= day <= self.last


def within(lines: Iterable[Line], calendar: Calendar, first: date, last: date) -> list[Line]:
    """The lines that count on one of these days, by time."""
    found = [(calendar.time_of(line), line) for line in lines]
    return [
        line for when, line in sorted(found, key=lambda pair: (pair[0], pair[1].job)) if first <= when.date() <= last
    ]
