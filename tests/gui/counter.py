"""A till for the window: the branch of tests/till with clerks, a tray of cards beside one reader, and a meter."""

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from argon2 import PasswordHasher

from common.clerks import Role
from common.entries import ClerkSet
from tests.till.branch import MASTER, Branch, Clock, Counter, OfficeVoice
from till.cards.connect import open_card
from till.journal.keys import load_keys
from till.journal.seat import in_use
from till.journal.writer import Journal
from till.operations.arrears import enter_arrears
from till.operations.cards import issue_card, replace_card
from till.operations.clerks import Supervisor
from till.operations.desk import Desk
from till.operations.opening import ENROLMENT, Enrolment, TillFolder, mirror_of
from till.operations.refusals import LeftInDoubt
from till.operations.steps import Step
from till.operations.takeover import heal_or_come_back, take_over
from till.operations.vend import Amount, vend
from till.printing.printer import FilePrinter
from till.screens.work.hub import Setup
from till.screens.work.line import Follow
from till.screens.work.prefs import Prefs
from till.simulator.card_file import load_card
from till.simulator.channel import ChipChannel
from till.simulator.tray import ESAM, Tray
from till.store import Store

PIN, SUPERVISORS_PIN = "380512", "194673"
HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Shop:
    """A branch with one counter, its clerks, and a tray."""

    def __init__(self, folder: Path, slow: float = 0.0) -> None:
        clock = Clock()
        office = OfficeVoice(clock)
        self.branch = Branch(folder, clock, office, Counter("till-0001", folder / "till-0001", office))
        (folder / ESAM).write_text(json.dumps({"master": MASTER.hex()}))
        self.tray = Tray(folder, slow)
        self.printer = FilePrinter(folder / "receipts")
        for clerk, name, roles, pin in (
            ("wang", "王芳", [Role.CLERK], PIN),
            ("li", "李娜", [Role.SUPERVISOR], SUPERVISORS_PIN),
        ):
            office.say(ClerkSet(clerk=clerk, name=name, branch="B1", roles=roles, pin=HASHER.hash(pin), active=True))
        self.branch.counter.hear()

    @property
    def counter(self) -> Counter:
        """The till."""
        return self.branch.counter

    def customer(self, account: str = "A1", card: int = 0) -> Path:
        """An account with its first card, which has been in the meter: A1's meter is M1."""
        path = self.branch.blank(card)
        with self.counter.desk() as desk:
            self.branch.open(desk, account, f"M{account[1:]}")
            with self.counter.card(path) as driver:
                issue_card(desk, driver, account)
        self.tray.put_in_meter(path)
        return path

    def buys(self, card: Path, *amounts: int) -> None:
        """Sales for so many minor units, each taken by the meter."""
        for amount in amounts:
            with self.counter.desk() as desk, self.counter.card(card) as driver:
                vend(desk, driver, Amount(money=amount))
            self.tray.put_in_meter(card)

    def replaced(self, account: str, card: int) -> Path:
        """The account's card is replaced by this blank one."""
        path = self.branch.blank(card)
        with self.counter.desk() as desk, self.counter.card(path) as driver:
            replace_card(desk, driver, account, "lost")
        return path

    def owes(self, account: str, amount: int) -> None:
        """The account owes money from before."""
        with self.counter.desk() as desk:
            enter_arrears(
                desk,
                account,
                name="2025",
                amount=amount,
                share=300_000,
                fixed=0,
                supervisor=Supervisor(clerk="li", pin=SUPERVISORS_PIN, reason="books"),
            )

    def doubt(self, card: Path) -> None:
        """A sale on this card is left in doubt: it is pulled out while it is written."""
        chip = load_card(card)

        def pull(step: Step) -> None:
            if step is Step.STARTED:
                chip.power_off()

        with self.counter.desk(pull) as desk, suppress(LeftInDoubt):
            vend(desk, open_card(ChipChannel(chip)), Amount(money=5_000))

    def setup(
        self,
        language: str = "en",
        theme: str = "light",
        percent: int = 100,
        follow: Follow | None = None,
        tray: bool = False,
    ) -> Setup:
        """What a window opens."""
        prefs = Prefs(language=language, theme=theme, percent=percent, reader="tray")
        made = window_on(self.counter, self.tray, self.branch.clock, self.printer, prefs)
        return replace(made, follow=follow, tray=self.tray if tray else None)


def window_on(
    counter: Counter, source: Tray, clock: Clock, printer: FilePrinter | None = None, prefs: Prefs | None = None
) -> Setup:
    """A window on a till whose reader is a tray."""
    opened: list[Store] = []

    def open_desk() -> Desk:
        place = in_use(counter.folder)
        opened.append(Store.open(TillFolder(place).database))
        enrolment = opened[-1].setting(ENROLMENT, Enrolment)
        mirror = None if enrolment is None else mirror_of(opened[-1], enrolment)
        keys = load_keys(place / "keys")
        journal = Journal(opened[-1], keys, counter.till, 1, clock, mirror, counter.steady)
        journal.start()
        return Desk(till=counter.till, clerk="", store=opened[-1], journal=journal, keys=keys, now=clock)

    return Setup(
        open=open_desk,
        close=lambda: opened[-1].close(),
        source=source,
        printer=printer or FilePrinter(counter.folder / "receipts"),
        follow=None,
        prefs=prefs or Prefs(language="en", reader="tray"),
        receipts=counter.folder / "receipts",
        heal=lambda progress: heal_or_come_back(TillFolder(counter.folder), progress),
        disk_fails=lambda: False,
        take_over=lambda known, progress: take_over(TillFolder(counter.folder), known=known, progress=progress),
    )
