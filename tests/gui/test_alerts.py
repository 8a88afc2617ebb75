"""What must not be missed: a superseded card, a make-up that is owed, a sale in doubt, a card or reader that fails."""

from collections.abc import Callable
from pathlib import Path

import pytest

from common.entries import CardBlocked, MakeupOwed
from common.units import CreditUnit
from tests.gui.counter import Shop
from tests.gui.window import Shown
from tests.till.branch import SERIALS, freeze
from till.cards.errors import NoReader
from till.operations.closing import wipe_card
from till.operations.vend import Amount, vend
from till.simulator.card_file import load_card

pytestmark = pytest.mark.xdist_group("window")


def totals(shop: Shop) -> tuple[int, int]:
    with shop.counter.desk() as desk:
        found = desk.store.totals()
        return found.vends, found.money


def test_a_superseded_card_fills_the_screen(shop: Shop, till: Shown) -> None:
    old = shop.customer()
    shop.replaced("A1", 1)
    shop.tray.put(old)
    till.until_says("CARD REPLACED")
    for said in ("Use the new card", "6201 0000 0000 0001", "till-0001", "wang", "2026-11-23"):
        assert till.says(said), said
    alert = till.page._alert
    assert alert.width * alert.height > 0.8 * 1280 * 800
    till.keys("1", "0", "0", "enter")
    till.settle()
    assert till.page.state == "alert"
    assert totals(shop) == (0, 0)
    shop.tray.pull()
    till.until_says("Put in the card")


def blocked(shop: Shop, card: Path) -> None:
    shop.branch.office.say(CardBlocked(key="k/card", rule="one_count_twice", account="A1", card=card.stem))
    shop.counter.hear()


def frozen(shop: Shop, card: Path) -> None:
    with shop.counter.desk() as desk:
        freeze(desk, "A1", "moved away")


def copied(shop: Shop, card: Path) -> None:
    """The card was taken back; what is put in is a copy of it from before."""
    before = card.read_text()
    with shop.counter.desk() as desk, shop.counter.card(card) as driver:
        wipe_card(desk, driver)
    card.write_text(before)


@pytest.mark.parametrize(("happened", "said"), [(blocked, "blocked"), (frozen, "closed"), (copied, "taken back")])
def test_a_card_that_must_not_be_served_fills_the_screen(
    shop: Shop, till: Shown, happened: Callable[[Shop, Path], None], said: str
) -> None:
    card = shop.customer()
    happened(shop, card)
    shop.tray.put(card)
    till.until(lambda: till.page.state == "alert", "the alert")
    assert till.says(said)
    alert = till.page._alert
    assert alert.width * alert.height > 0.8 * 1280 * 800
    till.keys("1", "0", "0", "enter")
    till.settle()
    assert till.page.state == "alert"
    assert totals(shop) == (0, 0)


def test_a_makeup_that_is_owed_is_offered_at_once(shop: Shop, till: Shown) -> None:
    old = shop.customer()
    with shop.counter.desk() as desk, shop.counter.card(old) as driver:
        sold = vend(desk, driver, Amount(energy=20_000))
    new = shop.replaced("A1", 1)
    owed = MakeupOwed(
        key="k",
        rule="sold_to_superseded",
        account="A1",
        for_job=sold.job,
        credit=20_000,
        unit=CreditUnit.ENERGY,
        stranded_on=SERIALS[0],
    )
    shop.branch.office.say(owed)
    shop.counter.hear()
    shop.tray.put(new)
    till.until_says("Write the make-up")
    assert till.says("Owed: 20.000 kWh to be made up, free of charge")
    till.keys("enter")
    till.until_says("20.000 kWh made up. Nothing to pay.")
    assert totals(shop)[0] == 1


def test_a_card_pulled_while_it_is_written_asks_for_itself_and_settles(shop: Shop, till: Shown) -> None:
    card = shop.customer()
    shop.tray.put(card)
    till.until_says("李四")
    till.keys("5", "0", "enter")
    till.until(lambda: till.page._sell.stage == "quoted", "quoted")
    shop.tray.seconds_per_command = 0.2
    till.keys("enter")
    till.until(lambda: till.page._sell.done_steps == 1, "started")
    shop.tray.pull()
    till.until_says("IN DOUBT")
    assert till.says("6201 0000 0000 0000")
    assert totals(shop) == (0, 0)
    shop.tray.seconds_per_command = 0.0
    shop.tray.put(card)
    till.until_says("Settled")
    with shop.counter.desk() as desk:
        assert desk.store.open_jobs() == []


def test_a_doubt_from_before_stands_on_the_screen_until_its_card_comes(shop: Shop, till: Shown) -> None:
    card = shop.customer()
    shop.doubt(card)
    till.until_says("In doubt: sale")
    shop.tray.put(card)
    till.until_says("Settled")
    shop.tray.pull()
    till.until(lambda: not till.says("In doubt: sale"), "settled")


def test_a_card_that_cannot_be_read_says_how_to_go_on(shop: Shop, till: Shown) -> None:
    card = shop.customer()
    broken = load_card(card)
    for file in broken.memory.files[1:]:
        for place in range(len(file.data)):
            broken._write_byte(file.data, place, 0x55)
    shop.tray.put(card)
    till.until(lambda: till.page.state == "alert", "alert")
    assert till.says("damaged")
    till.keys("enter")
    till.settle()
    assert till.page.state == "alert"
    shop.tray.pull()
    till.until_says("Put in the card")


def test_a_blank_card_leads_to_the_card_desk(shop: Shop, till: Shown) -> None:
    shop.tray.put(shop.branch.blank(3))
    till.until_says("Go to the card desk")
    till.keys("enter")
    till.until(lambda: till.root.here == "cards", "card desk")
    till.until_says("The card is blank")


def test_the_reader_goes_away_and_comes_back(shop: Shop, till: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> list[str]:
        raise NoReader("not_plugged_in")

    monkeypatch.setattr(shop.tray, "names", gone)
    till.until_says("No card reader")
    monkeypatch.undo()
    till.until_says("Reader ready")
    shop.tray.put(shop.customer())
    till.until_says("李四")


def test_the_printer_fails_and_the_receipt_waits(shop: Shop, till: Shown) -> None:
    (shop.branch.folder / "receipts").write_text("no folder")
    shop.tray.put(shop.customer())
    till.until_says("李四")
    till.keys("5", "0", "enter")
    till.until(lambda: till.page._sell.stage == "quoted", "quoted")
    till.keys("enter")
    till.until_says("Take out the card")
    till.until_says("Printer: 1 receipts wait")
    assert totals(shop) == (1, 5_000)
