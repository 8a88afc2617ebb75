"""Sales by hour: the hours of a day add up to its report, also where clocks were wrong and hours are odd."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from common.entries import ClockCompared
from syncserver.office.alerts import alerts
from syncserver.office.office import Office
from syncserver.reports.day import day_report
from syncserver.reports.hours import day_of, hours_report
from tests.benchmarks.fleet import Seller, enrol, sellers
from tests.browser.scene import a_week, push
from tests.postgresql.stores import only_sqlite
from tests.syncserver.questions import questions
from tests.syncserver.voice import START


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Asia/Kathmandu", "America/St_Johns"])
@pytest.mark.parametrize("ahead_s", [0, 1_000, -4_000])
def test_hours_add_up_to_the_day(office: Office, zone: str, ahead_s: int) -> None:
    fleet = a_week(office)
    if ahead_s:
        for seller in fleet[:2]:
            push(office, seller, [seller.line(ClockCompared(offset_ms=ahead_s * 1_000)), *seller.sold(20)])
    where = ZoneInfo(zone)
    day = START.astimezone(where).date()
    with office.store.read() as reading:
        hours, tills = hours_report(reading, day, where), day_report(reading, day, where)
    assert sum(sold.vends for sold in hours) == sum(till.vends for till in tills) > 0
    assert sum(sold.money for sold in hours) == sum(till.money for till in tills)
    assert sum(sold.energy for sold in hours) == sum(till.energy for till in tills)
    assert {sold.branch for sold in hours} <= {"hill", "城西"}


def test_a_day_on_which_the_clocks_are_set_has_another_number_of_hours() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    lengths = [end - begin for begin, end in (day_of(date(2026, m, d), berlin) for m, d in ((3, 29), (10, 25), (6, 1)))]
    assert lengths == [timedelta(hours=23), timedelta(hours=25), timedelta(hours=24)]
    assert day_of(date(2026, 6, 1), berlin)[0] == datetime(2026, 5, 31, 22, tzinfo=UTC)


@only_sqlite
def test_todays_figures_ask_no_more_of_the_store_when_there_are_more_tills(office: Office) -> None:
    counts = []
    for fleet in (sellers(2, 0), [Seller(f"till-{n:04d}", "hill", 0) for n in range(3, 40)]):
        enrol(office, fleet)
        with questions() as asked, office.store.read() as reading:
            hours_report(reading, START.date(), ZoneInfo("Asia/Shanghai"))
            alerts(reading, {}, START)
        counts.append(len(asked))
    assert counts[0] == counts[1] > 0
