"""Amounts as people type them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.units import LARGEST, BadAmount, format_decimal, format_energy, format_money, parse_energy, parse_money

AMOUNTS = st.integers(0, LARGEST)


@given(AMOUNTS, st.integers(0, 4))
def test_money_reads_back_as_it_was_written(amount: int, digits: int) -> None:
    # 15 digits before the point are more than any amount that a person pays.
    amount %= 10 ** (15 + digits)
    assert parse_money(format_money(amount, digits), digits) == amount


@given(AMOUNTS)
def test_energy_reads_back_as_it_was_written(energy: int) -> None:
    text = format_energy(energy)
    assert text.endswith(" kWh")
    assert parse_energy(text.removesuffix(" kWh")) == energy


@given(st.integers(-LARGEST, LARGEST), st.integers(1, 9))
def test_a_negative_number_is_its_opposite_with_a_sign(value: int, digits: int) -> None:
    if value > 0:
        assert format_decimal(-value, digits) == "-" + format_decimal(value, digits)
    assert len(format_decimal(value, digits).rpartition(".")[2]) == digits


@pytest.mark.parametrize(
    ("text", "digits", "amount"),
    [
        ("100", 2, 10_000),
        ("100.5", 2, 10_050),
        (" 1,234.56 ", 2, 123_456),
        ("0.10", 2, 10),
        ("0.100000000", 2, 10),
        ("1,234,567", 2, 123_456_700),
        ("500", 0, 500),
        ("500.00", 0, 500),
        ("1.234", 3, 1_234),
        ("0", 2, 0),
        ("007", 2, 700),
    ],
)
def test_money_that_is_typed(text: str, digits: int, amount: int) -> None:
    assert parse_money(text, digits) == amount


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "form"),
        (" ", "form"),
        (".", "form"),
        (".5", "form"),
        ("5.", "form"),
        ("abc", "form"),
        ("+5", "form"),
        ("1e3", "form"),
        ("1.2.3", "form"),
        ("0x10", "form"),
        ("1 000", "form"),
        ("١٢", "form"),
        ("５０", "form"),
        ("1234567890123456", "form"),
        ("0.1234567890", "form"),
        ("nan", "form"),
        ("100,50", "form"),
        ("1,2,345", "form"),
        (",100", "form"),
        ("1,", "form"),
        ("1,0000", "form"),
        ("-5", "negative"),
        ("−5", "negative"),
        ("0.001", "too_fine"),
        ("100.999", "too_fine"),
        ("90071992547409.92", "too_large"),
    ],
)
def test_text_that_is_no_amount(text: str, reason: str) -> None:
    with pytest.raises(BadAmount) as refused:
        parse_money(text)
    assert (refused.value.text, refused.value.reason) == (text, reason)


def test_the_largest_amount_and_the_next() -> None:
    assert parse_money("90071992547409.91") == LARGEST
    with pytest.raises(BadAmount):
        parse_money("90071992547409.92")


def test_energy_is_as_fine_as_a_watt_hour() -> None:
    assert parse_energy("0.125") == 125
    assert format_energy(50_000) == "50.000 kWh"
    assert format_energy(1_234_567) == "1,234.567 kWh"
    with pytest.raises(BadAmount, match="too_fine"):
        parse_energy("0.0001")


@given(st.text(max_size=20))
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    with suppress(BadAmount):
        assert 0 <= parse_money(text) <= LARGEST
