"""A plain vend is card, amount, Enter, Enter; and what must never happen twice, or unseen."""

import pytest

from tests.gui.counter import Shop
from tests.gui.window import Shown
from till.store import StoreFull

pytestmark = pytest.mark.xdist_group("window")


def sold(shop: Shop) -> tuple[int, int]:
    """Vends and money, by the store."""
    with shop.counter.desk() as desk:
        totals = desk.store.totals()
        return totals.vends, totals.money


def test_card_amount_enter_enter_and_the_next_customer(shop: Shop, till: Shown) -> None:
    card = shop.customer()
    till.until_says("Put in the card")
    shop.tray.put(card)
    till.until_says("李四")
    till.keys("1", "0", "0", "enter")
    till.until_says("185.882 kWh")
    assert till.says("Tier 1: 185.882 kWh at 0.538")
    till.keys("enter")
    till.until_says("Take out the card")
    assert till.says("Receipt till-0001-00000001")
    assert sold(shop) == (1, 10_000)
    assert (shop.branch.folder / "receipts" / "till-0001-00000001.txt").exists()
    shop.tray.pull()
    till.until_says("Put in the card")
    assert till.says("100.00 yuan    till-0001-00000001")


def test_the_steps_are_shown_as_they_are_done(shop: Shop, till: Shown) -> None:
    card = shop.customer()
    shop.tray.seconds_per_command = 0.15
    shop.tray.put(card)
    till.until_says("李四")
    till.keys("5", "0", "enter")
    till.until(lambda: till.page._sell.stage == "quoted", "quoted")
    seen: set[int] = set()
    till.keys("enter")
    till.until(lambda: seen.add(till.page._sell.done_steps) or till.page._sell.stage == "done", "done")
    assert seen >= {0, 1, 4}
    assert till.page._sell.done_steps == 4


def test_a_double_click_sells_once(shop: Shop, till: Shown) -> None:
    card = shop.customer()
    shop.tray.put(card)
    till.until_says("李四")
    till.push("100", times=3)
    till.until_says("Write the card")
    till.push("Write the card", times=4)
    till.until_says("Take out the card")
    till.settle()
    assert sold(shop) == (1, 10_000)


def test_cash_received_shows_the_change(shop: Shop, till: Shown) -> None:
    shop.tray.put(shop.customer())
    till.until_says("李四")
    till.keys("3", "0", "enter")
    till.until_says("Cash received")
    till.type("50")
    till.until_says("Change 20.00 yuan")
    till.keys("back", "back")
    till.type("20")
    till.until_says("10.00 yuan short")


def test_by_energy_and_another_way_to_pay(shop: Shop, till: Shown) -> None:
    shop.tray.put(shop.customer())
    till.until_says("李四")
    till.keys("F9", "2", "0", "enter")
    till.until_says("20.000 kWh")
    till.keys("F10", "enter")
    till.until_says("10.76 yuan, bank card")


@pytest.mark.parametrize(("typed", "said"), [("0", "cannot be sold"), ("1.234", "more decimals"), ("9999999", "meter")])
def test_an_amount_that_cannot_be_sold_is_said(shop: Shop, till: Shown, typed: str, said: str) -> None:
    shop.tray.put(shop.customer())
    till.until_says("李四")
    till.type(typed)
    till.keys("enter")
    till.settle()
    if till.page._sell.stage == "quoted":
        till.keys("enter")
    till.until_says(said)
    assert sold(shop) == (0, 0)


def test_a_slow_card_freezes_nothing_and_says_what_is_waited_for(shop: Shop, till: Shown) -> None:
    card = shop.customer()
    shop.tray.seconds_per_command = 0.3
    shop.tray.put(card)
    till.until_says("Reading the card")
    till.keys("F2")
    till.until(lambda: till.root.here == "accounts", "accounts, while the card is read")
    till.until_says("李四")


def test_a_disk_that_fails_is_told_once(shop: Shop, till: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object) -> None:
        raise StoreFull("till.db")

    monkeypatch.setattr("till.screens.work.hub.status_of", full)
    till.until_says("The disk is full")
    for _ in range(3):
        till.app.hub.ask_status()
        till.until(lambda: not till.app.hub.worker.under_way("status"), "status")
    assert len(till.root._dialogs) == 1
    monkeypatch.undo()
    till.keys("enter")
    assert till.root.dialog is None
