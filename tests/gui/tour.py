"""A tour of the window: every screen, every dialog, every alert, by keys, on a till with a morning's work done."""

import errno
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from common.entries import MakeupOwed
from common.units import CreditUnit
from tests.gui.conftest import sign_in
from tests.gui.counter import Shop
from tests.gui.window import Shown
from tests.till.branch import freeze
from till.journal.mirror import MirrorProblem
from till.operations.accounts import open_account
from till.operations.vend import Amount, vend
from till.simulator.card_file import load_card

PEOPLE = ("张伟", "王秀英", "李强", "刘洋", "陈静", "杨敏", "赵磊", "黄丽", "周涛", "Anna Wu", "徐芳", "孙勇")


@dataclass(frozen=True)
class Cards:
    """The cards of the tour, by what happens to them."""

    good: Path
    blank: Path
    owed: Path
    frozen: Path
    broken: Path


def a_morning(shop: Shop) -> Cards:
    """A till that has been selling."""
    good = shop.customer()
    shop.buys(good, 5_000, 10_000, 20_000, 10_000, 15_000)
    with shop.counter.desk() as desk:
        for place, name in enumerate(PEOPLE):
            phone, address = f"1380000{place:04d}", f"和平路 {place + 1} 号"
            meter = f"M{2000 + place}"
            open_account(
                desk, number=None, name=name, meter=meter, tariff_class="residential", phone=phone, address=address
            )
    shop.owes("A1", 12_000)
    return Cards(good, shop.branch.blank(5), _owed(shop), _frozen(shop), _broken(shop))


def _owed(shop: Shop) -> Path:
    """A card to which a make-up is owed: this till sold on the one before it."""
    old = shop.customer("A2", 1)
    with shop.counter.desk() as desk, shop.counter.card(old) as driver:
        sold = vend(desk, driver, Amount(energy=20_000))
    new = shop.replaced("A2", 2)
    shop.branch.office.say(
        MakeupOwed(
            key="k",
            rule="sold_to_superseded",
            account="A2",
            for_job=sold.job,
            credit=20_000,
            unit=CreditUnit.ENERGY,
            stranded_on=old.stem,
        )
    )
    shop.counter.hear()
    return new


def _frozen(shop: Shop) -> Path:
    """The card of an account that was closed."""
    card = shop.customer("A3", 3)
    with shop.counter.desk() as desk:
        freeze(desk, "A3", "moved away")
    return card


def _broken(shop: Shop) -> Path:
    card = shop.customer("A4", 4)
    chip = load_card(card)
    for file in chip.memory.files[1:]:
        for place in range(len(file.data)):
            chip._write_byte(file.data, place, 0x55)
    return card


