"""The printer: set in the window, tried, and asked about when nobody knows whether a receipt came out."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gui.counter import Shop
from tests.gui.window import Shown
from tests.till.printing.loopback import LoopbackPrinter, loopback_printer
from till.operations.printers import printer_setup
from till.printing.setup import PrinterKind

pytestmark = pytest.mark.xdist_group("window")


@pytest.fixture
def printer() -> Iterator[LoopbackPrinter]:
    with loopback_printer() as printer:
        yield printer


def sell(shop: Shop, till: Shown, card: Path) -> None:
    shop.tray.put(card)
    till.until_says("李四")
    till.keys("5", "0", "enter")
    till.until(lambda: till.page._sell.stage == "quoted", "quoted")
    till.keys("enter")
    till.until_says("Take out the card")


def choose(till: Shown, address: str) -> None:
    """A network printer, by keys: Tab to how it is reached, to the right, back to its address."""
    till.keys("F7")
    till.until_says("This window")
    till.settle()
    till.keys("p")
    till.until(lambda: till.root.dialog is not None, "the form")
    till.keys("shift+Tab", "Right", "tab")
    till.type(address)
    till.keys("enter")


def test_a_printer_is_set_tried_and_used(shop: Shop, till: Shown, printer: LoopbackPrinter) -> None:
    choose(till, printer.address)
    till.until_says("Receipts go there from now on.")
    with shop.counter.desk() as desk:
        assert printer_setup(desk.store).kind is PrinterKind.NETWORK
    before = len(printer.printed)
    till.keys("t")
    till.until_says("The test page is printed.")
    assert len(printer.finished()) > before
    till.keys("F1")
    before = len(b"".join(printer.finished()))
    sell(shop, till, shop.customer())
    assert len(b"".join(printer.finished())) > before


def test_a_printer_that_is_off_is_not_kept(shop: Shop, till: Shown, printer: LoopbackPrinter) -> None:
    printer.off()
    choose(till, printer.address)
    till.until(lambda: till.root.dialog is not None and till.root.dialog.tone == "danger", "why not")
    till.keys("esc")
    till.until(lambda: till.root.dialog is None, "back")
    with shop.counter.desk() as desk:
        assert printer_setup(desk.store).kind is PrinterKind.NONE


@pytest.mark.parametrize(
    ("answer", "said"), [("It is there", "is there."), ("It is not", "A copy of receipt till-0001-00000001")]
)
def test_a_receipt_cut_off_is_asked_about(
    shop: Shop, till: Shown, printer: LoopbackPrinter, answer: str, said: str
) -> None:
    choose(till, printer.address)
    till.until_says("Receipts go there from now on.")
    till.keys("F1")
    printer.dies_after = 200
    sell(shop, till, shop.customer())
    shop.tray.pull()
    till.until_says("the printer did not say that it came out")
    printer.dies_after = None
    till.keys("F9")
    till.until_says("Is receipt till-0001-00000001 there, and whole?")
    till.push(answer)
    till.until_says(said)
    till.until(lambda: not till.says("did not say that it came out"), "no question any more")


def test_a_sale_that_opens_a_shift_by_itself_says_so(shop: Shop, till: Shown) -> None:
    sell(shop, till, shop.customer())
    till.until_says("This sale opened a shift by itself, without a float.")
    shop.tray.pull()
    till.until_says("A sale opened a shift by itself at")
    till.keys("F4")
    till.until_says("Enter the float")
    till.keys("ctrl+f")
    till.type("30")
    till.keys("enter")
    till.until_says("wang's shift since")
    till.keys("F1")
    till.until(lambda: not till.says("opened a shift by itself"), "no notice")
