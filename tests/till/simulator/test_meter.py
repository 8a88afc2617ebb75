"""The physics that the rules rely on: what a meter takes, refuses and writes back."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.card.image import CardImage, ReturnStatus
from common.card.keys import derive_card_key
from till.cards.connect import open_card
from till.cards.errors import CardError
from till.simulator.channel import ChipChannel
from till.simulator.chip import Chip
from till.simulator.factory import new_chip
from till.simulator.meter import MeterOutcome, MeterState, SimulatedMeter

MASTER = bytes(range(32))
OLD, NEW = "6201000000000001", "6201000000000002"


def card(serial: str, chip: str = "cpu") -> Chip:
    return new_chip(chip, serial, derive_card_key(MASTER, serial))


def write(chip: Chip, serial: str, *, issue: int = 1, count: int, energy: int, meter: str = "M1") -> None:
    driver = open_card(ChipChannel(chip))
    driver.unlock(derive_card_key(MASTER, serial))
    driver.write(CardImage(serial=serial, account="A1", meter=meter, issue=issue, count=count, energy=energy))


def read(chip: Chip, serial: str):
    driver = open_card(ChipChannel(chip))
    driver.unlock(derive_card_key(MASTER, serial))
    return driver.read()


@pytest.fixture
def meter() -> SimulatedMeter:
    return SimulatedMeter(MeterState(number="M1", master=MASTER.hex()))


@pytest.mark.parametrize("kind", ["cpu", "sle4442"])
def test_the_same_card_twice_loads_once(meter, kind):
    chip = card(OLD, kind)
    write(chip, OLD, count=1, energy=500)
    assert [meter.insert(ChipChannel(chip)) for _ in range(2)] == [MeterOutcome.LOADED, MeterOutcome.ALREADY_LOADED]
    assert meter.total_loaded == 500
    assert read(chip, OLD).returned.status is ReturnStatus.LOADED


def test_another_card_with_a_count_that_is_taken_is_refused(meter):
    """It carries other credit under the same number: to call it loaded would lose that credit."""
    old, new = card(OLD), card(NEW)
    write(old, OLD, count=1, energy=500)
    meter.insert(ChipChannel(old))
    write(new, NEW, issue=2, count=1, energy=700)
    assert meter.insert(ChipChannel(new)) is MeterOutcome.REFUSED_COUNT
    assert meter.total_loaded == 500
    assert read(new, NEW).returned.status is ReturnStatus.REFUSED_COUNT


def test_a_card_without_credit_teaches_its_issue_number_and_moves_no_count(meter):
    old, new = card(OLD), card(NEW)
    write(old, OLD, count=1, energy=500)
    meter.insert(ChipChannel(old))
    write(new, NEW, issue=2, count=1, energy=0)
    assert meter.insert(ChipChannel(new)) is MeterOutcome.NOTHING
    assert (meter.state.issue, meter.state.count) == (2, 1)
    write(old, OLD, count=2, energy=100)
    assert meter.insert(ChipChannel(old)) is MeterOutcome.REFUSED_ISSUE
    assert read(old, OLD).returned.card_count == 1


@pytest.mark.parametrize("count", [0, 2, 3, 9])
def test_only_the_next_count_is_taken(meter, count):
    chip = card(OLD)
    write(chip, OLD, count=count, energy=500)
    assert meter.insert(ChipChannel(chip)) is MeterOutcome.REFUSED_COUNT
    assert meter.total_loaded == 0


def test_cards_that_are_not_the_meters_are_left_alone(meter):
    blank, other, forged = card(OLD), card(OLD), new_chip("cpu", OLD, bytes(32))
    write(other, OLD, count=1, energy=5, meter="M2")
    before = other.memory.files[0].data[:], forged.memory.files[0].data[:]
    assert meter.insert(ChipChannel(blank)) is MeterOutcome.REFUSED_METER
    assert meter.insert(ChipChannel(other)) is MeterOutcome.REFUSED_METER
    assert meter.insert(ChipChannel(forged)) is MeterOutcome.REFUSED_KEY
    assert (other.memory.files[0].data, forged.memory.files[0].data) == before


def test_it_keeps_its_state_in_its_file(tmp_path):
    path = tmp_path / "meter"
    meter = SimulatedMeter(MeterState(number="M1", master=MASTER.hex()), path)
    chip = card(OLD)
    write(chip, OLD, count=1, energy=500)
    meter.insert(ChipChannel(chip))
    again = SimulatedMeter.load(path)
    assert again.consume(200) == 200
    assert again.consume(1_000) == 300
    assert SimulatedMeter.load(path).state == again.state
    assert again.total_loaded == 500


@settings(max_examples=60, deadline=None)
@given(kind=st.sampled_from(["cpu", "sle4442"]), tears=st.lists(st.integers(0, 60), min_size=1, max_size=6))
def test_a_meter_torn_at_any_byte_loads_each_credit_once(kind, tears):
    meter, chip = SimulatedMeter(MeterState(number="M1", master=MASTER.hex())), card(OLD, kind)
    write(chip, OLD, count=1, energy=500)
    for tear in tears:
        chip.tear_after = tear
        with suppress(CardError):
            meter.insert(ChipChannel(chip))
        chip.tear_after = None
        assert meter.total_loaded in (0, 500)
    outcome = meter.insert(ChipChannel(chip))
    if outcome is not MeterOutcome.REFUSED_KEY:  # a memory card whose power went while it counted a try
        assert meter.total_loaded == 500
        assert read(chip, OLD).returned.count == 1
