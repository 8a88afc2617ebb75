"""A memory card has three tries, and no driver of ours spends one that it need not."""

import pytest

from common.card.keys import derive_card_key, psc
from till.cards.acs import AcsDialect
from till.cards.channel import Response
from till.cards.connect import open_card
from till.cards.errors import CardCounterLow, CardError, CardLocked, UnexpectedStatus, WrongKey
from till.simulator.channel import ChipChannel
from till.simulator.chip_sle4442 import Sle4442Chip
from till.simulator.factory import new_chip

SERIAL = "6201000000000017"
KEY = derive_card_key(bytes(32), SERIAL)

PRESENT = 0x20


class Listening:
    """A channel that notes the instruction of every command, and may answer one in its own way."""

    def __init__(self, chip: Sle4442Chip, answers: dict[bytes, Response] | None = None) -> None:
        self._inner = ChipChannel(chip)
        self._answers = answers or {}
        self.atr = chip.atr
        self.instructions: list[int] = []

    def transmit(self, apdu: bytes) -> Response:
        self.instructions.append(apdu[1])
        return self._answers.get(apdu[:5]) or self._inner.transmit(apdu)

    def close(self) -> None:
        self._inner.close()


@pytest.fixture
def chip() -> Sle4442Chip:
    made = new_chip("sle4442", SERIAL, KEY)
    assert isinstance(made, Sle4442Chip)
    return made


@pytest.fixture
def miscoded(chip: Sle4442Chip) -> Sle4442Chip:
    """A card whose code is not the one of its key: its maker erred."""
    chip.memory.code = bytearray(b"\x12\x34\x56")
    return chip


def test_the_counter_is_read_before_the_code_is_presented(chip: Sle4442Chip) -> None:
    channel = Listening(chip)
    open_card(channel).unlock(KEY)
    assert channel.instructions.count(PRESENT) == 1
    assert 0xB1 in channel.instructions[: channel.instructions.index(PRESENT)]


def test_no_second_code_after_a_failure(miscoded: Sle4442Chip) -> None:
    channel = Listening(miscoded)
    driver = open_card(channel)
    with pytest.raises(WrongKey) as caught:
        driver.unlock(KEY)
    assert caught.value.tries_left == 2
    for _ in range(5):
        with pytest.raises(CardCounterLow):
            driver.unlock(KEY)
    assert channel.instructions.count(PRESENT) == 1


def test_nor_by_another_driver(miscoded: Sle4442Chip) -> None:
    for _ in range(5):
        with pytest.raises((WrongKey, CardCounterLow)):
            open_card(ChipChannel(miscoded)).unlock(KEY)
    assert miscoded.memory.counter[0].bit_count() == 2


def test_no_code_is_presented_to_a_card_that_others_have_tried(chip: Sle4442Chip) -> None:
    chip.memory.counter[0] = 0b001
    channel = Listening(chip)
    with pytest.raises(CardCounterLow) as caught:
        open_card(channel).unlock(KEY)
    assert caught.value.tries_left == 1
    assert PRESENT not in channel.instructions


def test_a_locked_card_is_called_locked(chip: Sle4442Chip) -> None:
    chip.memory.counter[0] = 0
    channel = Listening(chip)
    with pytest.raises(CardLocked):
        open_card(channel).unlock(KEY)
    assert PRESENT not in channel.instructions


@pytest.mark.parametrize(
    ("counter", "error"), [(0x03, WrongKey), (0x06, WrongKey), (0x01, WrongKey), (0x00, CardLocked)]
)
def test_90xx_is_success_only_when_xx_is_07(chip: Sle4442Chip, counter: int, error: type[CardError]) -> None:
    answers = {b"\xff\x20\x00\x00\x03": Response(b"", 0x90, counter)}
    with pytest.raises(error):
        open_card(Listening(chip, answers)).unlock(KEY)


def test_a_reader_that_answers_something_else_to_the_code_is_not_believed(chip: Sle4442Chip) -> None:
    answers = {b"\xff\x20\x00\x00\x03": Response(b"", 0x63, 0x07)}
    channel = Listening(chip, answers)
    driver = open_card(channel)
    with pytest.raises(UnexpectedStatus):
        driver.unlock(KEY)
    with pytest.raises(CardCounterLow):
        driver.unlock(KEY)
    assert channel.instructions.count(PRESENT) == 1


def test_an_older_reader_wants_no_length_for_the_counter(chip: Sle4442Chip) -> None:
    answers = {
        b"\xff\xb1\x00\x00\x04": Response(b"", 0x67, 0x00),
        b"\xff\xb1\x00\x00\x00": Response(b"\x07\x00\x00\x00", 0x90, 0x00),
    }
    driver = open_card(Listening(chip, answers))
    driver.unlock(KEY)
    assert driver.read().image is None


@pytest.mark.parametrize("answer", [Response(b"", 0x90, 0x00), Response(b"\xff\xff\xff\xff", 0x90, 0x00)])
def test_a_counter_that_makes_no_sense_is_not_fresh(chip: Sle4442Chip, answer: Response) -> None:
    channel = Listening(chip, {b"\xff\xb1\x00\x00\x04": answer})
    with pytest.raises((CardCounterLow, UnexpectedStatus)):
        open_card(channel).unlock(KEY)
    assert PRESENT not in channel.instructions


def test_a_reader_of_another_make_is_told_apart(chip: Sle4442Chip) -> None:
    answers = {b"\xff\xa4\x00\x00\x01": Response(b"", 0x6D, 0x00)}
    with pytest.raises(UnexpectedStatus) as caught:
        open_card(Listening(chip, answers))
    assert caught.value.apdu_name == "SELECT CARD TYPE"


def test_a_short_answer_to_a_read_is_an_error(chip: Sle4442Chip) -> None:
    dialect = AcsDialect(Listening(chip, {b"\xff\xb0\x00\x20\x04": Response(b"\x01", 0x90, 0x00)}))
    dialect.select()
    with pytest.raises(UnexpectedStatus):
        dialect.read(0x20, 4)


def test_the_code_is_the_keys(chip: Sle4442Chip) -> None:
    assert bytes(chip.memory.code) == psc(KEY)
