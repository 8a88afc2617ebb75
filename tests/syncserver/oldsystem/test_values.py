"""Values of old files: what each becomes, and why what cannot be one is refused. Two readings of totals agree."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncserver.oldsystem.mapping import Mapping, Table
from syncserver.oldsystem.rows import Value
from syncserver.oldsystem.totals import UNREADABLE, SourceReader
from syncserver.oldsystem.values import Bad, Times, amount_of, card_of, count_of, flag_of, identifier_of, text_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
TIMES = Times(["%Y/%m/%d %H:%M", "%Y%m%d"], SHANGHAI)
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.text(max_size=30),
    st.integers(-(10**17), 10**17),
    st.floats(),
    st.datetimes(),
    st.dates(),
)


@pytest.mark.parametrize(
    ("value", "width", "number"),
    [
        ("0012345678", 10, "0012345678"),
        (12345678.0, 10, "0012345678"),
        (12345678, 0, "12345678"),
        ("'0012", 0, "0012"),
        ("００１２", 0, "0012"),
        (" 12 34 ", 6, "001234"),
        ("b-17", 0, "B-17"),
    ],
)
def test_numbers_of_accounts_and_meters(value: Value, width: int, number: str) -> None:
    assert identifier_of(value, width) == number


@pytest.mark.parametrize(
    ("value", "reason"),
    [("", "empty"), (None, "empty"), ("12/3", "identifier"), ("1" * 13, "identifier"), (1.5, "identifier"),
     (1.2345678901234567e16, "rounded"), ("1\ufffd", "encoding"), ("1\x07", "control"), ("1" * 201, "long")],
)  # fmt: skip
def test_what_is_no_number_of_one(value: Value, reason: str) -> None:
    with pytest.raises(Bad) as bad:
        identifier_of(value)
    assert bad.value.reason == reason


@pytest.mark.parametrize(
    ("value", "times", "amount"),
    [("54.00", 100, 5_400), ("1,234.5", 100, 123_450), ("５４.１", 100, 5_410), ("-54", 100, -5_400),
     (54.1, 100, 5_410), (54, 1, 54), ("¥5", 100, 500)],
)  # fmt: skip
def test_amounts(value: Value, times: int, amount: int) -> None:
    assert amount_of(value, times) == amount


@pytest.mark.parametrize(
    ("value", "reason"),
    [("", "empty"), ("壹佰", "number"), ("#REF!", "number"), ("1O8", "number"), ("54.005", "fine"), ("NaN", "number"),
     ("1e400", "number"), (float("inf"), "number"), (True, "number"), (10**17, "number")],
)  # fmt: skip
def test_what_is_no_amount(value: Value, reason: str) -> None:
    for _ in range(2):  # also where it was read before
        with pytest.raises(Bad) as bad:
            amount_of(value, 100)
        assert bad.value.reason == reason


def test_times_are_those_of_the_utilitys_zone() -> None:
    nine = datetime(2020, 5, 1, 1, tzinfo=UTC)
    for value in ("2020-05-01 09:00:00", "2020/05/01 09:00", datetime(2020, 5, 1, 9)):
        assert TIMES.of(value) == nine
    assert TIMES.of(date(2020, 5, 1)) == TIMES.of("20200501") == datetime(2020, 4, 30, 16, tzinfo=UTC)
    assert TIMES.year(datetime(2019, 12, 31, 20, tzinfo=UTC)) == 2020
    assert (TIMES.day("20200501"), TIMES.day("")) == ("2020-05-01", "")
    for value, reason in (
        ("2019-02-30 10:00:00", "date"),
        ("不详", "date"),
        ("", "empty"),
        ("1066/01/01 00:00", "age"),
    ):
        with pytest.raises(Bad) as bad:
            TIMES.of(value)
        assert bad.value.reason == reason


def test_cards_counts_flags() -> None:
    assert card_of(62999999.0) == "0000000062999999"
    assert card_of("") == ""
    with pytest.raises(Bad):
        card_of("A12")
    assert (count_of("", 9), count_of(None, 9), count_of("7", 9), count_of(7.0, 9)) == (0, 0, 7, 7)
    for value in ("-1", "10", "1.5"):
        with pytest.raises(Bad):
            count_of(value, 9)
    assert [flag_of(value) for value in ("", "0", "N", "否", None, False)] == [False] * 6
    assert [flag_of(value) for value in ("1", "Y", "是", True, "2020-01-01")] == [True] * 5


@given(ANYTHING, st.integers(1, 1_000))
def test_any_value_is_read_or_refused(value: Value, times: int) -> None:
    """Nothing that a file can have is an error that nobody expects."""
    for read in (text_of, identifier_of, card_of, TIMES.of, TIMES.day, flag_of):
        try:
            read(value)
        except Bad:
            continue
    try:
        found = amount_of(value, times)
    except Bad:
        return
    assert isinstance(found, int)
    if isinstance(value, int):
        assert found == value * times
    elif isinstance(value, float):
        assert Decimal(repr(value)) * times == found


FIGURES = st.one_of(
    st.integers(-(10**6), 10**6).map(str),
    st.decimals(-(10**6), 10**6, places=2).map(str),
    st.floats(-1e6, 1e6).map(lambda figure: round(figure, 2)),
    st.sampled_from(["", "x", "１２", "1,234.5", None, "1.234"]),
)
WHEN = st.one_of(
    st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)).map(lambda at: f"{at:%Y-%m-%d %H:%M:%S}"),
    st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(microsecond=0)),
    st.sampled_from(["20200501", "2020/05/01 09:00", "2020-02-30 10:00:00", "不详", ""]),
)


@given(WHEN, FIGURES, FIGURES)
def test_the_totals_own_reading_is_the_imports(at: Value, amount: Value, credit: Value) -> None:
    """Each was written without the other: a row that one of them reads is what the other says, or refused by it."""
    table = Table(file="x.csv", columns={})
    dates = ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y%m%d")
    mapping = Mapping(name="x", accounts=table, purchases=table, dates=dates)
    row: tuple[Value, ...] = ("1", at, amount, credit, "", "", "li", "", "", "", "", "")
    key, energy, money = SourceReader(mapping, 100, 1_000).read(row)
    try:
        when = Times(dates, SHANGHAI).of(at).astimezone(SHANGHAI)
        read = (f"{when:%Y-%m}", "li"), amount_of(credit, 1_000), amount_of(amount, 100)
    except Bad:
        return
    assert key != UNREADABLE
    assert (tuple(key), energy, money) == read
