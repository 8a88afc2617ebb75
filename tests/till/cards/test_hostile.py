"""A card, or a reader, that answers whatever it likes: refused in words, and nothing else happens."""

from hypothesis import given, settings
from hypothesis import strategies as st

from common.card.keys import derive_card_key
from till.cards.channel import Response
from till.cards.connect import open_card
from till.cards.errors import CardError
from till.cards.sle4442 import SLE4442_ATR
from till.simulator.channel import ChipChannel
from till.simulator.factory import new_chip

SERIAL, KEY = "6201000000000017", derive_card_key(bytes(range(32)), "6201000000000017")
STATUS = st.sampled_from([(0x90, 0), (0x90, 7), (0x61, 16), (0x6C, 4), (0x63, 0xC2), (0x69, 0x82), (0x6A, 0x82)])
ANSWERS = st.builds(
    lambda data, status: Response(data, *status),
    st.binary(max_size=260),
    st.one_of(STATUS, st.tuples(st.integers(0, 255), st.integers(0, 255))),
)


class Liar:
    """Answers from a list, over and over; counts what it was asked."""

    def __init__(self, atr, answers):
        self.atr, self.answers, self.asked = atr, answers, 0

    def transmit(self, apdu):
        assert 4 <= len(apdu) <= 261
        self.asked += 1
        assert self.asked < 500, "it never ends"
        return self.answers[self.asked % len(self.answers)]

    def close(self):
        """Nothing is held."""


def use(channel):
    """All that a till does with a card before it writes."""
    driver = open_card(channel)
    driver.serial()
    driver.unlock(KEY)
    return driver.read()


@given(st.sampled_from([SLE4442_ATR, b"\x3b\x00", b""]), st.lists(ANSWERS, min_size=1, max_size=8))
@settings(max_examples=300, deadline=None)
def test_answers_of_all_kinds_are_refused_in_words(atr, answers):
    try:
        use(Liar(atr, answers))
    except CardError:
        return


@given(st.sampled_from(["cpu", "sle4442"]), st.integers(0, 60), ANSWERS)
@settings(max_examples=300, deadline=None)
def test_a_real_card_with_one_answer_exchanged_in_between(chip, place, answer):
    class Between(ChipChannel):
        count = 0

        def transmit(self, apdu):
            self.count += 1
            return answer if self.count == place else super().transmit(apdu)

    channel = Between(new_chip(chip, SERIAL, KEY))
    try:
        contents = use(channel)
    except CardError:
        return
    assert contents.image is None  # it is blank, whatever was said in between
