"""What is sold today: kept for a moment, so that a page that many people look at is added up once."""

import threading
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from syncserver.reports.hours import HourSales, day_of, hours_report
from syncserver.store import MasterStore

_FRESH = timedelta(seconds=5)
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Board:
    """Sales by hour and branch.

    Attributes:
        at: when it was added up.
        hours: how many hours the day has.
        now: the hour that it is.
        today, before: this day, and the same weekday a week ago.
    """

    at: datetime
    day: date
    hours: int
    now: int
    today: list[HourSales]
    before: list[HourSales]

    def so_far(self) -> list[HourSales]:
        """Of a week ago, up to the hour that it is now."""
        return [sold for sold in self.before if sold.hour <= self.now]


class Boards:
    """The latest board. Whoever asks while it is added up anew gets the one before. May be used in any thread."""

    def __init__(self, store: MasterStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._latest: Board | None = None

    def get(self, now: datetime, zone: ZoneInfo) -> Board:
        """A board not older than a few seconds, but for what a busy one is old meanwhile."""
        latest = self._latest
        if latest is not None and latest.at <= now < latest.at + _FRESH:
            return latest
        if self._lock.acquire(blocking=latest is None):
            try:
                self._latest = latest = self._add_up(now, zone)
            finally:
                self._lock.release()
        assert latest is not None
        return latest

    def _add_up(self, now: datetime, zone: ZoneInfo) -> Board:
        day = now.astimezone(zone).date()
        begin, end = day_of(day, zone)
        with self._store.read() as reading:
            return Board(
                at=now,
                day=day,
                hours=round((end - begin) / timedelta(hours=1)),
                now=(now - begin) // timedelta(hours=1),
                today=hours_report(reading, day, zone),
                before=hours_report(reading, day - _WEEK, zone),
            )