class Tour:
    """Goes everywhere and stops. `stop` is called with the name of each place."""

    def __init__(self, window: Shown, shop: Shop, cards: Cards, stop: Callable[[str], None]) -> None:
        self.window, self.shop, self.cards = window, shop, cards
        self._stop = stop
        self._number = 0

    def go(self) -> None:
        """All of it."""
        for part in (self.signing_in, self.selling, self.accounts, self.cards_desk, self.shift, self.office):
            part()
        for part in (self.settings, self.alerts, self.doubt):
            part()

    # --- parts ---

    def signing_in(self) -> None:
        """Who is at the till."""
        self.at("sign-in")
        self.window.until(lambda: self.window.page.chosen, "clerks")
        self.window.type("999999")
        self.window.keys("enter")
        self.window.until(lambda: self.window.page.error, "refused")
        self.at("wrong-pin")
        sign_in(self.window)
        self.at("ready")

    def selling(self) -> None:
        """The counter."""
        window, page = self.window, self.window.page
        self.put(self.cards.good, "account")
        self.at("account")
        window.type("9999999")
        window.keys("enter")
        window.until(lambda: page._sell.error or page._sell.stage == "quoted", "refused")
        if page._sell.stage == "quoted":
            window.keys("enter")
            window.until(lambda: page._sell.error, "refused")
        self.at("amount-refused")
        window.keys("esc", "1", "0", "0", "enter")
        window.until(lambda: page._sell.stage == "quoted", "quoted")
        window.type("50")
        self.at("cash-short")
        window.keys("back", "back", "1", "5", "0")
        self.at("quote")
        self.shop.tray.seconds_per_command = 0.25
        window.keys("enter")
        window.until(lambda: page._sell.done_steps == 1, "started")
        self.at("writing", settled=False)
        self.shop.tray.seconds_per_command = 0.0
        window.until(lambda: page._sell.stage == "done", "done")
        self.at("done")
        self.pull()
        self.at("ready-again")
        self.put(self.cards.good, "account")
        self.at("not-taken")
        self.dialog("history", "F8")
        self.pull()
        self.shop.tray.put_in_meter(self.cards.good)
        self.put(self.cards.owed, "account")
        self.at("makeup-owed")
        self.pull()

    def accounts(self) -> None:
        """Accounts, and what is done with one."""
        window = self.window
        window.keys("F2")
        window.type("a1")
        window.until(lambda: window.page.found == 1, "found")
        window.keys("enter")
        window.until(lambda: window.page.has_account, "account")
        window.keys("back", "back")
        window.until(lambda: window.page.found > len(PEOPLE), "all")
        self.at("accounts")
        window.keys("F9")
        self.in_dialog()
        self.at("open-account")
        window.type("X")
        window.keys("tab")
        window.type("M1")
        window.keys(*["enter"] * 5)
        window.until_says("M1")
        window.settle()
        self.at("field-refused")
        window.keys("esc")
        self.dialog("amend-account", "F10")
        self.dialog("closing", "F11")
        self.dialog("arrears", "ctrl+p")

    def cards_desk(self) -> None:
        """The card desk."""
        window = self.window
        window.keys("F3")
        self.at("cards-empty")
        self.put(self.cards.good, "card")
        self.at("card-explained")
        self.dialog("undo", "4")
        window.keys("7")
        self.in_dialog()
        self.at("meter-change")
        window.type("M9")
        window.keys("enter")
        window.until(lambda: window.root.dialog is not None and "count" in window.root.dialog.names, "reading")
        self.at("meter-reading")
        window.keys("esc")
        self.pull()
        self.put(self.cards.blank, "blank")
        self.at("cards-blank")
        self.dialog("issue", "1")
        window.keys("2")
        self.in_dialog()
        self.at("replace")
        window.type("A1")
        window.keys("enter")
        window.until(lambda: window.page.result != "", "replaced")
        self.at("replaced")
        self.pull()

    def shift(self) -> None:
        """The shift and the day."""
        window = self.window
        window.keys("F4")
        self.at("shift-by-itself")
        self.dialog("float", "ctrl+f")
        self.dialog("hand-over", "F10")
        window.keys("F9")
        self.in_dialog()
        window.keys("1")
        self.at("cash-up")
        window.root.dialog.field("explanation").text = "?"
        window.root.dialog.field("explanation").take_keys()
        window.keys("enter")
        window.until(lambda: window.root.dialog is not None and "by" in window.root.dialog.names, "approval")
        self.at("difference")
        window.keys("esc")
        window.keys("F5")
        self.at("reports")
        window.keys("1")
        self.in_dialog()
        self.at("report-month")
        window.keys("enter")
        window.until(lambda: type(window.root.dialog).__name__ == "DocumentDialog", "the report")
        self.at("report")
        self.dialog_over("report-file", "enter")
        window.keys("esc")

    def office(self) -> None:
        """The office."""
        self.window.keys("F6")
        self.at("office")
        self.dialog("stick-out", "F10")
        self.dialog("stick-in", "F11")

    def settings(self) -> None:
        """The settings, and what they ask."""
        window = self.window
        window.keys("F7")
        self.at("settings")
        for key, name in (
            ("5", "address"),
            ("p", "printer"),
            ("6", "mirror"),
            ("h", "heal"),
            ("7", "cut-off"),
            ("8", "lock"),
            ("9", "pin"),
            ("0", "unlock"),
        ):
            self.dialog(name, key)
        self._waits()

    def _waits(self) -> None:
        """A wait that may be left, one that may not, an error that is told."""
        app, window = self.window.app, self.window
        for name, job in (("wait-left", "history"), ("wait-recorded", "pay")):
            go = threading.Event()
            app.do(job, lambda _, go=go: go.wait(30))
            window.until(lambda job=job: app.busy_name == job, "the wait")
            self.at(name, settled=False)
            go.set()
            window.settle()
        app.tell(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/home/till/month.pdf"))
        self.at("error")
        window.keys("enter")

    def alerts(self) -> None:
        """What fills the screen."""
        self.window.keys("F1")
        for card, name in (
            (self.cards.good, "superseded"),
            (self.cards.frozen, "frozen"),
            (self.cards.broken, "unreadable"),
        ):
            self.put(card, "alert")
            self.at(name)
            self.pull()

    def doubt(self) -> None:
        """A sale whose card was pulled out, and all else that may still be open."""
        window, shop, card = self.window, self.shop, self.cards.blank
        shop.tray.put_in_meter(card)
        self.put(card, "account")
        window.keys("5", "0", "enter")
        window.until(lambda: window.page._sell.stage == "quoted", "quoted")
        shop.tray.seconds_per_command = 0.2
        window.keys("enter")
        window.until(lambda: window.page._sell.done_steps == 1, "started")
        shop.tray.pull()
        window.until(lambda: window.page.state == "alert", "in doubt")
        shop.tray.seconds_per_command = 0.0
        self.at("in-doubt")
        window.keys("esc")
        window.until(lambda: window.page._ready.notices, "the doubt")
        window.settle()
        lost = replace(window.app.status, mirror_problem=MirrorProblem("No such device"))
        ask, window.app.hub.ask_status = window.app.hub.ask_status, lambda: window.app._status(lost)
        window.until(lambda: len(window.page._ready.notices) > 2, "all that is open")
        self.at("all-open")
        window.app.hub.ask_status = ask
        self.put(card, "account")
        self.at("settled")
        self.pull()

    # --- how ---

    def at(self, name: str, settled: bool = True) -> None:
        """Stop here."""
        if settled:
            self.window.settle()
        self._number += 1
        self._stop(f"{self._number:02d}-{name}")

    def dialog(self, name: str, key: str) -> None:
        """Open a dialog by its key, stop, go back."""
        self.window.settle()
        self.window.keys(key)
        self.in_dialog()
        self.at(name)
        self.window.keys("esc")
        self.window.until(lambda: self.window.root.dialog is None, f"{name} is closed")

    def dialog_over(self, name: str, key: str) -> None:
        """Open a dialog above another by its key, stop, go back."""
        below = self.window.root.dialog
        self.window.keys(key)
        self.window.until(lambda: self.window.root.dialog is not below, "another dialog")
        self.at(name)
        self.window.keys("esc")
        self.window.until(lambda: self.window.root.dialog is below, f"{name} is closed")

    def in_dialog(self) -> None:
        """Until one is there."""
        self.window.until(lambda: self.window.root.dialog is not None, "a dialog")

    def put(self, card: Path, state: str) -> None:
        """A card goes in; until the screen shows what it must."""
        self.shop.tray.put(card)
        self.window.until(lambda: self.window.page.state == state, f"{state}, not {self.window.page.state}")
        self.window.settle()

    def pull(self) -> None:
        """The card comes out."""
        self.shop.tray.pull()
        self.window.until(lambda: self.window.app.card is None and not _in(self.window.app), "card out")
        self.window.settle()


def _in(app: Any) -> bool:
    return app.reader is not None and app.reader.card
