"""A till for the window: the branch of tests/till with clerks, a tray of cards beside one reader, and a meter."""

import json
from pathlib import Path

from argon2 import PasswordHasher

from common.clerks import Role
from common.entries import ClerkSet
from tests.till.branch import MASTER, Branch, Clock, Counter, OfficeVoice
from till.journal.keys import load_keys
from till.journal.writer import Journal
from till.operations.desk import Desk
from till.printing.printer import FilePrinter
from till.screens.work.hub import Setup
from till.screens.work.line import Sync
from till.screens.work.prefs import Prefs
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
        """An account with its first card, which has been in the meter."""
        path = self.branch.customer(account, card)
        self.tray.put_in_meter(path)
        return path

    def setup(
        self,
        language: str = "en",
        theme: str = "light",
        percent: int = 100,
        sync: Sync | None = None,
        tray: bool = False,
    ) -> Setup:
        """What a window opens."""
        opened: list[Store] = []

        def open_desk() -> Desk:
            counter = self.branch.counter
            opened.append(Store.open(counter.database))
            keys = load_keys(counter.keys_folder)
            journal = Journal(opened[0], keys, counter.till, 1, self.branch.clock, None, counter.steady)
            journal.start()
            return Desk(till=counter.till, clerk="", store=opened[0], journal=journal, keys=keys, now=self.branch.clock)

        return Setup(
            open=open_desk,
            close=lambda: opened[0].close(),
            source=self.tray,
            printer=self.printer,
            sync=sync,
            prefs=Prefs(language=language, theme=theme, percent=percent, reader="tray"),
            tray=self.tray if tray else None,
        )
