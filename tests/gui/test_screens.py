"""Every screen does its work by keys: accounts, the card desk, figures, settings; in both languages."""

import gc
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.gui.conftest import Open, sign_in
from tests.gui.counter import SUPERVISORS_PIN, Shop
from tests.gui.window import Shown, open_window
from till.screens.run import LOOKS
from till.simulator.card_file import make_blank

pytestmark = pytest.mark.xdist_group("window")


def test_the_window_looks_for_keys_more_often_than_an_eye_does(till: Shown) -> None:
    """Kivy reads its settings when a part of it is first imported; what is set later is not heard."""
    from kivy.clock import Clock

    assert Clock._max_fps == LOOKS


def test_nothing_of_a_window_stays_once_it_is_closed(screen: str, shop: Shop, tmp_path: Path) -> None:
    """A rule that names `self.ids` binds to it for ever, and with it to everything that is on the screen."""
    with open_window(shop.setup(), tmp_path) as window:
        closed: weakref.ref[Any] = weakref.ref(sign_in(window).app)

    def gone() -> bool:
        gc.collect()
        return closed() is None

    with open_window(shop.setup(), tmp_path) as window:  # Kivy itself remembers the last one
        window.until(gone, "forgotten")  # a bar that fades is held until it is gone


def test_an_account_is_opened_found_and_put_right(shop: Shop, till: Shown) -> None:
    till.keys("F2", "F9")
    till.type("Anna Wu")
    till.keys("tab")
    till.type("m77")
    till.keys("enter", "enter", "enter", "enter", "enter")
    till.until_says("is open. It needs a card now")
    with shop.counter.desk() as desk:
        (found,) = desk.store.find("anna", 5)
    assert found.meter == "M77"
    till.until_says("none yet")
    till.keys("F10")
    till.type(" 2")
    till.keys("enter", "enter", "enter", "enter", "enter")
    till.until_says("Put right.")
    with shop.counter.desk() as desk:
        (found,) = desk.store.find(found.number, 5)
    assert found.name == "Anna Wu 2"


def test_what_is_wrong_with_a_field_is_said_beside_it(shop: Shop, till: Shown) -> None:
    shop.customer()
    till.keys("F2", "F9")
    till.type("X")
    till.keys("tab")
    till.type("M1")
    till.keys("enter", "enter", "enter", "enter", "enter")
    till.until_says("Meter M1 is account A1's")
    till.keys("esc")
    till.settle()
    assert till.root.dialog is None


def test_search_as_you_type_by_pinyin_initials(shop: Shop, till: Shown) -> None:
    shop.customer()
    till.keys("F2")
    till.type("ls")
    till.until(lambda: till.page.found == 1, "one found")
    till.keys("enter")
    till.until_says("6201 0000 0000 0000")
    till.type("x")
    till.until_says("No account is found by that.")


def test_a_first_card_is_given_out(shop: Shop, till: Shown) -> None:
    with shop.counter.desk() as desk:
        shop.branch.open(desk, "A9", "M9")
    till.keys("F3")
    shop.tray.put(shop.branch.blank(4))
    till.until_says("The card is blank")
    till.keys("1")
    till.type("A9")
    till.keys("enter")
    till.until_says("is account A9's card")


def test_a_card_is_explained_with_what_is_wrong_and_what_to_do_next(shop: Shop, till: Shown) -> None:
    old = shop.customer()
    shop.replaced("A1", 1)
    till.keys("F3")
    shop.tray.put(old)
    till.until_says("Use the new card: 6201000000000001")
    for said in ("REPLACED", "replaced (lost) by 6201000000000001", "6201 0000 0000 0000", "A1  李四", "Written by"):
        assert till.says(said), said
    till.until(lambda: till.page.state == "card", "an account's card")
    assert not any("till card" in text for text in till.texts())


def test_a_card_of_nobody_s_keys_is_explained(shop: Shop, till: Shown) -> None:
    chip = shop.branch.folder / "other.card"
    make_blank(chip, "cpu", "6299000000000009", bytes(16))
    till.keys("F3")
    shop.tray.put(chip)
    till.until_says("6299 0000 0000 0009")
    assert till.page.state == "error"
    till.keys("F1")
    till.until(lambda: till.page.state == "alert", "the alert")


