"""Cards, and accounts, that plans and refusals are tried with."""

from typing import Any

import msgspec

from common.account import AccountFacts
from common.card.image import CardContents, CardImage
from common.entries import AccountOpened
from common.units import CreditUnit
from tests.common.histories import all_sync
from tests.common.pieces import ACCOUNT, METER, START, Card, Writer
from tests.common.world import LIMIT, World

JOB = "till-0001/next"
ENERGY = CreditUnit.ENERGY
FIRST, SECOND = "6201000000000000", "6201000000000001"
BLANK = Card("6201000000000077").contents


def image_of(card: Card) -> CardImage:
    assert card.image is not None
    return card.image


def altered(card: Card, **members: Any) -> CardContents:
    """The card's contents with another image."""
    return msgspec.structs.replace(card.contents, image=msgspec.structs.replace(image_of(card), **members))


def without_card() -> AccountFacts:
    """An account that was opened and has no card yet."""
    till = Writer("till-0001")
    till.write(
        AccountOpened(account=ACCOUNT, name="李四", meter=METER, tariff_class="residential", limit=LIMIT, clerk="wang"),
        START,
    )
    return till.facts


def owed_a_makeup() -> World:
    """Two tills, in touch again: one sold 5,000 on the card that the other had replaced."""
    world = World.new(2)
    world.insert(0)
    world.replace(1)
    world.vend(0, 0, 5_000)
    all_sync(world)
    return world
