"""The shift by keys: a float, the first sale, the drawer counted with its running sum, closed, handed over."""

from pathlib import Path

import pytest

from tests.gui.counter import SUPERVISORS_PIN, Shop
from tests.gui.window import Shown

pytestmark = pytest.mark.xdist_group("window")


def test_a_shift_is_opened_counted_and_closed(shop: Shop, till: Shown) -> None:
    shop.buys(shop.customer(), 5_000)
    till.keys("F4")
    till.until_says("A shift that opened by itself")
    till.until_says("Enter the float")
    till.keys("ctrl+f")
    till.type("30")
    till.keys("enter")
    till.until_says("80.00 yuan")
    till.keys("F8")
    till.until_says("The X report is printed.")
    till.keys("F9")
    till.until_says("Counted 0.00 yuan, should be 80.00 yuan: 80.00 yuan missing.")
    till.keys("tab")
    till.type("1")
    till.keys("tab", "tab")
    till.type("3")
    till.until_says("Counted 80.00 yuan, should be 80.00 yuan: right.")
    till.keys(*["enter"] * 6)
    till.until_says("No shift is open.")
    with shop.counter.desk() as desk:
        (closed,) = desk.store.shifts.latest(5)
    assert (closed.closing.cash, closed.closing.difference, closed.closing.clerk) == (8_000, 0, "wang")
    assert [(count.value, count.pieces) for count in closed.closing.counted] == [(5_000, 1), (1_000, 3)]
    assert (Path(shop.printer.folder) / "till-0001-Z1-00001.txt").exists()
    till.keys("F9")
    till.type("200")
    till.keys("enter")
    till.until_says("wang's shift since")
    assert till.says("200.00 yuan")


def test_a_large_difference_asks_for_a_reason_and_a_supervisor(shop: Shop, till: Shown) -> None:
    till.keys("F4")
    till.until_says("No shift is open.")
    till.keys("F9")
    till.type("100")
    till.keys("enter")
    till.until_says("wang's shift since")
    till.push("Count and close")
    till.until_says("100.00 yuan missing.")
    till.keys(*["enter"] * 9)
    till.until_says("The drawer is off by -100.00 yuan.")
    till.type("stolen")
    till.keys("enter")
    till.until_says("more than 20.00 yuan")
    till.type(SUPERVISORS_PIN)
    till.keys("enter")
    till.type("police told")
    till.keys("enter")
    till.until_says("No shift is open.")
    with shop.counter.desk() as desk:
        (closed,) = desk.store.shifts.latest(5)
    assert closed.closing.explanation == "stolen"
    assert closed.closing.approval is not None
    assert closed.closing.approval.by == "li"


def test_the_drawer_is_handed_over(shop: Shop, till: Shown) -> None:
    till.keys("F4", "F9")
    till.type("100")
    till.keys("enter")
    till.until_says("wang's shift since")
    till.keys("F10")
    till.until_says("Who goes on with the drawer")
    till.type("999999")
    till.keys("enter")
    till.type("1")
    till.keys(*["enter"] * 9)
    till.until_says("That is not li's PIN")
    till.root.dialog.field("pin").text = ""
    till.root.dialog.field("pin").take_keys()
    till.type(SUPERVISORS_PIN)
    till.keys(*["enter"] * 10)
    till.until(lambda: till.app.clerk is not None and till.app.clerk.clerk == "li", "li is at the till")
    till.keys("F4")
    till.until_says("li's shift since")
    assert till.says("100.00 yuan")
