"""Who is at the till: by keys, by finger; a wrong PIN is told, and the till locks itself."""

from datetime import timedelta

import pytest

from tests.gui.conftest import Open, sign_in
from tests.gui.counter import PIN, Shop
from tests.gui.window import Shown
from till.operations.clerks import IDLE_AFTER

pytestmark = pytest.mark.xdist_group("window")


def test_by_finger(open_till: Open) -> None:
    window = open_till()
    window.until_says("王芳")
    window.touch(window.find("ClerkTile", clerk="wang"))
    for digit in PIN:
        window.touch(window.find("_Digit", digit=digit))
    window.touch(window.find("_Digit", digit="enter"))
    window.until_says("Put in the card")


def test_a_wrong_pin_is_told_and_counted(open_till: Open, shop: Shop) -> None:
    window = open_till()
    window.until_says("王芳")
    for left in (4, 3):
        window.type("999999")
        window.keys("enter")
        window.until_says(f"{left} more tries")
    sign_in(window)


def test_the_lock_and_the_lock_by_itself(open_till: Open, shop: Shop) -> None:
    window = sign_in(open_till())
    window.keys("F12")
    window.until_says("Who is at the till?")
    sign_in(window)
    shop.branch.clock.now += IDLE_AFTER + timedelta(minutes=1)
    window.until_says("Who is at the till?")
    assert window.app.clerk is None


def test_without_a_clerk_no_key_leads_anywhere(open_till: Open) -> None:
    window = open_till()
    window.until_says("王芳")
    window.keys("F2", "F7", "F1")
    assert window.root.here == "sign_in"


def test_a_clerk_that_is_signed_in_goes_on_after_a_restart(till: Shown, open_till: Open) -> None:
    del till  # signed in, and still open: the store says so to the next window
    again = open_till()
    again.until(lambda: again.root.here == "counter", "the counter")


def test_after_the_lock_nobody_s_account_is_left_on_the_screen(till: Shown, shop: Shop) -> None:
    shop.tray.put(shop.customer())
    till.until_says("李四")
    till.keys("F12")
    till.until_says("Who is at the till?")
    shop.tray.pull()
    till.until(lambda: not till.app.reader.card, "card out")
    sign_in(till)
    assert till.says("Put in the card")
    assert not till.says("李四")
