"""The hybrid logical clock."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.clock import (
    ZERO,
    ClockWord,
    Hlc,
    SteadyMark,
    ahead_at,
    clock_jump,
    clock_step,
    latest_followed,
    tick,
    wall_ms,
)
from tests.common.bodies import TIMES

WALLS = st.integers(0, 2**44)
READINGS = st.builds(Hlc, WALLS, st.integers(0, 1_000))


@given(READINGS, st.lists(WALLS, max_size=50))
def test_every_event_is_after_the_one_before(last: Hlc, walls: list[int]) -> None:
    for wall in walls:
        now = tick(last, wall)
        assert now > last
        assert now.ms >= wall
        last = now


@given(READINGS, st.lists(READINGS, min_size=1), WALLS)
def test_what_we_write_is_after_what_we_heard(last: Hlc, seen: list[Hlc], later: int) -> None:
    latest = latest_followed(seen, 2**45, 0, 2**53)
    assert latest is not None
    assert all(tick(max(last, latest), later) > heard for heard in (last, *seen))


@given(st.lists(READINGS))
def test_the_order_of_hearing_does_not_matter(seen: list[Hlc]) -> None:
    assert latest_followed(seen, 0, 2**44, 2**20) == latest_followed(seen[::-1] * 2, 0, 2**44, 2**20)


def test_a_clock_that_stands_still_counts() -> None:
    first = tick(ZERO, 5)
    assert first == Hlc(5, 0)
    assert tick(first, 5) == Hlc(5, 1)
    assert tick(Hlc(5, 1), 4) == Hlc(5, 2)
    assert tick(Hlc(5, 2), 6) == Hlc(6, 0)


def test_a_clock_too_far_ahead_is_not_followed() -> None:
    assert latest_followed([Hlc(1, 0), Hlc(160, 3), Hlc(161, 0)], 100, 60, 9) == Hlc(160, 3)
    assert latest_followed([Hlc(1, 0), Hlc(160, 10)], 100, 60, 9) == Hlc(1, 0)
    assert latest_followed([Hlc(161, 0)], 100, 60, 9) is None


@given(TIMES, st.integers(-12, 14))
def test_milliseconds_are_the_same_in_every_zone(at: datetime, hours: int) -> None:
    assert wall_ms(at) == wall_ms(at.astimezone(timezone(timedelta(hours=hours))))
    assert wall_ms(at) == (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("moved", "step"),
    [
        (timedelta(seconds=1), 0),
        (timedelta(days=400), 0),
        (timedelta(), 0),
        (timedelta(minutes=-10), 0),
        (timedelta(minutes=-10, milliseconds=-1), -600_001),
        (timedelta(days=-1), -86_400_000),
    ],
)
def test_a_clock_that_was_set_back(moved: timedelta, step: int) -> None:
    last = datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert clock_step(last, last + moved, timedelta(minutes=10)) == step


@pytest.mark.parametrize(
    ("boot", "steady", "wall", "jump"),
    [
        ("a", 86_400_000, 86_400_000, 0),
        ("a", 1_000, 601_000, 0),
        ("a", 1_000, 601_001, 600_001),
        ("a", 86_400_000, 85_799_999, -600_001),
        ("b", 1_000, 999_999_999, 0),
    ],
)
def test_a_clock_that_did_not_go_as_the_steady_one(boot: str, steady: int, wall: int, jump: int) -> None:
    before = SteadyMark("a", 500, 7_000)
    now = SteadyMark(boot, 500 + steady, 7_000 + wall)
    assert clock_jump(before, now, timedelta(minutes=10)) == jump


CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.integers(-(10**9), 10**9)),
        st.tuples(st.just("compared"), st.just(0)),
        st.tuples(st.just("sold"), st.just(0)),
    ),
    max_size=30,
)


@given(st.integers(-(10**9), 10**9), CHANGES)
def test_how_far_a_clock_was_ahead_is_known_from_comparisons_and_from_how_it_was_set(
    first: int, changes: list[tuple[str, int]]
) -> None:
    ahead, words, sold = first, [], []
    for seq, (what, by) in enumerate(changes, 1):
        ahead += by
        if what == "set":
            words.append(ClockWord(1, seq, None, by))
        elif what == "compared":
            words.append(ClockWord(1, seq, ahead, 0))
        else:
            sold.append((seq, ahead))
    compared = any(word.ahead_ms is not None for word in words)
    for seq, true_ahead in sold:
        assert ahead_at(words, 1, seq) == (true_ahead if compared else 0)


def test_an_epoch_comes_after_the_one_before() -> None:
    words = [ClockWord(1, 9, 5_000, 0), ClockWord(2, 3, 7_000, 0)]
    assert [ahead_at(words, *place) for place in ((1, 8), (1, 9), (2, 2), (2, 3))] == [5_000, 5_000, 5_000, 7_000]
