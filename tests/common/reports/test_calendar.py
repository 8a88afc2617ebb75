"""Which day a line counts on."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.clock import ClockWord, ahead_at
from common.reports.calendar import Calendar, ClockLine, Month
from common.reports.line import Line

PLACES = st.tuples(st.integers(1, 2), st.integers(1, 9))
OFFSETS = st.integers(-9, 9)
WORDS = st.lists(
    st.builds(
        lambda place, ahead, by: ClockWord(*place, ahead, 0 if ahead is not None else by),
        PLACES,
        st.none() | OFFSETS,
        OFFSETS,
    ),
    unique_by=lambda word: (word.epoch, word.seq),
    max_size=6,
).map(sorted)


@given(words=WORDS, place=PLACES)
def test_a_clock_line_says_what_the_words_say(words, place):
    assert ClockLine(words).ahead(place) == timedelta(milliseconds=ahead_at(words, *place))


@given(words=WORDS)
def test_between_its_places_nothing_changes(words):
    line = ClockLine(words)
    for epoch in (1, 2):
        for seq in range(11):
            last = max(found for found in line.places if found <= (epoch, seq))
            assert line.ahead((epoch, seq)) == line.ahead(last)


def sale(at):
    return Line("till-0001/1", "A1", "till-0001", None, 1, 1, at, "written", 1, 5)


def test_days_begin_at_the_utilitys_midnight_and_by_the_offices_clock():
    shanghai = Calendar(ZoneInfo("Asia/Shanghai"), lambda _: [])
    assert shanghai.day_of(sale("2026-11-23T15:59:59+00:00")) == date(2026, 11, 23)
    assert shanghai.day_of(sale("2026-11-23T16:00:00+00:00")) == date(2026, 11, 24)
    fast = Calendar(ZoneInfo("Asia/Shanghai"), lambda _: [ClockWord(1, 2, 3_600_000, 0)])
    assert fast.day_of(sale("2026-11-23T16:30:00+00:00")) == date(2026, 11, 23)


@given(
    st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(["Asia/Shanghai", "Asia/Kathmandu", "America/St_Johns", "Europe/Berlin", "Pacific/Chatham"]),
    st.lists(st.integers(-70, 70), min_size=1, max_size=5),
)
def test_the_quick_way_to_a_day_finds_the_same(at, zone, seconds):
    calendar = Calendar(ZoneInfo(zone), lambda _: [])
    for second in seconds:
        line = sale((at + timedelta(seconds=second)).isoformat())
        assert calendar.day_text(line) == calendar.day_of(line).isoformat()


@pytest.mark.parametrize(("text", "days"), [("2026-11", 30), ("2026-12", 31), ("2028-02", 29), ("2026-02", 28)])
def test_a_month_has_its_days(text, days):
    month = Month.parse(text)
    assert (str(month), len(month.days)) == (text, days)
    assert month.holds(month.last)
    assert not month.holds(month.last + timedelta(days=1))


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-0", "26-11", "2026-xx", "0001-01", "9999-12"])
def test_what_is_no_month_is_refused(text):
    with pytest.raises(ValueError, match="month"):
        Month.parse(text)
