"""Both drivers through the real daemon: read, write, read back, and what a card pulled out in the middle says."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from msgspec.structs import replace

from common.card.image import CardImage, ReturnData, ReturnStatus
from common.card.keys import derive_card_key
from common.card.layout import ZoneName, load_layout
from tests.pcsc.conftest import Insert
from tests.pcsc.daemon import CARD_SECONDS, Daemon
from till.cards.connect import CPU_LAYOUT, open_card
from till.cards.driver import CardDriver
from till.cards.errors import CardCounterLow, CardRemoved, WrongKey
from till.cards.pcsc import PcscChannel, wait_for_removal
from till.simulator.channel import ChipChannel
from till.simulator.chip import Chip
from till.simulator.chip_cpu import CpuChip
from till.simulator.chip_sle4442 import Sle4442Chip
from till.simulator.factory import new_chip

pytestmark = pytest.mark.xdist_group("pcsc")

SLOT_BYTES = load_layout(CPU_LAYOUT).zone(ZoneName.SLOT_A).length
WRITE_COMMANDS = 4
"""Both slots are read, one is written, and read back."""

Seat = Callable[[Chip], AbstractContextManager[CardDriver]]


@pytest.fixture
def seat(daemon: Daemon, insert: Insert, card_key: bytes) -> Seat:
    """`with seat(chip) as driver:` has the card in the reader, connected and unlocked."""

    @contextmanager
    def seated(chip: Chip) -> Iterator[CardDriver]:
        with insert(chip), PcscChannel(daemon.reader) as channel:
            driver = open_card(channel)
            driver.unlock(card_key)
            yield driver

    return seated


def tries_of(chip: Chip) -> int:
    """How many wrong keys the chip still takes, by its own memory."""
    if isinstance(chip, CpuChip):
        return chip.memory.tries[0]
    assert isinstance(chip, Sle4442Chip)
    return chip.memory.counter[0].bit_count()


def write_in_process(chip: Chip, card_key: bytes, image: CardImage) -> None:
    """What stood on the card before it came to this reader."""
    driver = open_card(ChipChannel(chip))
    driver.unlock(card_key)
    driver.write(image)
    chip.power_off()


def test_what_is_written_is_read_back_after_the_card_was_out(seat: Seat, chip: Chip, image: CardImage) -> None:
    returned = ReturnData(
        meter=image.meter, issue=1, count=1, remaining=5_000, use=40_000, status=ReturnStatus.LOADED, card_count=1
    )
    with seat(chip) as driver:
        assert driver.read().image is None
        driver.write(image)
        driver.write_return(returned)
        assert driver.read().image == image
        driver.write(replace(image, count=2))
    with seat(chip) as driver:
        contents = driver.read()
        assert (contents.image, contents.returned, contents.torn) == (replace(image, count=2), returned, False)
        driver.wipe()
        assert (driver.read().image, driver.read().returned) == (None, None)


def test_a_wrong_key_spends_no_try(
    daemon: Daemon, insert: Insert, chip: Chip, card_key: bytes, image: CardImage
) -> None:
    fresh = tries_of(chip)
    with insert(chip), PcscChannel(daemon.reader) as channel:
        driver = open_card(channel)
        for master in (b"\x01" * 32, b"\x02" * 32):
            with pytest.raises(WrongKey):
                driver.unlock(derive_card_key(master, image.serial))
        assert tries_of(chip) == fresh
        driver.unlock(card_key)
        driver.write(image)


def test_a_key_that_the_chip_refuses_is_not_shown_twice(
    daemon: Daemon, insert: Insert, chip: Chip, card_key: bytes
) -> None:
    """The identification confirms the key, and the chip has another: personalised wrongly."""
    if isinstance(chip, CpuChip):
        chip.memory.key = bytes(16)
    elif isinstance(chip, Sle4442Chip):
        chip.memory.code[:] = b"\xaa\xbb\xcc"
    with insert(chip), PcscChannel(daemon.reader) as channel:
        driver = open_card(channel)
        with pytest.raises(WrongKey) as caught:
            driver.unlock(card_key)
        assert caught.value.tries_left == 2
        with pytest.raises((WrongKey, CardCounterLow)):
            driver.unlock(card_key)
    assert tries_of(chip) == 2


@pytest.mark.parametrize("command", range(WRITE_COMMANDS))
def test_pulled_out_at_a_command_of_a_write(
    seat: Seat, chip: Chip, card_key: bytes, image: CardImage, command: int
) -> None:
    old, new = image, replace(image, count=2, credit=77_000)
    write_in_process(chip, card_key, old)
    with seat(chip) as driver:
        chip.pull_at = command
        with pytest.raises(CardRemoved):
            driver.write(new)
    with seat(chip) as driver:
        last = WRITE_COMMANDS - 1
        assert driver.read().image == (new if command == last else old)
        driver.write(new)
        assert (driver.read().image, driver.read().torn) == (new, False)


@pytest.mark.parametrize("stored", [0, 1, SLOT_BYTES // 2, SLOT_BYTES - 1])
def test_torn_at_a_byte_of_a_write(seat: Seat, chip: Chip, card_key: bytes, image: CardImage, stored: int) -> None:
    old, new = image, replace(image, count=2, credit=77_000)
    write_in_process(chip, card_key, old)
    with seat(chip) as driver:
        chip.tear_after = stored
        with pytest.raises(CardRemoved):
            driver.write(new)
    with seat(chip) as driver:
        assert driver.read().image == old
        driver.write(new)
        assert (driver.read().image, driver.read().torn) == (new, False)


def test_another_card_in_the_middle(
    daemon: Daemon, insert: Insert, chip: Chip, card_key: bytes, image: CardImage
) -> None:
    """A driver that was opened on one card never reaches the next."""
    next_card = new_chip("cpu", "6201000000000099", bytes(32))
    with insert(chip) as first, PcscChannel(daemon.reader) as channel:
        driver = open_card(channel)
        driver.unlock(card_key)
        first.remove()
        assert wait_for_removal(daemon.reader, CARD_SECONDS)
        with insert(next_card), pytest.raises(CardRemoved):
            driver.write(image)
