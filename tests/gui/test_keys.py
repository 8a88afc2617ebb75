"""Everything can be reached by keys alone, and what a key does stands on the button."""

import pytest

from tests.gui.counter import Shop
from tests.gui.window import Shown, seen

pytestmark = pytest.mark.xdist_group("window")


def focused(till: Shown) -> str:
    """What has the keys."""
    return next((type(widget).__name__ for widget in seen(till.root) if getattr(widget, "focus", False)), "")


def test_tab_goes_round_in_a_dialog_and_arrows_choose(shop: Shop, till: Shown) -> None:
    till.keys("F3")
    shop.tray.put(shop.branch.blank(3))
    till.until(lambda: till.page.state == "blank", "the blank card")
    till.settle()
    till.keys("2")
    till.until(lambda: till.root.dialog is not None, "the dialog")
    round_: list[str] = []
    for _ in range(5):
        round_.append(focused(till))
        till.keys("tab")
    assert round_ == ["TypeLine", "Choice", "Push", "Push", "TypeLine"]
    assert till.root.dialog.value("reason") == "lost"
    till.keys("Right", "Right")
    assert till.root.dialog.value("reason") == "locked"
    till.keys("space")
    assert till.root.dialog.value("reason") == "lost"
    till.keys("Left")
    assert till.root.dialog.value("reason") == "locked"
    till.keys("tab", "Return")
    till.until(lambda: till.root.dialog is None, "back, by its button")


def test_an_alert_has_buttons_for_its_keys(shop: Shop, till: Shown) -> None:
    old = shop.customer()
    shop.replaced("A1", 1)
    shop.tray.put(old)
    till.until_says("CARD REPLACED")
    till.push("Read it again")
    till.settle()
    till.until_says("CARD REPLACED")
    till.push("Next customer")
    till.until_says("Put in the card")


def test_what_does_not_fit_is_scrolled_by_keys(shop: Shop, till: Shown) -> None:
    old = shop.customer()
    shop.replaced("A1", 1)
    till.keys("F3")
    shop.tray.put(old)
    till.until(lambda: till.page.state == "card", "the card")
    till.settle()
    roll = next(
        view for view in seen(till.page) if type(view).__name__ == "Roll" and view.children[0].height > view.height
    )
    assert roll.scroll_y == 1
    till.keys("Page_Down")
    assert roll.scroll_y < 1
    till.keys("Page_Up", "Page_Up")
    assert roll.scroll_y == 1


def test_settings_are_chosen_by_digits(till: Shown) -> None:
    till.keys("F7")
    till.until_says("This window")
    till.keys("2")
    till.until(lambda: till.app.look.theme == "dark", "dark")
    till.keys("3")
    till.until(lambda: till.app.look.percent == 125, "125%")
    till.keys("1")
    till.until_says("本窗口")
    till.keys("9")
    till.until(lambda: till.root.dialog is not None, "another PIN")
    till.keys("esc")


def test_the_tray_by_keys(open_tray: Shown) -> None:
    """The simulated reader too: without a hand on the mouse."""
    window = open_tray
    window.keys("ctrl+Down")
    window.until_says("李四")
    window.keys("ctrl+Up")
    window.until_says("Put in the card")
    window.keys("ctrl+m")
    window.until_says("M1: the meter knows the card")
    window.keys("ctrl+Right")
    assert window.root._tray.chosen.endswith("0003")
    window.keys("ctrl+Left")
    assert window.root._tray.chosen.endswith("0000")


def test_lines_are_as_wide_as_kivy_makes_them(till: Shown) -> None:
    """Kivy would break a line again that is a pixel too wide for it, where no line should end."""
    from till.screens.widgets.basics import Text

    for text in (
        "Settled: the card had not been written, the sale is void. Nothing is to be paid.",
        "A shift that opened by itself, 2026-11-23 09:00, without a float",
        "电能表还没有取走上次购的电：130.112 kWh，购电次数 6。请先把卡插入电能表，读完后再来购电。",
    ):
        for width in range(120, 560, 5):
            words = Text(text=text, letters="body")
            words.width = width
            words.texture_update()
            drawn = ["".join(word.text for word in line.words).strip() for line in words._label._cached_lines]
            assert drawn == words._label.text.split("\n"), width
