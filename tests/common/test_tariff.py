"""Tariffs against price lists, and the law that a year costs the same in however many purchases."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.tariff import (
    WHOLE,
    BadQuantity,
    BadTariff,
    Debt,
    LineKind,
    NoTariff,
    Quote,
    Surcharge,
    Tariff,
    Tier,
    UnknownClass,
    check_tariff,
    in_force,
    quote_energy,
    quote_money,
    quote_still_valid,
    tariff_year,
)
from common.units import LARGEST

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
KWH = 1_000
ZHEJIANG = [
    Tier(price=538_000, up_to=2_760 * KWH),
    Tier(price=588_000, up_to=4_800 * KWH),
    Tier(price=838_000),
]
BEIJING = [
    Tier(price=488_300, up_to=2_880 * KWH),
    Tier(price=538_300, up_to=4_800 * KWH),
    Tier(price=788_300),
]


def tariff(tiers: list[Tier], digits: int = 2, name: str = "t", since: datetime = NOW) -> Tariff:
    return Tariff(tariff=name, since=since, digits=digits, classes={"residential": tiers})


def buy(of: Tariff, used: int, energy: int) -> Quote:
    return quote_energy(of, "residential", used, energy, job="till-0001/1", year=2026, at=NOW)


def spend(of: Tariff, used: int, money: int) -> Quote:
    return quote_money(of, "residential", used, money, job="till-0001/1", year=2026, at=NOW)


@st.composite
def tariffs(draw: st.DrawFn) -> Tariff:
    ends = sorted(draw(st.sets(st.integers(1, 10_000 * KWH), max_size=4)))
    prices = draw(st.lists(st.integers(1, 5_000_000), min_size=len(ends) + 1, max_size=len(ends) + 1))
    tiers = [Tier(price=price, up_to=end) for price, end in zip(prices, [*ends, None], strict=True)]
    rates = st.integers(1, WHOLE)
    made = msgspec.structs.replace(
        tariff(tiers, digits=draw(st.integers(0, 4))),
        surcharges=[
            Surcharge(name=str(place), price=rate if by_kwh else 0, rate=0 if by_kwh else rate)
            for place, (by_kwh, rate) in enumerate(draw(st.lists(st.tuples(st.booleans(), rates), max_size=2)))
        ],
        vat=draw(st.integers(0, WHOLE - 1)),
        vat_included=draw(st.booleans()),
    )
    check_tariff(made)
    return made


@pytest.mark.parametrize(
    ("tiers", "energy", "amount"),
    [
        (ZHEJIANG, 2_760, 148_488),
        (ZHEJIANG, 4_800, 148_488 + 119_952),
        (ZHEJIANG, 5_000, 285_200),
        (BEIJING, 1, 49),
        (BEIJING, 2_880, 140_630),
        (BEIJING, 4_800, 243_984),
        (BEIJING, 5_000, 259_750),
    ],
)
def test_what_the_public_price_lists_say(tiers: list[Tier], energy: int, amount: int) -> None:
    assert buy(tariff(tiers), 0, energy * KWH).amount == amount


def test_a_purchase_that_crosses_a_tier_says_so() -> None:
    quote = buy(tariff(ZHEJIANG), 2_700 * KWH, 100 * KWH)
    assert [(line.tier, line.energy, line.price, line.amount) for line in quote.lines] == [
        (1, 60 * KWH, 538_000, 3_228),
        (2, 40 * KWH, 588_000, 2_352),
    ]
    assert quote.amount == 5_580


def test_a_half_fen_is_rounded_up() -> None:
    half = tariff([Tier(price=5_000)])
    assert buy(half, 0, 999).amount == 0
    assert buy(half, 0, 1_000).amount == 1
    assert buy(half, 1_000, 1_000).amount == 0


@given(tariffs(), st.integers(0, 10_000 * KWH), st.lists(st.integers(1, 2_000 * KWH), min_size=1, max_size=12))
def test_a_year_costs_the_same_in_any_number_of_purchases(of: Tariff, used: int, parts: list[int]) -> None:
    whole, total, tax = buy(of, used, sum(parts)), 0, 0
    start = used
    for part in parts:
        quote = buy(of, start, part)
        assert quote.amount == sum(line.amount for line in quote.lines)
        tiers = [line for line in quote.lines if line.kind is LineKind.ENERGY]
        assert part == sum(line.energy for line in tiers)
        assert [line.tier for line in tiers] == sorted({line.tier for line in tiers})
        total, tax, start = total + quote.amount, tax + quote.vat, start + part
    assert (total, tax) == (whole.amount, whole.vat)


@given(tariffs(), st.integers(0, 10_000 * KWH), st.integers(1, 10_000_000))
def test_money_buys_the_most_that_it_can(of: Tariff, used: int, money: int) -> None:
    if buy(of, used, 1).amount > money:
        with pytest.raises(BadQuantity, match="too_little"):
            spend(of, used, money)
        return
    quote = spend(of, used, money)
    assert quote.amount <= money
    assert quote.energy == LARGEST or buy(of, used, quote.energy + 1).amount > money
    assert quote == buy(of, used, quote.energy)


@given(tariffs(), st.integers(0, 10_000 * KWH), st.lists(st.integers(1, 5_000 * KWH), min_size=2))
def test_more_energy_never_costs_less(of: Tariff, used: int, energies: list[int]) -> None:
    for less, more in pairwise(sorted(energies)):
        assert buy(of, used, less).amount <= buy(of, used, more).amount


def test_what_cannot_be_quoted() -> None:
    of = tariff([Tier(price=538_000)], digits=0)
    for nothing in (0, -1):
        with pytest.raises(BadQuantity, match="zero"):
            buy(of, 0, nothing)
        with pytest.raises(BadQuantity, match="zero"):
            spend(of, 0, nothing)
    dear = tariff([Tier(price=9_000_000_000)])
    with pytest.raises(BadQuantity, match="too_little"):
        spend(dear, 0, 1)
    for ask in (quote_energy, quote_money):
        with pytest.raises(UnknownClass) as refused:
            ask(of, "farm", 0, 100, job="", year=2026, at=NOW)
        assert (refused.value.tariff, refused.value.tariff_class) == ("t", "farm")


def test_a_quote_grows_old() -> None:
    quote = buy(tariff(ZHEJIANG), 0, 1_000)
    assert quote_still_valid(quote, NOW + timedelta(minutes=10))
    assert not quote_still_valid(quote, NOW + timedelta(minutes=10, microseconds=1))
    assert not quote_still_valid(quote, NOW - timedelta(minutes=11)), "the clock was set back"


def test_a_tariff_is_in_force_from_its_moment_until_the_next() -> None:
    old = tariff(ZHEJIANG, name="2026", since=NOW)
    new = tariff(BEIJING, name="2027", since=NOW + timedelta(days=30))
    moment = timedelta(microseconds=1)
    assert in_force([new, old], NOW) is old
    assert in_force([old, new], new.since - moment) is old
    assert in_force([old, new], new.since) is new
    with pytest.raises(NoTariff):
        in_force([old, new], NOW - moment)
    with pytest.raises(NoTariff):
        in_force([], NOW)


def test_of_two_tariffs_that_begin_together_every_till_takes_the_same() -> None:
    one, other = tariff(ZHEJIANG, name="a"), tariff(BEIJING, name="b")
    assert in_force([one, other], NOW) is in_force([other, one], NOW) is other


def test_the_year_is_the_utilitys() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    turn = datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert tariff_year(turn - timedelta(microseconds=1), shanghai) == 2026
    assert tariff_year(turn, shanghai) == 2027
    assert tariff_year(turn, ZoneInfo("UTC")) == 2026


@pytest.mark.parametrize(
    ("classes", "reason"),
    [
        ({}, "no customer class"),
        ({"r": []}, "no tier"),
        ({"r": [Tier(price=1, up_to=5)]}, "no end"),
        ({"r": [Tier(price=0)]}, "zero"),
        ({"r": [Tier(price=1, up_to=5), Tier(price=0)]}, "zero"),
        ({"r": [Tier(price=1), Tier(price=2)]}, "above the one before"),
        ({"r": [Tier(price=1, up_to=0), Tier(price=2)]}, "above the one before"),
        ({"r": [Tier(price=1, up_to=5), Tier(price=2, up_to=5), Tier(price=3)]}, "above the one before"),
        ({"r": [Tier(price=1, up_to=5), Tier(price=2, up_to=4), Tier(price=3)]}, "above the one before"),
        ({"good": [Tier(price=1)], "bad": []}, "class bad"),
    ],
)
def test_a_tariff_that_cannot_be_published(classes: dict[str, list[Tier]], reason: str) -> None:
    with pytest.raises(BadTariff, match=reason):
        check_tariff(Tariff(tariff="t", since=NOW, digits=2, classes=classes))


def lines(quote: Quote) -> list[tuple[str, str, int]]:
    return [(line.kind.value, line.name, line.amount) for line in quote.lines]


def test_surcharges_and_tax_stand_on_lines_of_their_own() -> None:
    of = msgspec.structs.replace(
        tariff([Tier(price=500_000)]),
        surcharges=[
            Surcharge(name="水利 water", price=6_225),
            Surcharge(name="levy", rate=20_000),
            Surcharge(name="farms", price=9, classes=["farm"]),
        ],
        classes={"residential": [Tier(price=500_000)], "farm": [Tier(price=300_000)]},
        vat=130_000,
        vat_included=False,
    )
    check_tariff(of)
    quote = buy(of, 0, 100 * KWH)
    assert lines(quote) == [
        ("energy", "", 5_000),
        ("surcharge", "水利 water", 62),
        ("surcharge", "levy", 100),
        ("vat", "", 671),
    ]
    assert (quote.amount, quote.vat) == (5_833, 671)


def test_tax_that_prices_hold_is_told_and_not_added() -> None:
    of = msgspec.structs.replace(tariff([Tier(price=1_130_000)]), vat=130_000)
    quote = buy(of, 0, 100 * KWH)
    assert (quote.amount, quote.vat, len(quote.lines)) == (11_300, 1_300, 1)


SHARE = Debt(arrears="a", name="2025", outstanding=10_000, share=300_000)
FIXED = Debt(arrears="b", name="loan", outstanding=1_200, fixed=500)


def test_arrears_take_their_share_of_the_money() -> None:
    of = tariff([Tier(price=1_000_000)])
    quote = quote_money(of, "residential", 0, 10_000, job="", year=2026, at=NOW, debts=[SHARE, FIXED])
    assert lines(quote) == [("energy", "", 6_500), ("arrears", "2025", 3_000), ("arrears", "loan", 500)]
    assert (quote.amount, quote.energy // KWH) == (10_000, 65)


def test_arrears_come_on_top_of_energy_and_never_more_than_is_owed() -> None:
    of = tariff([Tier(price=1_000_000)])
    quote = quote_energy(of, "residential", 0, 70 * KWH, job="", year=2026, at=NOW, debts=[SHARE])
    assert lines(quote) == [("energy", "", 7_000), ("arrears", "2025", 3_000)]
    rest = msgspec.structs.replace(SHARE, outstanding=1)
    assert quote_energy(of, "residential", 0, KWH, job="", year=2026, at=NOW, debts=[rest]).amount == 101


def test_arrears_that_take_all_leave_nothing_to_sell() -> None:
    greedy = Debt(arrears="a", name="x", outstanding=10_000, fixed=10_000)
    with pytest.raises(BadQuantity, match="too_little"):
        quote_money(tariff(ZHEJIANG), "residential", 0, 5_000, job="", year=2026, at=NOW, debts=[greedy])


@given(
    tariffs(),
    st.integers(1, 10_000_000),
    st.lists(
        st.builds(
            Debt,
            arrears=st.just("a"),
            name=st.just("x"),
            outstanding=st.integers(1, 10**6),
            share=st.integers(0, WHOLE),
            fixed=st.integers(0, 10**5),
        ),
        max_size=3,
    ),
)
def test_lines_always_add_up(of: Tariff, money: int, debts: list[Debt]) -> None:
    try:
        quote = quote_money(of, "residential", 0, money, job="", year=2026, at=NOW, debts=debts)
    except BadQuantity:
        return
    assert quote.amount == sum(line.amount for line in quote.lines) <= money
    assert all(part.amount <= debt.outstanding for part in quote.arrears for debt in debts if len(debts) == 1)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"surcharges": [Surcharge(name="x")]}, "one of the two"),
        ({"surcharges": [Surcharge(name="x", price=1, rate=1)]}, "one of the two"),
        ({"surcharges": [Surcharge(name="x", price=1, classes=["moon"])]}, "no class moon"),
        ({"surcharges": [Surcharge(name="x", price=1), Surcharge(name="x", rate=1)]}, "twice"),
        ({"vat": WHOLE}, "100 percent"),
    ],
)
def test_surcharges_and_tax_that_cannot_be(wrong: dict[str, object], reason: str) -> None:
    with pytest.raises(BadTariff, match=reason):
        check_tariff(msgspec.structs.replace(tariff(ZHEJIANG), **wrong))
