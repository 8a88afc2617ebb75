"""A day by the office's clock and the utility's time zone, whatever the tills' clocks said."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from common.entries import ClockCompared, ClockStepped
from syncserver.audit.rebuild import rebuild
from syncserver.reports.day import TillDay, day_report
from syncserver.store import MasterStore
from tests.common.world import World
from tests.syncserver.test_settling import master, take

pytestmark = pytest.mark.usefixtures("each_store")

SHANGHAI = ZoneInfo("Asia/Shanghai")
EVENING = datetime(2026, 11, 23, 23, 30, tzinfo=SHANGHAI)
TODAY, TOMORROW = date(2026, 11, 23), date(2026, 11, 24)


def counted(store: MasterStore, day: date) -> dict[str, tuple[int, int, int]]:
    with store.read() as reading:
        found: list[TillDay] = day_report(reading, day, SHANGHAI)
    return {till.till: (till.vends, till.energy, till.by_its_clock) for till in found}


def sold_at(world: World, till: int, when: datetime, energy: int) -> None:
    """A sale a minute or two after `when`, taken by the meter, so that another may follow."""
    world.now = when.astimezone(UTC)
    world.vend(till, 0, energy)
    world.insert(0)


def test_a_sale_counts_on_the_day_of_the_utilitys_zone() -> None:
    world = World.new(1)
    sold_at(world, 0, EVENING, 1_000)
    sold_at(world, 0, EVENING + timedelta(minutes=40), 2_000)
    with master(["till-0001"]) as store:
        take(store, world.entries)
        assert counted(store, TODAY) == {"till-0001": (1, 1_000, 0)}
        assert counted(store, TOMORROW) == {"till-0001": (1, 2_000, 0)}
        assert counted(store, TODAY - timedelta(days=1)) == {"till-0001": (0, 0, 0)}


def test_a_clock_that_was_wrong_is_put_right_by_what_the_journal_says_of_it() -> None:
    """An hour fast: by its own clock the evening's sale was tomorrow."""
    world = World.new(1, (60,))
    writer = world.tills[0]
    sold_at(world, 0, EVENING, 1_000)
    writer.write(ClockCompared(offset_ms=3_600_000), world.now)
    sold_at(world, 0, EVENING + timedelta(minutes=5), 2_000)
    writer.clock_error = timedelta()
    writer.write(ClockStepped(by_ms=-3_600_000), world.now)
    sold_at(world, 0, EVENING + timedelta(minutes=10), 4_000)
    sold_at(world, 0, EVENING + timedelta(minutes=40), 8_000)
    with master(["till-0001"]) as store:
        take(store, world.entries)
        assert counted(store, TODAY) == {"till-0001": (3, 7_000, 2)}
        assert counted(store, TOMORROW) == {"till-0001": (1, 8_000, 0)}
        with store.read() as reading:
            assert day_report(reading, TODAY, SHANGHAI)[0].ahead_ms == 0
        assert rebuild(store, check=True, progress=lambda _: None) == []


def test_what_is_in_doubt_is_not_counted() -> None:
    world = World.new(1)
    world.now = EVENING.astimezone(UTC)
    world.vend(0, 0, 1_000, "written")
    with master(["till-0001"]) as store:
        take(store, world.entries)
        assert counted(store, TODAY) == {"till-0001": (0, 0, 0)}
