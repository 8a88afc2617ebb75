"""However a write is interrupted, the card says the old image or the new, never anything else."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from common.card.image import CardImage, ReturnData, ReturnStatus
from common.card.keys import derive_card_key
from common.card.layout import ZoneName, load_layout
from till.cards.connect import CPU_LAYOUT, open_card
from till.cards.driver import CardDriver
from till.cards.errors import CardRemoved
from till.simulator.channel import ChipChannel
from till.simulator.chip import Chip
from till.simulator.factory import new_chip

SERIAL = "6201000000000017"
KEY = derive_card_key(bytes(32), SERIAL)
LAYOUT = load_layout(CPU_LAYOUT)
SLOT_BYTES = LAYOUT.zone(ZoneName.SLOT_A).length
RETURN_BYTES = LAYOUT.zone(ZoneName.RETURN_DATA).length
IMAGE = CardImage(serial=SERIAL, account="0431-77", meter="M900431", issue=1, count=1, credit=120_000)
RETURNED = ReturnData(meter="M900431", issue=1, count=1, remaining=5, use=4, status=ReturnStatus.LOADED, card_count=1)


class Written(NamedTuple):
    """A card that was written `times` times; `last` is its image."""

    chip: Chip
    last: CardImage | None

    def next(self) -> CardImage:
        return IMAGE if self.last is None else replace(self.last, count=self.last.count + 1, credit=77)


def written(kind: str, times: int) -> Written:
    chip = new_chip(kind, SERIAL, KEY)
    driver = unlocked(chip)
    for count in range(1, times + 1):
        driver.write(replace(IMAGE, count=count))
    return Written(chip, replace(IMAGE, count=times) if times else None)


def unlocked(chip: Chip) -> CardDriver:
    driver = open_card(ChipChannel(chip))
    driver.unlock(KEY)
    return driver


def commands_of(chip: Chip, action: Callable[[], None]) -> int:
    """How many commands an action takes."""
    chip.pull_at = 10_000
    action()
    left, chip.pull_at = chip.pull_at, None
    assert left is not None
    return 10_000 - left


@pytest.mark.parametrize("kind", ["cpu", "sle4442"])
@pytest.mark.parametrize("times", [0, 1, 2])
def test_torn_at_every_byte_of_a_write(kind: str, times: int) -> None:
    for bytes_written in range(SLOT_BYTES):
        card = written(kind, times)
        driver = unlocked(card.chip)
        card.chip.tear_after = bytes_written
        with pytest.raises(CardRemoved):
            driver.write(card.next())
        contents = unlocked(card.chip).read()
        assert contents.image in (card.last, card.next())
        if bytes_written == 0:
            assert contents.image == card.last
        unlocked(card.chip).write(card.next())
        contents = unlocked(card.chip).read()
        assert (contents.image, contents.torn) == (card.next(), False)


@pytest.mark.parametrize("kind", ["cpu", "sle4442"])
def test_pulled_out_at_every_command(kind: str) -> None:
    def whole(chip: Chip) -> None:
        driver = unlocked(chip)
        driver.read()
        driver.write(written(kind, 1).next())

    measured = written(kind, 1).chip
    commands = commands_of(measured, lambda: whole(measured))
    assert commands > 8
    outcomes = []
    for command in range(commands):
        card = written(kind, 1)
        card.chip.pull_at = command
        with pytest.raises(CardRemoved):
            whole(card.chip)
        contents = unlocked(card.chip).read()
        assert contents.image in (card.last, card.next())
        outcomes.append(contents.image == card.next())
    assert outcomes == sorted(outcomes)
    assert outcomes[-1], "pulled out before the comparison the card says the new image"


@pytest.mark.parametrize("kind", ["cpu", "sle4442"])
def test_torn_at_every_byte_of_a_wipe(kind: str) -> None:
    for bytes_written in range(2 * SLOT_BYTES + RETURN_BYTES):
        card = written(kind, 2)
        driver = unlocked(card.chip)
        driver.write_return(RETURNED)
        card.chip.tear_after = bytes_written
        with pytest.raises(CardRemoved):
            driver.wipe()
        assert unlocked(card.chip).read().image in (card.last, None)
        unlocked(card.chip).wipe()
        contents = unlocked(card.chip).read()
        assert (contents.image, contents.returned, contents.torn) == (None, None, False)


@given(st.sampled_from(["cpu", "sle4442"]), st.lists(st.tuples(st.booleans(), st.integers(0, 160)), max_size=12))
def test_any_sequence_of_torn_writes_and_wipes(kind: str, steps: list[tuple[bool, int]]) -> None:
    """A step is a write, or a wipe, torn after so many bytes; beyond the last byte it is whole."""
    chip = new_chip(kind, SERIAL, KEY)
    said: CardImage | None = None
    for number, (wiping, bytes_written) in enumerate(steps, 1):
        driver = unlocked(chip)
        wanted = None if wiping else replace(IMAGE, count=number)
        chip.tear_after = bytes_written
        try:
            if wanted is None:
                driver.wipe()
            else:
                driver.write(wanted)
            allowed = [wanted]
        except CardRemoved:
            allowed = [said, wanted]
        chip.tear_after = None
        said = unlocked(chip).read().image
        assert said in allowed
