"""The dialogs that move a meter's credit or end an account: by keys, with a supervisor."""

from pathlib import Path

import pytest

from common.account import standing
from tests.gui.counter import SUPERVISORS_PIN, Shop
from tests.gui.window import Shown

pytestmark = pytest.mark.xdist_group("window")


def put(shop: Shop, till: Shown, card: Path) -> None:
    """The card is in and explained at the card desk."""
    shop.tray.put(card)
    till.until(lambda: till.page.state == "card", "the card")
    till.settle()


def pull(shop: Shop, till: Shown) -> None:
    shop.tray.pull()
    till.until(lambda: till.page.state == "empty", "no card")


def approve(till: Shown) -> None:
    """A supervisor's PIN and why; then it is done."""
    till.type(SUPERVISORS_PIN)
    till.keys("enter")
    till.type("moved away")
    till.keys("enter")
    till.settle()


def test_an_account_is_closed_step_by_step(shop: Shop, till: Shown) -> None:
    card = shop.customer()
    shop.buys(card, 5_000)
    till.keys("F3")
    put(shop, till, card)
    till.keys("5")
    till.until_says("Put the card in the meter")
    pull(shop, till)
    shop.tray.put_in_meter(card)
    put(shop, till, card)
    till.keys("6")
    till.until(lambda: till.page.state == "blank", "taken back")
    assert till.says("is blank and in stock")
    pull(shop, till)
    till.keys("F2")
    till.type("A1")
    till.until(lambda: till.page.found == 1, "found")
    till.keys("enter")
    till.until(lambda: till.page.has_account, "the account")
    till.keys("F11")
    till.until_says("●  The credit is refunded")
    till.keys("enter")
    till.until_says("Supervisor's PIN")
    approve(till)
    till.until_says("●  The account is closed for good")
    with shop.counter.desk() as desk:
        facts = desk.store.account("A1")
        assert facts is not None
        assert [paid.amount for paid in facts.refunds.values()] == [5_000]
        assert facts.frozen is None
    till.keys("enter")
    till.until_says("Supervisor's PIN")
    approve(till)
    till.until_says("Account A1 is closed for good")
    with shop.counter.desk() as desk:
        facts = desk.store.account("A1")
        assert facts is not None
        assert facts.frozen is not None


def test_a_meter_is_changed_with_the_reading_that_a_supervisor_stands_by(shop: Shop, till: Shown) -> None:
    card = shop.customer()
    shop.buys(card, 5_000)
    till.keys("F3")
    put(shop, till, card)
    till.keys("7")
    till.until_says("Number of the meter")
    till.type("m2")
    till.keys("enter")
    till.until_says("Purchase count on the meter")
    till.keys("esc")
    till.settle()
    assert not till.says("Leave the card in"), "nothing is being written"
    till.keys("7")
    till.until_says("Number of the meter")
    till.type("m2")
    till.keys("enter")
    till.until_says("Purchase count on the meter")
    for shown in ("1", "30.5", "62.446"):
        till.type(shown)
        till.keys("enter")
    approve(till)
    till.until_says("30.500 kWh")
    with shop.counter.desk() as desk:
        facts = desk.store.account("A1")
        assert facts is not None
        assert standing(facts).meter == "M2"