def test_a_sale_is_undone_with_a_supervisor(shop: Shop, till: Shown) -> None:
    card = shop.customer()
    shop.tray.put(card)
    till.until_says("李四")
    till.push("50")
    till.until(lambda: till.page._sell.stage == "quoted", "quoted")
    till.keys("enter")
    till.until_says("Take out the card")
    till.keys("F3")
    till.until_says("Undo the last sale")
    till.settle()
    till.app.read_card()
    till.settle()
    till.keys("4")
    till.until_says("Supervisor's PIN")
    till.type("999999")
    till.keys("enter")
    till.type("wrong sum")
    till.keys("enter")
    till.until_says("That is not li's PIN")
    dialog = till.root.dialog
    dialog._fields["pin"].text = ""
    dialog._fields["pin"].take_keys()
    till.type(SUPERVISORS_PIN)
    till.keys("enter", "enter")
    till.until_says("Undone. Give back 50.00 yuan.")
    with shop.counter.desk() as desk:
        assert (desk.store.totals().money, desk.store.totals().reversals) == (0, 1)


def test_the_clerk_s_sales_and_the_day_s(shop: Shop, till: Shown) -> None:
    card = shop.customer()
    shop.tray.put(card)
    till.until_says("李四")
    till.push("50")
    till.until(lambda: till.page._sell.stage == "quoted", "quoted")
    till.keys("enter")
    till.until_says("Take out the card")
    till.keys("F4")
    till.until_says("50.00 yuan")
    assert till.says("Receipts: 1")
    assert till.says("till-0001-00000001")
    till.keys("F11")
    till.until_says("Copy 1 of till-0001-00000001 is printed.")
    till.keys("F5")
    till.until_says("92.946 kWh")


def test_arrears_are_paid(shop: Shop, till: Shown) -> None:
    shop.customer()
    shop.owes("A1", 12_000)
    till.keys("F2")
    till.until(lambda: till.page.found == 1, "found")
    till.keys("enter")
    till.until(lambda: till.page.has_debts, "the debt")
    till.push("Arrears")
    till.until_says("120.00 yuan for 2025")
    till.keys("ctrl+a")
    till.type("50")
    till.keys("enter")
    till.until_says("Paid. Receipt till-0001-")
    till.until_says("Arrears: 70.00 yuan for 2025")


def test_closing_says_what_is_next(shop: Shop, till: Shown) -> None:
    shop.customer()
    till.keys("F2")
    till.type("A1")
    till.until(lambda: till.page.found == 1, "found")
    till.keys("enter")
    till.until_says("6201 0000 0000 0000")
    till.keys("F11")
    till.until_says("●  The card is taken back")


def test_the_language_colours_and_letters_change_at_once_and_stay(shop: Shop, till: Shown, open_till: Open) -> None:
    till.keys("F7")
    till.until_says("This window")
    till.touch(till.find("_Option", text="中文"))
    till.until_says("本窗口")
    till.touch(till.find("_Option", text="深色"))
    till.until(lambda: till.app.look.theme == "dark", "dark")
    till.touch(till.find("_Option", text="125%"))
    till.until(lambda: till.app.look.percent == 125, "125%")
    till.keys("F1")
    till.until_says("请插卡")
    till.settle()
    with shop.counter.desk() as desk:
        from till.screens.work.prefs import load_prefs

        kept = load_prefs(desk.store)
    assert kept is not None
    assert (kept.language, kept.theme, kept.percent) == ("zh", "dark", 125)


def test_moving_old_purchases_can_be_stopped(shop: Shop, till: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one long work where stopping is safe; it goes account by account."""
    begun = threading.Event()

    def endless(store: object, day: object, told: Callable[[int, int], None]) -> None:
        begun.set()
        while True:
            told(1, 2)
            time.sleep(0.01)

    monkeypatch.setattr("till.screens.pages.settings_asks.move_history", endless)
    till.keys("F7")
    till.until_says("This window")
    till.push("Move old purchases to the history file")
    till.type("2026-13-01")
    till.keys("enter")
    till.until_says("a day such as")
    for _ in range(10):
        till.keys("back")
    till.type("2026-01-01")
    till.keys("enter")
    till.until(begun.is_set, "begun")
    till.until_says("Esc stops it")
    till.keys("enter", "esc")
    till.until_says("Stopped. What was moved stays moved")
    assert till.root.dialog is None
