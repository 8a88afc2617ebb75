"""What today's page shows: added up in the background while somebody looks, so that nobody waits for it."""

import logging
import threading
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from syncserver.office.alerts import Alert, alerts
from syncserver.office.contacts import Contacts
from syncserver.office.health import server_problems
from syncserver.office.office import Office
from syncserver.office.problem import Problem
from syncserver.reports.hours import HourSales, day_of, hours_report
from syncserver.store import StoreUnavailable
from syncserver.web.fleet import Fleet, TillRows

_FRESH = timedelta(seconds=5)
"""A board this old is added up anew, behind whoever asks."""

_STALE = timedelta(seconds=30)
"""Who asks for one this old waits for a new one."""

_WEEK, _BEFORE_HOLDS = timedelta(days=7), timedelta(minutes=10)
"""What was sold a week ago changes only when a till comes back that was away for as long."""

_MOST_TILLS = 30

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Board:
    """Sales by hour and branch, tills, what people asked to be told, and what whoever runs the server is to be told.

    Attributes:
        at: when it was added up.
        hours: how many hours the day has.
        now: the hour that it is.
        today, before: this day, and the same weekday a week ago, as that was at `before_at`.
    """

    at: datetime
    day: date
    hours: int
    now: int
    today: list[HourSales]
    before: list[HourSales]
    before_at: datetime
    tills: TillRows
    alerts: list[Alert]
    problems: list[Problem]

    def so_far(self) -> list[HourSales]:
        """Of a week ago, up to the hour that it is now."""
        return [sold for sold in self.before if sold.hour <= self.now]


class Boards:
    """The latest board. May be used in any thread."""

    def __init__(self, office: Office, fleet: Fleet, contacts: Contacts) -> None:
        self._office = office
        self._fleet = fleet
        self._contacts = contacts
        self._lock = threading.Lock()
        self._latest: Board | None = None

    def get(self, now: datetime, zone: ZoneInfo) -> Board:
        """A board that is a few seconds old.

        Raises:
            StoreUnavailable: there is none yet, and none can be made.
        """
        latest = self._latest
        if latest is None or not timedelta() <= now - latest.at < _STALE:
            with self._lock:
                return self._renew(now, zone)
        if now - latest.at >= _FRESH and self._lock.acquire(blocking=False):
            threading.Thread(target=self._behind, args=(now, zone), name="board", daemon=True).start()
        return latest

    def _behind(self, now: datetime, zone: ZoneInfo) -> None:
        try:
            self._renew(now, zone)
        except StoreUnavailable as error:
            # Who asks when the board is too old is told so.
            _log.warning("today's figures could not be added up: %s", error.reason)
        finally:
            self._lock.release()

    def _renew(self, now: datetime, zone: ZoneInfo) -> Board:
        latest = self._latest
        if latest is not None and timedelta() <= now - latest.at < _FRESH:
            return latest  # somebody else has just made it
        self._latest = latest = self._add_up(now, zone, latest)
        return latest

    def _add_up(self, now: datetime, zone: ZoneInfo, latest: Board | None) -> Board:
        day = now.astimezone(zone).date()
        begin, end = day_of(day, zone)
        with self._office.store.read() as reading:
            if latest is not None and latest.day == day and timedelta() <= now - latest.before_at < _BEFORE_HOLDS:
                before, before_at = latest.before, latest.before_at
            else:
                before, before_at = hours_report(reading, day - _WEEK, zone), now
            return Board(
                at=now,
                day=day,
                hours=round((end - begin) / timedelta(hours=1)),
                now=(now - begin) // timedelta(hours=1),
                today=hours_report(reading, day, zone),
                before=before,
                before_at=before_at,
                tills=self._fleet.tills(reading, now, most=_MOST_TILLS),
                alerts=alerts(reading, self._contacts.all(), now),
                problems=server_problems(self._office, reading, now),
            )
