"""What the settings ask for, by keys: it is kept, and what is wrong is said."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.gui.conftest import Open, sign_in
from tests.gui.counter import PIN, SUPERVISORS_PIN, Shop
from tests.gui.window import Shown
from tests.till.operations.test_office import ENROLLED
from till.operations.clerks import idle_after
from till.operations.office import address_of
from till.operations.opening import ENROLMENT

pytestmark = pytest.mark.xdist_group("window")


@pytest.fixture
def settings(open_till: Open, shop: Shop) -> Shown:
    """The settings, with a supervisor at them."""
    with shop.counter.desk() as desk:
        desk.store.set_setting(ENROLMENT, ENROLLED)
    window = sign_in(open_till(), "li", SUPERVISORS_PIN)
    window.keys("F7")
    window.until_says("This window")
    window.settle()
    return window


def asked(window: Shown, key: str) -> None:
    window.keys(key)
    window.until(lambda: window.root.dialog is not None, "the question")


def typed(window: Shown, *texts: str) -> None:
    for text in texts:
        window.type(text)
        window.keys("enter")


def test_the_office_has_moved(settings: Shown, shop: Shop) -> None:
    asked(settings, "5")
    settings.keys("ctrl+a")
    typed(settings, "office")
    settings.until(lambda: settings.root.dialog.field("address").error, "no address")
    settings.keys("ctrl+a")
    typed(settings, "https://office.example:8443")
    settings.until_says("The till connects there now.")
    with shop.counter.desk() as desk:
        assert address_of(desk.store) == "https://office.example:8443"
    settings.until_says("https://office.example:8443")


def test_the_second_copy_and_the_lock(settings: Shown, shop: Shop, tmp_path: Path) -> None:
    asked(settings, "6")
    typed(settings, str(tmp_path / "none"))
    settings.until(lambda: settings.root.dialog.field("folder").error, "no folder")
    settings.keys("ctrl+a")
    typed(settings, str(tmp_path))
    settings.until_says("In use from the next start")
    settings.settle()
    asked(settings, "8")
    typed(settings, "0")
    settings.until(lambda: settings.root.dialog.field("minutes").error, "too short")
    settings.keys("ctrl+a")
    typed(settings, "25")
    settings.until_says("25 min")
    with shop.counter.desk() as desk:
        assert idle_after(desk.store) == timedelta(minutes=25)
        assert desk.store.setting("mirror", str) == str(tmp_path)


def test_another_pin(settings: Shown) -> None:
    asked(settings, "9")
    typed(settings, SUPERVISORS_PIN, "271828", "271829")
    settings.until_says("the two differ")
    settings.keys("ctrl+a")
    typed(settings, "271828")
    settings.until_says("You have another PIN at this till.")
    settings.keys("F12")
    settings.until_says("Who is at the till?")
    sign_in(settings, "li", "271828")


def test_a_pin_that_is_locked_is_unlocked(settings: Shown, shop: Shop) -> None:
    settings.keys("F12")
    settings.until(lambda: settings.root.here == "sign_in" and settings.page.chosen, "clerks")
    settings.settle()
    settings.page.choose("wang")
    for _ in range(5):
        settings.type("999999")
        settings.keys("enter")
        settings.settle()
    settings.until_says("locked")
    sign_in(settings, "li", SUPERVISORS_PIN)
    settings.keys("F7")
    settings.until_says("This window")
    settings.settle()
    asked(settings, "0")
    dialog = settings.root.dialog
    dialog.field("clerk").value = "wang"
    typed(settings, SUPERVISORS_PIN)
    settings.until_says("The PIN may be tried again.")
    settings.keys("F12")
    sign_in(settings, "wang", PIN)
