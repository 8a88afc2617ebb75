"""Blank cards of both chips, and what is written on them."""

import pytest

from common.card.image import CardImage
from common.card.keys import derive_card_key
from till.simulator.chip import Chip
from till.simulator.factory import new_chip

MASTER = bytes(range(32))


@pytest.fixture
def serial() -> str:
    return "6201000000000017"


@pytest.fixture
def card_key(serial: str) -> bytes:
    return derive_card_key(MASTER, serial)


@pytest.fixture(params=["cpu", "sle4442"])
def chip(request: pytest.FixtureRequest, serial: str, card_key: bytes) -> Chip:
    """A blank card."""
    return new_chip(request.param, serial, card_key)


@pytest.fixture
def image(serial: str) -> CardImage:
    return CardImage(serial=serial, account="0431-77", meter="M900431", issue=1, count=1, credit=120_000)
