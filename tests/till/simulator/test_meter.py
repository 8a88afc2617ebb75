"""The physics that the rules rely on: what a meter takes, refuses and writes back."""

from pathlib import Path

import pytest

from common.card.image import CardImage, ReturnData, ReturnStatus
from tests.till.simulator.cards import MASTER, NEW, OLD, card, image, memory_of, read, write
from till.simulator.channel import ChipChannel
from till.simulator.chip import Chip
from till.simulator.chip_cpu import CpuChip, CpuMemory
from till.simulator.factory import new_chip
from till.simulator.meter import MeterOutcome, MeterState, SimulatedMeter

KINDS = pytest.mark.parametrize("kind", ["cpu", "sle4442"])


def insert(meter: SimulatedMeter, chip: Chip) -> MeterOutcome:
    return meter.insert(ChipChannel(chip))


def returned(chip: Chip, serial: str) -> ReturnData:
    data = read(chip, serial).returned
    assert data is not None
    return data


@KINDS
def test_the_same_card_twice_loads_once(meter: SimulatedMeter, kind: str) -> None:
    chip = card(OLD, kind)
    write(chip, image(OLD, count=1, credit=500))
    assert [insert(meter, chip), insert(meter, chip)] == [MeterOutcome.LOADED, MeterOutcome.ALREADY_LOADED]
    assert meter.total_loaded == 500
    assert returned(chip, OLD) == ReturnData(
        meter="M1", issue=1, count=1, remaining=500, use=0, status=ReturnStatus.LOADED, card_count=1
    )


@KINDS
def test_another_card_with_a_count_that_is_taken_is_refused(meter: SimulatedMeter, kind: str) -> None:
    """It carries other credit under the same number: to call it loaded would lose that credit."""
    old, new = card(OLD, kind), card(NEW, kind)
    write(old, image(OLD, count=1, credit=500))
    insert(meter, old)
    write(new, image(NEW, issue=2, count=1, credit=700))
    assert [insert(meter, new), insert(meter, new)] == [MeterOutcome.REFUSED_COUNT] * 2
    assert meter.total_loaded == 500
    assert (returned(new, NEW).status, returned(new, NEW).count) == (ReturnStatus.REFUSED_COUNT, 1)


@KINDS
def test_a_replacement_without_credit_teaches_its_issue_number_and_moves_no_count(
    meter: SimulatedMeter, kind: str
) -> None:
    old, new = card(OLD, kind), card(NEW, kind)
    write(old, image(OLD, count=1, credit=500))
    insert(meter, old)
    write(new, image(NEW, issue=2, count=1, credit=0))
    assert insert(meter, new) is MeterOutcome.NOTHING
    assert (meter.state.issue, meter.state.count) == (2, 1)
    assert (returned(new, NEW).status, returned(new, NEW).issue) == (ReturnStatus.NOTHING, 2)
    write(new, image(NEW, issue=2, count=1, credit=700))
    assert insert(meter, new) is MeterOutcome.REFUSED_COUNT
    write(new, image(NEW, issue=2, count=2, credit=700))
    assert insert(meter, new) is MeterOutcome.LOADED
    assert meter.total_loaded == 1_200


@pytest.mark.parametrize("count", [0, 1, 2, 9])
def test_a_card_without_credit_never_moves_the_count(meter: SimulatedMeter, count: int) -> None:
    chip = card(OLD)
    write(chip, image(OLD, issue=3, count=count, credit=0))
    assert insert(meter, chip) is MeterOutcome.NOTHING
    assert (meter.state.issue, meter.state.count, meter.total_loaded) == (3, 0, 0)


@pytest.mark.parametrize("count", [0, 2, 3, 9])
def test_only_the_next_count_is_taken(meter: SimulatedMeter, count: int) -> None:
    chip = card(OLD)
    write(chip, image(OLD, count=count, credit=500))
    assert insert(meter, chip) is MeterOutcome.REFUSED_COUNT
    assert meter.total_loaded == 0
    assert returned(chip, OLD).card_count == count


@KINDS
@pytest.mark.parametrize(
    ("wanted", "outcome"),
    [
        pytest.param(image(NEW, issue=1, count=2, credit=9), MeterOutcome.REFUSED_ISSUE, id="superseded"),
        pytest.param(image(NEW, issue=2, count=2, credit=9), MeterOutcome.REFUSED_ISSUE, id="another of this issue"),
        pytest.param(image(NEW, issue=3, count=2, credit=9, meter="M2"), MeterOutcome.REFUSED_METER, id="meter"),
        pytest.param(None, MeterOutcome.REFUSED_METER, id="blank"),
    ],
)
def test_a_card_that_it_does_not_obey_is_left_unwritten(
    meter: SimulatedMeter, kind: str, wanted: CardImage | None, outcome: MeterOutcome
) -> None:
    known, chip = card(OLD, kind), card(NEW, kind)
    write(known, image(OLD, issue=2, count=1, credit=500))
    insert(meter, known)
    if wanted is not None:
        write(chip, wanted)
    state, memory = meter.state, memory_of(chip)
    assert insert(meter, chip) is outcome
    assert (meter.state, memory_of(chip)) == (state, memory)


def test_a_card_of_another_utility_is_left_unwritten(meter: SimulatedMeter) -> None:
    chip = new_chip("sle4442", OLD, bytes(32))
    memory = memory_of(chip)
    assert insert(meter, chip) is MeterOutcome.REFUSED_KEY
    assert memory_of(chip) == memory
    stranger = CpuChip(CpuMemory(bytes.fromhex("A000000003000000"), [], bytes(16)))
    assert insert(meter, stranger) is MeterOutcome.FOREIGN


def test_two_damaged_slots_are_unreadable(meter: SimulatedMeter) -> None:
    chip = card(OLD)
    assert isinstance(chip, CpuChip)
    for count in (1, 2):
        write(chip, image(OLD, count=count, credit=500))
    for file in chip.memory.files:
        if not file.open:
            file.data[0] ^= 1
    assert insert(meter, chip) is MeterOutcome.CARD_UNREADABLE
    assert meter.total_loaded == 0


def test_it_cuts_off_at_zero_and_keeps_all_in_its_file(tmp_path: Path) -> None:
    path = tmp_path / "meter"
    chip = card(OLD)
    write(chip, image(OLD, count=1, credit=500))
    assert insert(SimulatedMeter(MeterState(number="M1", master=MASTER.hex()), path), chip) is MeterOutcome.LOADED
    meter = SimulatedMeter.load(path)
    assert (meter.consume(200), meter.consume(1_000), meter.consume(1)) == (200, 300, 0)
    again = SimulatedMeter.load(path)
    assert again.state == meter.state
    assert (again.total_loaded, again.state.remaining, again.state.use) == (500, 0, 500)
    assert insert(again, chip) is MeterOutcome.ALREADY_LOADED
    with pytest.raises(ValueError, match="-1"):
        again.consume(-1)
