"""Totals kept as entries arrive, in any order, are what the bare entries add up to."""

import random
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.admission import Refused
from common.entries import ClockCompared, ClockStepped, UtilitySet
from common.units import CreditUnit
from syncserver.audit.rebuild import rebuild
from syncserver.reports.check import check_totals
from syncserver.store import MasterStore
from tests.common.histories import EVERYBODY, PARTS, TILLS, UNITS, all_sync, examples
from tests.common.odd_world import OddWorld
from tests.common.raw_sums import raw_sums
from tests.common.world import World
from tests.syncserver.test_settling import master, shuffled, take

pytestmark = pytest.mark.usefixtures("each_store")

UTILITY = UtilitySet(name="江南供电公司", currency="CNY", digits=2, zone="Asia/Shanghai")


@dataclass
class ClockedWorld(OddWorld):
    """Tills' clocks are compared with the office's and set, and hours pass."""

    def compare(self, till: int) -> None:
        writer = self.tills[till]
        writer.write(ClockCompared(offset_ms=writer.clock_error // timedelta(milliseconds=1)), self.now)

    def step(self, till: int, minutes: int) -> None:
        writer = self.tills[till]
        writer.clock_error += timedelta(minutes=minutes)
        writer.write(ClockStepped(by_ms=minutes * 60_000), self.now)

    def pass_hours(self, hours: int) -> None:
        self.now += timedelta(hours=hours)


CLOCKED = st.one_of(
    st.lists(
        st.one_of(
            st.tuples(st.just("compare"), TILLS),
            st.tuples(st.just("step"), TILLS, st.integers(-600, 600)),
            st.tuples(st.just("pass_hours"), st.integers(1, 20)),
        ),
        min_size=1,
        max_size=3,
    ),
    PARTS,
)


def lived(parts, errors, unit) -> ClockedWorld:
    world = ClockedWorld.new(3, errors, unit)
    for name, *arguments in [action for part in parts for action in part]:
        named = {"unit": arguments.pop()} if name == "change_meter" else {}
        if (name, *arguments) == EVERYBODY:
            all_sync(world)
            continue
        with suppress(Refused):
            getattr(world, name)(*arguments, **named)
    return world


def kept(store: MasterStore) -> dict[tuple[str, ...], tuple[int, ...]]:
    with store.read() as reading:
        return {tuple(key): tuple(sums) for key, sums in reading.totals()}


@given(
    parts=st.lists(CLOCKED, min_size=1, max_size=8),
    errors=st.tuples(*[st.integers(-900, 900)] * 3),
    unit=UNITS,
    chance=st.integers(0, 2**32 - 1).map(random.Random),
)
@settings(max_examples=examples(40), deadline=None)
def test_totals_are_what_the_bare_entries_add_up_to(parts, errors, unit, chance):
    world = lived(parts, errors, unit)
    with master([till.name for till in world.tills]) as store:
        with store.write() as writing:
            writing.put_utility(UTILITY)
        for group in shuffled(world, chance):
            take(store, group)
        wanted = raw_sums([signed for journal in world.entries for signed in journal], UTILITY.zone)
        assert kept(store) == wanted
        with store.read() as reading:
            assert check_totals(reading) == []


def sold(world: World, when: datetime, credit: int) -> None:
    world.now = when
    world.vend(0, 0, credit)
    world.insert(0)


EVENING = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
"""Half past eleven in Shanghai; the afternoon in London."""


def test_what_was_sold_counts_on_other_days_when_the_utility_moves() -> None:
    world = World.new(1)
    sold(world, EVENING + timedelta(hours=1), 1_000)
    entries = [signed for journal in world.entries for signed in journal]
    with master(["till-0001"]) as store:
        take(store, world.entries)
        assert kept(store) == raw_sums(entries, "UTC")
        with store.write() as writing:
            writing.put_utility(UTILITY)
        assert kept(store) == raw_sums(entries, "Asia/Shanghai") != raw_sums(entries, "UTC")


def test_a_clock_found_wrong_later_moves_what_was_stored() -> None:
    world = World.new(1, (60,))
    sold(world, EVENING, 1_000)
    with master(["till-0001"]) as store:
        with store.write() as writing:
            writing.put_utility(UTILITY)
        take(store, world.entries)
        before = kept(store)
        held = len(world.tills[0].journal)
        world.tills[0].write(ClockCompared(offset_ms=3_600_000), world.now)
        sold(world, EVENING + timedelta(minutes=20), 2_000)
        take(store, [world.tills[0].journal[held:]])
        after = kept(store)
        assert after == raw_sums(world.tills[0].journal, "Asia/Shanghai")
        assert {key[0] for key in before if key[6] == "vend"} == {"2026-11-24"}
        assert {key[0] for key in after if key[6] == "vend"} == {"2026-11-23"}


def test_a_rebuild_finds_a_total_that_was_altered() -> None:
    world = World.new(1)
    sold(world, EVENING, 1_000)
    with master(["till-0001"]) as store:
        take(store, world.entries)
        assert rebuild(store, check=True, progress=lambda _: None) == []
        with store.write() as writing:
            writing._connection.exec_driver_sql("UPDATE total SET money = money + 1 WHERE kind = 'vend'")
        with store.read() as reading:
            (line,) = check_totals(reading)
            assert "kept (1, 1000, 0, 1001), the lines add up to (1, 1000, 0, 1000)" in line
        assert rebuild(store, check=False, progress=lambda _: None) != []
        assert kept(store) == raw_sums(world.tills[0].journal, "UTC")


@pytest.mark.parametrize("unit", CreditUnit)
def test_credit_of_a_meter_that_counts_money_is_apart(unit: CreditUnit) -> None:
    world = World.new(1, unit=unit)
    sold(world, EVENING, 1_000)
    with master(["till-0001"]) as store:
        take(store, world.entries)
        (sums,) = [sums for key, sums in kept(store).items() if key[6] == "vend"]
        assert sums == ((1, 1_000, 0, 1_000) if unit is CreditUnit.ENERGY else (1, 0, 1_000, 1_000))
