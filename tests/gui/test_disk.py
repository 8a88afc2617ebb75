"""The till's own disk fails at the counter: the clerk is told, goes on from the second disk, and comes back from it."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.gui.conftest import Open, sign_in
from tests.gui.counter import SUPERVISORS_PIN, Shop
from tests.till.operations.test_office import ENROLLED
from till.journal.seat import in_use
from till.operations import takeover
from till.operations.mirror import set_mirror
from till.operations.opening import ENROLMENT, TillFolder
from till.store import StoreUnreadable

pytestmark = pytest.mark.xdist_group("window")


def test_a_till_whose_disk_fails_goes_on_from_the_second_and_comes_back(
    open_till: Open, shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, disk, card = shop.counter.folder, tmp_path / "second", shop.customer()
    disk.mkdir()
    with shop.counter.desk() as desk:
        desk.store.set_setting(ENROLMENT, ENROLLED)
        set_mirror(desk.store, disk)
    with TillFolder(home).store() as store:
        takeover.open_desk(TillFolder(home), store)
    works = takeover.can_be_written
    setup = shop.setup
    monkeypatch.setattr(shop, "setup", lambda **facts: replace(setup(**facts), disk_fails=lambda: True))
    window = sign_in(open_till(), "li", SUPERVISORS_PIN)

    def fails(*_: object) -> None:
        raise StoreUnreadable("till.db", "it may not be written")

    monkeypatch.setattr(takeover, "can_be_written", lambda folder: folder != home and works(folder))
    monkeypatch.setattr(window.app.till.desk.journal, "_write", fails)
    shop.tray.put(card)  # what the meter wrote on it is to be noted
    window.until_says("This till's own disk has failed")
    window.push("Go on there")
    window.until_says("This till goes on from the second disk.")
    assert in_use(home) == disk / "till-0001"
    window.until(lambda: window.root.dialog is None, "no dialog")
    monkeypatch.setattr(takeover, "can_be_written", works)
    shop.tray.pull()
    window.until_says("it sells from the second one")
    shop.tray.put(card)
    window.until_says("李四")
    window.keys("5", "0", "enter")
    window.until_says("Write the card")
    window.keys("enter")
    window.until_says("Receipt till-0001-00000001")
    shop.tray.pull()
    window.keys("F7")
    window.until_says("This window")
    window.settle()
    window.keys("h")
    window.until(lambda: window.root.dialog is not None, "the question")
    window.keys("enter")
    window.until_says("entries are on both disks")
    assert in_use(home) == home
    with shop.counter.desk() as desk:
        assert desk.store.totals().vends == 1
