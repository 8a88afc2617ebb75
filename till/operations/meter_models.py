"""Meter models: what a meter counts in, how much it takes at once, and which cards it reads."""

from common.account import AccountFacts, details, standing
from common.entries import MeterModelSet
from common.units import CreditUnit
from till.cards.driver import CardDriver
from till.operations.desk import Desk
from till.operations.refusals import BadField, CardOfAnotherModel, NoSuchModel

_LARGEST_LIMIT = 2**32 - 1
"""What a card can carry."""


def model_named(desk: Desk, name: str) -> MeterModelSet:
    """The model of this name.

    Raises:
        NoSuchModel: the office has set none.
    """
    models = desk.store.models.all()
    found = next((model for model in models if model.model == name), None)
    if found is None:
        raise NoSuchModel(name, ", ".join(model.model for model in models) or "-")
    return found


def model_of(desk: Desk, facts: AccountFacts) -> MeterModelSet | None:
    """The model of the account's meter; None where nobody said, or where the office has dropped it."""
    known = details(facts)
    return None if known is None else next((m for m in desk.store.models.all() if m.model == known.model), None)


def unit_of(desk: Desk, account: str) -> CreditUnit:
    """What the meter on the account's wall counts credit in; energy for an account that is not known."""
    facts = desk.store.account(account)
    return CreditUnit.ENERGY if facts is None else standing(facts).unit


def check_limit(limit: int, model: MeterModelSet | None) -> None:
    """Check the most credit that a meter is said to take at once.

    Raises:
        BadField: zero, more than a card can carry, or more than the model takes.
    """
    largest = _LARGEST_LIMIT if model is None else min(_LARGEST_LIMIT, model.limit)
    if not 0 < limit <= largest:
        digits = 3 if model is None or model.unit is CreditUnit.ENERGY else 2
        raise BadField("limit", "limit_range", f"{largest // 10**digits:,}")


def reads(model: MeterModelSet, driver: CardDriver) -> bool:
    """Whether meters of a model read the card in the reader."""
    return (driver.chip, driver.layout) == (model.chip, model.layout)


def check_card_fits(desk: Desk, facts: AccountFacts, driver: CardDriver, serial: str) -> None:
    """Check that the account's meter reads such cards, before one is given out.

    Raises:
        CardOfAnotherModel: it reads others.
    """
    model = model_of(desk, facts)
    if model is not None and not reads(model, driver):
        raise CardOfAnotherModel(serial, driver.layout, model.model, model.layout)
