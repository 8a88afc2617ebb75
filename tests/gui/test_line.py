"""A till opened as `till gui` opens it, and a real office: the line goes down and comes back, selling goes on."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from common.card.image import CardImage
from common.card.keys import derive_card_key
from common.clerks import Role
from common.enrolment import make_code
from common.entries import ReplacementCompleted, ReplacementStarted, SettledBy, UtilitySet
from syncserver.bundle.files import bundle_path, write_whole
from syncserver.bundle.give import give_bundle
from syncserver.bundle.take import take_bundle
from syncserver.ingest.batch import read_batch
from syncserver.ingest.queue import IngestQueue
from syncserver.office import grants
from syncserver.office.clerks import add_clerk
from syncserver.office.folder import OfficeFolder
from syncserver.office.office import Office
from tests.benchmarks.fleet import Seller, enrol
from tests.gui.conftest import sign_in
from tests.gui.counter import PIN
from tests.gui.window import Shown, open_window
from tests.till.branch import SERIALS, ZHEJIANG
from tests.till.sync.conftest import serving
from till.cards.connect import open_card
from till.operations.accounts import open_account
from till.operations.cards import issue_card
from till.operations.opening import TillFolder, open_desk
from till.screens.open import setup_of
from till.simulator.card_file import load_card, make_blank
from till.simulator.channel import ChipChannel
from till.simulator.tray import ESAM, Tray

SECONDS = 2.0
"""In which a card that was put out of use elsewhere must be refused at a till whose line is up."""

pytestmark = pytest.mark.xdist_group("window")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    utility = UtilitySet(name="测试电力 Test Power", currency="CNY", digits=2, zone="Asia/Shanghai")
    made = Office.create(OfficeFolder(tmp_path / "office"), utility, [])
    with made.change() as intake:
        grants.publish_tariff(intake, ZHEJIANG)
        grants.allot_cards(intake, made.keys.card_master, "hill", SERIALS[:3])
        add_clerk(intake, "wang", name="王芳", branch="hill", roles=[Role.CLERK], pin=PIN)
    yield made
    made.close()


def till(data: Path, *words: str) -> None:
    """A command of the real program."""
    program = Path(sys.executable).parent / "till"
    subprocess.run([program, "--data", data, *words], check=True, capture_output=True, timeout=60)


def replaced_elsewhere(office: Office) -> None:
    """Another till of the branch replaces A1's card, and the office takes that."""
    other = Seller("till-0200", "hill", accounts=0)
    enrol(office, [other])
    image = CardImage(serial="6299000000000001", account="A1", meter="M1", issue=2, count=1, credit=0)
    job = "till-0200/replacement"
    started = ReplacementStarted(
        job=job,
        account="A1",
        before=None,
        image=image,
        seen=None,
        clerk="li",
        replaces=SERIALS[0],
        known_count=1,
        reason="lost",
    )
    completed = ReplacementCompleted(job=job, account="A1", receipt=None, by=SettledBy.TILL)
    queue = IngestQueue(office.store, office.keys.signing, office.clock)
    lines = other.opening() + [other.line(started), other.line(completed)]
    queue.submit(other.till, 1, read_batch(b"".join(lines))).result()
    queue.close()


@dataclass(frozen=True)
class Enrolled:
    """A till in its folder, enrolled at an office whose server is down; its one customer's card is in the tray."""

    data: Path
    tray: Path
    card: Path
    port: int


