"""CPU cards: lengths, tries, status words."""

import pytest

from common.card.image import CardImage
from common.card.keys import derive_card_key
from till.cards import apdu
from till.cards.channel import Response
from till.cards.connect import open_card
from till.cards.cpu import exchange
from till.cards.errors import CardLocked, UnexpectedStatus, WrongKey
from till.cards.status import StatusWord, status_name, tries_left
from till.simulator.channel import ChipChannel
from till.simulator.chip_cpu import CpuChip
from till.simulator.factory import new_chip

SERIAL = "6201000000000017"
KEY = derive_card_key(bytes(32), SERIAL)


@pytest.fixture
def chip() -> CpuChip:
    made = new_chip("cpu", SERIAL, KEY)
    assert isinstance(made, CpuChip)
    return made


def test_more_data_is_fetched(chip: CpuChip) -> None:
    response = exchange(ChipChannel(chip), apdu.select_application(bytes.fromhex("F04B494C4F54494C4C")))
    assert response.sw == StatusWord.OK
    assert response.data.endswith(b"KILOTILL")


def test_a_wrong_length_is_sent_again_with_the_right_one(chip: CpuChip) -> None:
    channel = ChipChannel(chip)
    exchange(channel, apdu.select_application(bytes.fromhex("F04B494C4F54494C4C")))
    response = exchange(channel, apdu.read_binary(1, 0, 256))
    assert response.sw == StatusWord.OK
    assert len(response.data) == 20


def test_a_wrong_cryptogram_says_how_many_tries_are_left_and_then_locks(chip: CpuChip) -> None:
    chip.memory.key = bytes(16)
    for left in (2, 1, 0):
        with pytest.raises(WrongKey) as caught:
            open_card(ChipChannel(chip)).unlock(KEY)
        assert caught.value.tries_left == left
    with pytest.raises(CardLocked):
        open_card(ChipChannel(chip)).unlock(KEY)


def test_a_driver_shows_no_second_key_after_a_failure(chip: CpuChip) -> None:
    chip.memory.key = bytes(16)
    driver = open_card(ChipChannel(chip))
    for _ in range(3):
        with pytest.raises(WrongKey) as caught:
            driver.unlock(KEY)
        assert caught.value.tries_left == 2
    assert chip.memory.tries[0] == 2


def test_a_right_cryptogram_gives_the_tries_back(chip: CpuChip) -> None:
    chip.memory.tries[0] = 1
    open_card(ChipChannel(chip)).unlock(KEY)
    assert chip.memory.tries[0] == 3


def test_a_status_that_nobody_expects_names_its_command(chip: CpuChip) -> None:
    driver = open_card(ChipChannel(chip))
    driver.unlock(KEY)
    chip.power_on()
    with pytest.raises(UnexpectedStatus, match=r"^READ BINARY answered FILE_NOT_FOUND$"):
        driver.write(CardImage(serial=SERIAL, account="1", meter="1", issue=1, count=1, credit=1))


def test_status_words() -> None:
    assert status_name(0x6A82) == "FILE_NOT_FOUND"
    assert status_name(0x1234) == "1234"
    assert (tries_left(0x63C2), tries_left(0x6300), tries_left(0x9000)) == (2, None, None)
    assert Response(b"", 0x6A, 0x82).sw == StatusWord.FILE_NOT_FOUND
