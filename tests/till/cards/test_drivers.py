"""Both drivers keep the same promises."""

import pytest
from msgspec.structs import replace

from common.card.image import CardImage, ReturnData, ReturnStatus
from common.card.keys import derive_card_key
from common.card.layout import ZoneName, load_layout
from till.cards.connect import SLE4442_LAYOUT, open_card
from till.cards.driver import CardDriver
from till.cards.errors import (
    AnotherCard,
    CardNotUnlocked,
    CardUnreadable,
    CardWriteFailed,
    ForeignCard,
    UnexpectedStatus,
    WrongKey,
)
from till.simulator.channel import ChipChannel
from till.simulator.chip import Chip
from till.simulator.chip_cpu import CpuChip, CpuMemory
from till.simulator.chip_sle4442 import Sle4442Chip

RETURNED = ReturnData(
    meter="M900431", issue=1, count=1, remaining=5_000, use=40_000, status=ReturnStatus.LOADED, card_count=1
)


def unlocked(chip: Chip, card_key: bytes) -> CardDriver:
    driver = open_card(ChipChannel(chip))
    driver.unlock(card_key)
    return driver


def stored_zone(chip: Chip, number: int) -> tuple[bytearray, int]:
    """The memory in which zone 1 to 4 lies, and where."""
    if isinstance(chip, CpuChip):
        return next(file.data for file in chip.memory.files if file.short_id == number), 0
    assert isinstance(chip, Sle4442Chip)
    return chip.memory.main, load_layout(SLE4442_LAYOUT).zone(list(ZoneName)[number - 1]).offset


def test_serial_needs_no_key(chip: Chip, serial: str) -> None:
    assert open_card(ChipChannel(chip)).serial() == serial


def test_a_new_card_is_blank(chip: Chip, card_key: bytes) -> None:
    contents = unlocked(chip, card_key).read()
    assert contents.image is None
    assert contents.returned is None
    assert contents.digest == ""
    assert not contents.torn


def test_what_is_written_is_read_after_the_card_was_out(chip: Chip, card_key: bytes, image: CardImage) -> None:
    unlocked(chip, card_key).write(image)
    contents = unlocked(chip, card_key).read()
    assert contents.image == image
    assert not contents.torn


def test_each_write_replaces_the_image_and_its_digest(chip: Chip, card_key: bytes, image: CardImage) -> None:
    driver = unlocked(chip, card_key)
    digests = set()
    for count in range(1, 6):
        driver.write(replace(image, count=count))
        contents = driver.read()
        assert contents.image == replace(image, count=count)
        digests.add(contents.digest)
    assert len(digests) == 5


def test_a_write_keeps_the_return_data(chip: Chip, card_key: bytes, image: CardImage) -> None:
    driver = unlocked(chip, card_key)
    driver.write(image)
    driver.write_return(RETURNED)
    driver.write(replace(image, count=2))
    contents = driver.read()
    assert contents.returned == RETURNED
    assert contents.image == replace(image, count=2)


def test_wipe_leaves_a_blank_card_that_can_be_issued_again(chip: Chip, card_key: bytes, image: CardImage) -> None:
    driver = unlocked(chip, card_key)
    driver.write(image)
    driver.write_return(RETURNED)
    driver.wipe()
    contents = unlocked(chip, card_key).read()
    assert (contents.image, contents.returned, contents.torn) == (None, None, False)
    unlocked(chip, card_key).write(replace(image, account="OTHER"))
    assert unlocked(chip, card_key).read().image == replace(image, account="OTHER")


def test_an_image_for_another_card_is_not_written(chip: Chip, card_key: bytes, image: CardImage) -> None:
    driver = unlocked(chip, card_key)
    with pytest.raises(AnotherCard) as caught:
        driver.write(replace(image, serial="6201000000000099"))
    assert (caught.value.expected, caught.value.found) == ("6201000000000099", image.serial)
    assert driver.read().image is None


def test_a_wrong_key_spends_no_try(chip: Chip, card_key: bytes) -> None:
    driver = open_card(ChipChannel(chip))
    for attempt in range(5):
        with pytest.raises(WrongKey):
            driver.unlock(derive_card_key(bytes(32), str(attempt)))
    driver.unlock(card_key)
    assert driver.read().image is None


def test_nothing_is_read_or_written_without_a_key(chip: Chip, image: CardImage) -> None:
    driver = open_card(ChipChannel(chip))
    with pytest.raises(CardNotUnlocked):
        driver.read()
    with pytest.raises(CardNotUnlocked):
        driver.write(image)
    with pytest.raises(CardNotUnlocked):
        driver.wipe()


def test_a_damaged_slot_beside_a_good_one_is_reported(chip: Chip, card_key: bytes, image: CardImage) -> None:
    driver = unlocked(chip, card_key)
    driver.write(image)
    driver.write(replace(image, count=2))
    memory, start = stored_zone(chip, 3)
    memory[start] ^= 1
    contents = driver.read()
    assert contents.image == image
    assert contents.torn


def test_two_damaged_slots_are_unreadable_and_not_written_over(chip: Chip, card_key: bytes, image: CardImage) -> None:
    driver = unlocked(chip, card_key)
    driver.write(image)
    driver.write(replace(image, count=2))
    for number in (2, 3):
        memory, start = stored_zone(chip, number)
        memory[start] ^= 1
    with pytest.raises(CardUnreadable):
        driver.read()
    with pytest.raises(CardUnreadable):
        driver.write(replace(image, count=3))
    driver.wipe()
    assert driver.read().image is None


def test_damaged_return_data_is_no_return_data(chip: Chip, card_key: bytes, image: CardImage) -> None:
    driver = unlocked(chip, card_key)
    driver.write(image)
    driver.write_return(RETURNED)
    memory, start = stored_zone(chip, 4)
    memory[start] ^= 1
    contents = driver.read()
    assert contents.image == image
    assert contents.returned is None
    assert contents.return_torn


def test_a_card_with_a_worn_byte_fails_the_comparison(chip: Chip, card_key: bytes, image: CardImage) -> None:
    driver = unlocked(chip, card_key)
    memory, start = stored_zone(chip, 2)

    def wear() -> None:
        memory[start + 20] = 0x77

    chip.on_write = wear
    with pytest.raises(CardWriteFailed) as caught:
        driver.write(image)
    assert caught.value.step == "compare"
    assert driver.read().image is None


def test_a_card_that_lost_its_security_status_keeps_its_image(chip: Chip, card_key: bytes, image: CardImage) -> None:
    driver = unlocked(chip, card_key)
    driver.write(image)
    chip.power_on()
    with pytest.raises((CardWriteFailed, UnexpectedStatus)):
        driver.write(replace(image, count=2))
    assert unlocked(chip, card_key).read().image == image


def test_a_memory_card_of_another_make_is_foreign() -> None:
    with pytest.raises(ForeignCard) as caught:
        open_card(ChipChannel(Sle4442Chip()))
    assert caught.value.atr == Sle4442Chip.atr


def test_a_cpu_card_without_our_application_is_foreign() -> None:
    stranger = CpuChip(CpuMemory(bytes.fromhex("A000000003000000"), [], bytes(16)))
    with pytest.raises(ForeignCard):
        open_card(ChipChannel(stranger))
    with pytest.raises(ForeignCard):
        open_card(ChipChannel(CpuChip(CpuMemory(bytes.fromhex("F04B494C4F54494C4C"), [], bytes(16)))))