@pytest.fixture
def enrolled(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Enrolled:
    monkeypatch.setattr("till.screens.work.line._LATEST_AGAIN", 0.2)
    data, tray = tmp_path / "till", tmp_path / "tray"
    tray.mkdir()
    master = office.keys.card_master
    (tray / ESAM).write_text(json.dumps({"master": master.hex()}))
    card = tray / f"{SERIALS[0]}.card"
    make_blank(card, "cpu", SERIALS[0], derive_card_key(master, SERIALS[0]))
    code = make_code(b"0123456789", office.keys.certificate)
    with office.store.write() as writing:
        expires = office.clock() + timedelta(days=1)
        grants.add_code(writing, code.secret, branch="hill", name="counter", expires=expires)
    with serving(office) as url:
        port = int(url.rpartition(":")[2])
        till(data, "enrol", "--server", url, "--code", code.text)
    folder = TillFolder(data)
    with folder.store() as store:
        desk = open_desk(folder, store)
        desk.clerk, desk.roles = "wang", [Role.CLERK]
        open_account(desk, number="A1", name="李四", meter="M1", tariff_class="residential")
        issue_card(desk, open_card(ChipChannel(load_card(card))), "A1")
    return Enrolled(data, tray, card, port)


def sold(window: Shown, tray: Tray, card: Path) -> None:
    """Fifty yuan of credit, at the counter."""
    tray.put(card)
    window.until_says("李四")
    window.keys("5", "0", "enter")
    window.until(lambda: window.page._sell.stage == "quoted", "quoted")
    window.keys("enter")
    window.until_says("Take out the card")


def test_selling_goes_on_while_the_line_is_down(
    screen: str, office: Office, enrolled: Enrolled, tmp_path: Path
) -> None:
    card, port = enrolled.card, enrolled.port
    setup = setup_of(enrolled.data, f"tray:{enrolled.tray}", "en")
    assert setup.tray is not None
    setup.tray.put_in_meter(card)
    with open_window(setup, tmp_path / "kivy") as window:
        sign_in(window)
        window.until_says("Line down since")
        sold(window, setup.tray, card)
        window.keys("F6")
        window.until_says("Sync now")
        assert window.app.status.waiting > 0
        window.until_says("1 × sale, 1 × first card, 1 × account, 1 × meter reading. Money: 50.00 yuan")
        with serving(office, port):
            window.keys("F9")
            window.until_says("Line up since")
            window.until(lambda: window.app.status.waiting == 0, "all sent")
            window.keys("F6")
            window.until_says("sent")
            window.keys("F1")
            setup.tray.pull()
            window.until_says("Put in the card")
            setup.tray.put_in_meter(card)
            setup.tray.put(card)
            window.until(lambda: window.page.state == "account" and window.page._sell.card is not None, "to be sold to")
            window.settle()
            began = time.monotonic()
            replaced_elsewhere(office)
            window.until(lambda: window.page.state == "alert", "the refusal")
            took = time.monotonic() - began
            assert window.says("CARD REPLACED")
            assert took < SECONDS, f"{took:.2f} s"
        window.until_says("Line down since")
    with office.store.read() as reading:
        assert [sold.amount for sold in reading.vends()] == [5_000]


def test_a_stick_carries_what_a_line_would(screen: str, office: Office, enrolled: Enrolled, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    setup = setup_of(enrolled.data, f"tray:{enrolled.tray}", "en")
    assert setup.tray is not None
    with open_window(setup, tmp_path / "kivy") as window:
        sign_in(window)
        sold(window, setup.tray, enrolled.card)
        window.keys("F6", "F10")
        window.until(lambda: window.root.dialog is not None, "which stick")
        window.root.dialog.field("folder").text = str(stick)
        window.keys("enter")
        window.until_says("entries are on the stick")
        (bundle,) = stick.iterdir()
        queue = IngestQueue(office.store, office.keys.signing, office.clock)
        with bundle.open("rb") as file:
            take_bundle(office, file, queue.take_now)
        write_whole(bundle_path(stick, "till-0001"), give_bundle(office, "till-0001", queue.take_now))
        queue.close()
        assert window.app.status.waiting > 0
        window.push("Read a stick")
        window.until(lambda: window.root.dialog is not None, "which stick")
        window.root.dialog.field("folder").text = str(stick)
        window.keys("enter")
        window.until_says("of the office are taken; 0 of this till still wait")
        window.until(lambda: window.app.status.waiting == 0, "nothing waits")
        window.keys("F11")
        window.root.dialog.field("folder").text = str(tmp_path / "kivy")
        window.keys("enter")
        window.until(lambda: window.root.dialog.tone == "danger", "no bundle is there")
        window.keys("esc")
    with office.store.read() as reading:
        assert [vend.amount for vend in reading.vends()] == [5_000]


def test_a_mirror_that_is_lost_is_told_and_put_right(
    screen: str, office: Office, enrolled: Enrolled, tmp_path: Path
) -> None:
    mirror = tmp_path / "card"
    till(enrolled.data, "mirror", "set", str(mirror))
    setup = setup_of(enrolled.data, f"tray:{enrolled.tray}", "en")
    assert setup.tray is not None
    with open_window(setup, tmp_path / "kivy") as window:
        sign_in(window)
        window.until_says("Put in the card")
        assert not window.says("Second copy lost")
        mirror.rename(tmp_path / "out")
        sold(window, setup.tray, enrolled.card)
        window.until_says("Second copy lost")
        setup.tray.pull()
        window.until_says("The second copy of the journal is behind")
        (tmp_path / "out").rename(mirror)
        window.keys("F7")
        window.until_says("This window")
        window.settle()
        window.keys("h")
        window.until_says("Every entry on this disk and on the other is checked")
        window.keys("enter")
        window.until_says("entries are on both disks")
        window.until(lambda: not window.says("Second copy lost"), "mended")
