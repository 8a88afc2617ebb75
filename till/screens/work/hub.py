"""All that works behind the window: the till on its thread, the reader's watch, the line. No Kivy."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from common.chain import Head
from common.progress import Progress
from till.journal.heal import Healed
from till.operations.card_source import CardSource
from till.operations.desk import Desk
from till.operations.explained import EXPLAINED
from till.operations.steps import Step
from till.operations.takeover import TookOver, may_be_the_disk
from till.printing.printer import Printer
from till.screens.work.line import Follow, Line, LineSeen
from till.screens.work.prefs import Prefs
from till.screens.work.status import Status, status_of
from till.screens.work.till import Till
from till.screens.work.waits import QUIET
from till.screens.work.watch import ReaderSeen, Watch
from till.screens.work.worker import Deliver, Worker
from till.simulator.tray import Tray

T = TypeVar("T")

STATUS, OPEN, JOURNAL = "status", "open", "journal"


@dataclass(frozen=True)
class Setup:
    """How a window's till is opened.

    Attributes:
        open: opens the desk; called on the worker's thread.
        close: lets go of it, there too.
        follow: syncs with the office and stays in touch, on the line's own thread; None where there is no office.
        receipts: where sheets go when there is no printer.
        heal: puts the journal and its mirror right, each from the other; a till that went on from the second disk comes
            back to its own.
        disk_fails: whether the till's own disk cannot be written.
        take_over: goes on from the second disk, which has the last entry that is known; the till is opened anew then.
        tray: simulated cards to be shown in the window, where there are any.
    """

    open: Callable[[], Desk]
    close: Callable[[], None]
    source: CardSource
    printer: Printer
    follow: Follow | None
    prefs: Prefs
    receipts: Path
    heal: Callable[[Progress], Healed]
    disk_fails: Callable[[], bool]
    take_over: Callable[[Head | None, Progress], TookOver]
    tray: Tray | None = None


@dataclass
class Told:
    """Who is told what; each is called in the window's thread."""

    opened: Callable[[Till], None]
    failed: Callable[[Exception], None]
    status: Callable[[Status], None]
    reader: Callable[[ReaderSeen], None]
    line: Callable[[LineSeen], None]
    disk_failed: Callable[[], None]
    step: Callable[[Step], None] = field(default=lambda _: None)


class Hub:
    """The till, the watch and the line of one window."""

    def __init__(self, setup: Setup, deliver: Deliver, told: Told) -> None:
        self.setup = setup
        self.worker = Worker(deliver)
        self.line: Line | None = None
        self._deliver = deliver
        self._told = told
        self._till: Till | None = None
        self._watch: Watch | None = None

    def start(self) -> None:
        """Open the till, in the background."""
        self.worker.start()
        self.worker.do(OPEN, self._open, self._opened, self._told.failed)

    def stop(self) -> None:
        """End everything; what the worker was asked for is done first."""
        if self._watch is not None:
            self._watch.stop()
        if self.line is not None:
            self.line.stop()
        self.worker.do("close", self.setup.close)
        self.worker.stop()

    def do(
        self,
        name: str,
        work: Callable[[Till], T],
        done: Callable[[T], None] = lambda _: None,
        failed: Callable[[Exception], None] | None = None,
    ) -> bool:
        """Have the till do something; see Worker.do. Before it is open nothing is done."""
        till = self._till
        if till is None:
            return False
        asked = self.worker.do(name, lambda: work(till), done, self._and_disk(failed or self._told.failed))
        if asked and name not in QUIET:
            self.ask_status()
        return asked

    def ask_status(self) -> None:
        """Have the status told, after what is asked for already."""
        till = self._till
        if till is not None:
            self.worker.do(STATUS, lambda: status_of(till.desk), self._told.status, self._and_disk(self._told.failed))

    def ask_sync(self) -> None:
        """Sync now."""
        if self.line is not None:
            self.line.ask()

    def use_source(self, source: CardSource) -> None:
        """Take cards from another reader from now on."""
        till, watch = self._till, self._watch
        if till is None:
            return
        if watch is not None:
            watch.stop()
        self.worker.do("reader", lambda: setattr(till, "source", source))
        self._watch = Watch(source, self._deliver, self._told.reader)
        self._watch.start()

    def take_over(self, till: Till, progress: Progress) -> TookOver:
        """Go on from the second disk. On the worker's thread."""
        journal = till.desk.journal
        known = journal.head if journal.mirror_problem is None else None
        self.setup.close()
        try:
            found = self.setup.take_over(known, progress)
        except EXPLAINED:
            with suppress(*EXPLAINED):  # that disk may be gone for good
                self.reopen(till)
            raise
        self.reopen(till)
        return found

    def reopen(self, till: Till) -> None:
        """Go on where the till is now. On the worker's thread."""
        self.setup.close()
        till.desk = self.setup.open()
        till.desk.observe = self._step
        till.who()

    def _and_disk(self, failed: Callable[[Exception], None]) -> Callable[[Exception], None]:
        """Where the disk may be the reason, see whether it is, and have it told."""

        def told(error: Exception) -> None:
            failed(error)
            if may_be_the_disk(error):
                self.worker.do("disk", self.setup.disk_fails, lambda fails: self._told.disk_failed() if fails else None)

        return told

    def _open(self) -> Till:
        desk = self.setup.open()
        return Till(desk, self.setup.source, self.setup.printer, self._step)

    def _opened(self, till: Till) -> None:
        self._till = till
        self._watch = Watch(self.setup.source, self._deliver, self._told.reader)
        self._watch.start()
        if self.setup.follow is not None:
            self.line = Line(self.setup.follow, till.desk.now, self._deliver, self._line_told)
            self.line.start()
        self._told.opened(till)

    def _step(self, step: Step) -> None:
        self._deliver(lambda: self._told.step(step))

    def _line_told(self, seen: LineSeen) -> None:
        till = self._till
        if till is not None and seen.up and not seen.busy:
            # The sync has a journal object of its own, as another program would: go on from what it wrote and heard.
            self.worker.do(JOURNAL, till.desk.journal.start, lambda _: self.ask_status(), self._told.failed)
        self._told.line(seen)
