"""A day's sales by branch and hour: as the day's report counts them (syncserver.reports.day), by the office's clock."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from common.account import JobState
from syncserver.reports.day import sold_between, utc_text
from syncserver.store import Reading, WriterRow

_HOUR = timedelta(hours=1)


class HourSales(Struct, frozen=True, kw_only=True):
    """What a branch sold in an hour of a day.

    Attributes:
        hour: full hours since the day began: of 23 or 25 where the clocks are set.
        vends: completed.
        energy: watt-hours.
        money: minor units.
    """

    branch: str
    hour: int
    vends: int
    energy: int
    money: int


def day_of(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When a day of the utility's begins, and when it has ended."""
    begin, end = (datetime.combine(when, time(), zone) for when in (day, day + timedelta(days=1)))
    return begin.astimezone(ZoneInfo("UTC")), end.astimezone(ZoneInfo("UTC"))


def hours_report(reading: Reading, day: date, zone: ZoneInfo) -> list[HourSales]:
    """What each branch sold in each hour of this day; hours without a sale are left out."""
    begin, end = day_of(day, zone)
    totals: defaultdict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    tills: defaultdict[str, dict[int, WriterRow]] = defaultdict(dict)
    for row in reading.writers():
        if row.branch:
            tills[row.id][row.epoch] = row
    for till, epoch, hour, vends, energy, money in _sold(reading, tills, begin, end):
        total = totals[tills[till][epoch].branch, hour]
        total[0] += vends
        total[1] += energy
        total[2] += money
    return [
        HourSales(branch=branch, hour=hour, vends=vends, energy=energy, money=money)
        for (branch, hour), (vends, energy, money) in sorted(totals.items())
    ]


def _sold(
    reading: Reading, tills: Collection[str], begin: datetime, end: datetime
) -> Iterator[tuple[str, int, int, int, int, int]]:
    """Till, epoch, hour of the day, vends, energy and money."""
    # What a clock was ahead of the office's, or hours that do not begin with one of UTC: sale by sale.
    one_by_one = set(tills) if begin.minute or begin.second else reading.with_clock_words() & set(tills)
    for till in sorted(one_by_one):
        for vend, when in sold_between(reading, till, begin, end):
            yield till, vend.epoch, (when - begin) // _HOUR, 1, vend.energy, vend.amount
    others = (till for till in tills if till not in one_by_one)
    for till, epoch, hour, vends, energy, money in reading.sold_by_hour(
        others, utc_text(begin), utc_text(end), JobState.WRITTEN.value
    ):
        yield till, epoch, (datetime.fromisoformat(f"{hour}:00:00+00:00") - begin) // _HOUR, vends, energy, money
