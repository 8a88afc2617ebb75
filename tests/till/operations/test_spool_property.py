"""Whatever printer and machine do, in any order: no original comes out twice, and of everything sold there is paper."""

from collections import Counter as Tally
from pathlib import Path
from tempfile import TemporaryDirectory

from argon2 import PasswordHasher
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from common.clerks import Role
from common.entries import ClerkSet
from tests.till.branch import Branch, Clock, Counter, OfficeVoice
from till.operations.arrears import enter_arrears, pay_arrears
from till.operations.clerks import Supervisor
from till.operations.receipts import came_out, did_not_come_out, print_queued, questions, reprint
from till.operations.void_receipt import void_receipt
from till.printing.printer import PrintedInDoubt, PrinterFailed, Trouble
from till.store import SheetState

HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
LI = Supervisor(clerk="li", pin="194673", reason="torn")

WHOLE, OFF, STUCK_OUT, STUCK_TORN, DIES_BEFORE, DIES_AFTER = "whole", "off", "stuck_out", "stuck_torn", "dies", "died"
FATES = [WHOLE, OFF, STUCK_OUT, STUCK_TORN, DIES_BEFORE, DIES_AFTER]


class Died(BaseException):
    """The program ends here, as a power cut ends it: nothing after it happens."""


class Printer:
    """A printer whose fate with each sheet is known beforehand; what came out whole is in `paper`."""

    repeatable = False
    name = "network 127.0.0.1"
    languages = ("en",)

    def __init__(self) -> None:
        self.fates: list[str] = []
        self.paper: list[tuple[str, int]] = []

    def put(self, receipt) -> None:
        fate = self.fates.pop(0) if self.fates else WHOLE
        if fate == OFF:
            raise PrinterFailed(Trouble.OFF)
        if fate == DIES_BEFORE:
            raise Died
        if fate != STUCK_TORN:
            self.paper.append((receipt.number, receipt.copy))
        if fate == DIES_AFTER:
            raise Died
        if fate in (STUCK_OUT, STUCK_TORN):
            raise PrintedInDoubt(Trouble.PAPER_OUT, receipt.number)


class Shop:
    """A till that takes money, and a clerk who looks at the printer and says what is there."""

    def __init__(self, folder: Path) -> None:
        clock = Clock()
        office = OfficeVoice(clock)
        self.counter = Counter("till-0001", folder / "till-0001", office)
        pin = HASHER.hash(LI.pin)
        office.say(ClerkSet(clerk="li", name="li", branch="B1", roles=[Role.SUPERVISOR], pin=pin, active=True))
        self.counter.hear()
        with self.counter.desk() as desk:
            Branch.open(desk, "A1", "M1")
            enter_arrears(desk, "A1", name="2025", amount=1_000_000, share=0, fixed=1, supervisor=LI)
        self.printer = Printer()
        self.given: list[str] = []
        self.void: set[str] = set()

    def do(self, action: str, fates: list[str], which: int) -> None:
        self.printer.fates = list(fates)
        number = self.given[which % len(self.given)] if self.given else ""
        try:
            with self.counter.desk() as desk:
                if action == "sell":
                    self.given += [paid.receipt for paid in pay_arrears(desk, "A1", 1, payment="cash")]
                elif action == "copy" and number and number not in self.void:
                    reprint(desk, self.printer, number)
                elif action == "void" and number and number not in self.void:
                    self.given.append(void_receipt(desk, number, LI).instead)
                    self.void.add(number)
                elif action == "look":
                    self.look(desk)
                print_queued(desk, self.printer)
        except (PrinterFailed, Died):
            pass

    def look(self, desk) -> None:
        """The clerk answers what is asked, truthfully."""
        while asked := questions(desk):
            sheet = asked[0]
            if (sheet.number, sheet.copy) in self.printer.paper:
                came_out(desk, sheet.name)
            else:
                did_not_come_out(desk, self.printer, sheet.name)

    def check(self) -> None:
        """At any time."""
        tally = Tally(self.printer.paper)
        assert max(tally.values(), default=1) == 1, "a sheet came out twice"

    def end(self) -> None:
        """The printer is mended, and the clerk answers."""
        for _ in range(50):
            self.printer.fates = []
            with self.counter.desk() as desk:
                print_queued(desk, self.printer)
                self.look(desk)
                if not desk.store.spool.sheets(*SheetState):
                    break
        self.check()
        there = {number for number, _ in self.printer.paper}
        assert there >= set(self.given) - self.void
        assert self.given == [f"till-0001-{number:08d}" for number in range(1, len(self.given) + 1)]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["sell", "sell", "print", "copy", "void", "look"]),
        st.lists(st.sampled_from(FATES), max_size=3),
        st.integers(0, 10),
    ),
    max_size=14,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
@example(steps=[("sell", [DIES_BEFORE], 0), ("void", [], 0)])
@example(steps=[("sell", [STUCK_TORN], 0), ("copy", [STUCK_OUT], 0), ("look", [], 0)])
def test_no_sheet_twice_and_none_missing(steps):
    with TemporaryDirectory() as folder:
        shop = Shop(Path(folder))
        for action, fates, which in steps:
            shop.do(action, fates, which)
            shop.check()
        shop.end()
