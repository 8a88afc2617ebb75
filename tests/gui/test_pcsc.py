"""The window with the real PC/SC daemon behind it: a card is put in, sold on, and taken out."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.gui.conftest import sign_in
from tests.gui.counter import Shop
from tests.gui.window import open_window
from tests.pcsc.daemon import READER, CannotRun, alone_with_daemon
from till.operations.card_source import card_source
from till.simulator.card_file import load_card
from till.simulator.vpcd import VirtualCard

# One reader and one window on a machine: with the tests of the daemon, on a display of this process's own.
pytestmark = pytest.mark.xdist_group("pcsc")


def test_a_vend_through_the_daemon(screen: str, shop: Shop, tmp_path: Path) -> None:
    card = shop.customer()
    try:
        with alone_with_daemon(tmp_path / "pcscd.log"):
            setup = replace(shop.setup(), source=card_source(f"pcsc:{READER}"))
            with open_window(setup, tmp_path / "kivy") as window:
                sign_in(window)
                window.until_says("Reader ready")
                with VirtualCard(load_card(card)):
                    window.until_says("李四")
                    window.keys("1", "0", "0", "enter")
                    window.until(lambda: window.page._sell.stage == "quoted", "quoted")
                    window.keys("enter")
                    window.until_says("Take out the card")
                window.until_says("Put in the card")
    except CannotRun as error:
        pytest.fail(str(error), pytrace=False)
    with shop.counter.desk() as desk:
        assert desk.store.totals().vends == 1
    assert shop.tray.put_in_meter(card)[1].value == "loaded"
