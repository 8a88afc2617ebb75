"""A worn reader is told from a bad card by what failed where."""

from datetime import UTC, datetime, timedelta

import pytest

from till.cards.errors import CardMute, CardUnreadable, ForeignCard, WrongKey
from till.cards.health import Attempt, Finding, diagnose, is_physical, reader_health
from till.cards.measured import MeasuredCard

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def tried(card, reader="one", error="", ms=100, kind="read"):
    return Attempt(at=NOW, reader=reader, card=card, kind=kind, ms=ms, error=error)


GOOD = [tried(card) for card in "abcd"]


@pytest.mark.parametrize(
    ("attempts", "card", "finding"),
    [
        (GOOD, "a", None),
        ([*GOOD, tried("x", error="CardMute")], "x", None),
        ([*GOOD, tried("x", error="CardMute"), tried("x", error="CardMute")], "x", Finding.CARD_BAD),
        ([tried("x", error="CardMute"), tried("x", error="CardMute")], "x", None),
        ([tried("x", error="CardMute"), tried("x", "two", error="CardMute")], "x", Finding.CARD_BAD),
        ([*GOOD, *(tried(card, error="CardMute") for card in "xyz")], "z", Finding.READER_WORN),
        ([tried("x", "two"), tried("x", error="CardMute"), tried("y", error="CardMute")], "y", Finding.READER_WORN),
        ([*(tried(card, error="CardMute") for card in "xyz"), *GOOD * 5], "a", None),
        ([*GOOD * 5, *(tried(card, ms=250) for card in "abcd" * 5)], "a", Finding.READER_SLOW),
        ([*GOOD * 5, *(tried(card, ms=190) for card in "abcd" * 5)], "a", None),
        ([*GOOD * 2, *(tried(card, ms=250) for card in "abcd" * 2)], "a", None),
    ],
)
def test_what_is_wrong(attempts, card, finding):
    assert diagnose(attempts, "one", card) is finding


def test_a_readers_health_is_summed_up():
    attempts = [*GOOD, tried("x", error="CardMute"), tried("x", "two")]
    found = reader_health(attempts, "one")
    assert (found.attempts, found.failures, found.ms_now, found.finding) == (5, 1, 100, None)


def test_a_wrong_key_or_a_foreign_card_says_nothing_about_the_reader():
    assert not is_physical(WrongKey(3))
    assert not is_physical(ForeignCard(b"\x3b"))
    assert is_physical(CardMute())


class Flaky:
    """A driver whose reads fail so many times."""

    chip, layout = "cpu", "cpu-v1"

    def __init__(self, failures, error):
        self.failures, self.error = failures, error

    def serial(self):
        return "6201000000000001"

    def read(self):
        if self.failures:
            self.failures -= 1
            raise self.error
        return "contents"


def measured(inner):
    ticks = iter(range(1_000))
    attempts = []
    card = MeasuredCard(inner, "one", lambda: NOW + timedelta(), lambda: next(ticks) / 10, attempts)
    card.serial()
    return card, attempts


def test_a_failed_read_is_tried_once_more_and_both_are_kept():
    card, attempts = measured(Flaky(1, CardUnreadable("slots")))
    assert card.read() == "contents"
    assert [(one.card, one.ms, one.error) for one in attempts] == [
        ("6201000000000001", 100, "CardUnreadable"),
        ("6201000000000001", 100, ""),
    ]
    card, attempts = measured(Flaky(2, CardUnreadable("slots")))
    with pytest.raises(CardUnreadable):
        card.read()
    assert len(attempts) == 2


def test_a_card_that_is_gone_is_not_tried_again():
    card, attempts = measured(Flaky(1, CardMute()))
    with pytest.raises(CardMute):
        card.read()
    assert len(attempts) == 1
