"""Two tills of a branch, an office that settles, cards and meters: all of it real but the wires, for a state machine.

Whatever the two do, alone or in touch, interrupted or not, nothing is lost and nothing comes from nowhere.
"""

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from argon2 import PasswordHasher
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from common.account import AccountFacts, fold, standing
from common.admission import Refused, given_up
from common.chain import SignedEntry
from common.clerks import Role
from common.entries import ClerkSet, MeterModelSet
from common.resolution import settle
from common.units import CreditUnit
from common.wire import FeedItem
from tests.simulation.quick import SCRATCH, PowerCut, QuickBranch, QuickCounter, Wallet
from tests.till.branch import SERIALS, Clock, OfficeVoice
from till.cards.errors import CardError
from till.operations.arrears import enter_arrears, pay_arrears
from till.operations.cards import issue_card, read_card, replace_card
from till.operations.clerks import Supervisor
from till.operations.closing import refund, refund_owed, wipe_card
from till.operations.makeup import make_up
from till.operations.meters import Reading, change_meter, clear_meter, enter_reading
from till.operations.receipts import print_queued
from till.operations.refusals import LeftInDoubt, NothingWritten
from till.operations.reversal import reverse
from till.operations.steps import Step
from till.operations.vend import Amount, vend
from till.printing.printer import FilePrinter
from till.simulator.meter import MeterOutcome
from till.store.rebuild import rebuild

HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
LI = Supervisor(clerk="li", pin="194673", reason="seen it")
ACCOUNT = "A1"
STOCK = 6
AGAIN = 3
"""Entries of the feed that come a second time."""

TILLS = st.integers(0, 1)
CARDS = st.one_of(st.just(None), st.just(None), st.just(None), st.integers(0, STOCK - 1))
"""Mostly the card that the till would ask for."""

UNITS = st.sampled_from([CreditUnit.ENERGY, CreditUnit.ENERGY, CreditUnit.MONEY])
FAULTS = st.sampled_from([None] * 6 + list(Step) + list(range(3, 30, 3)))
"""Nothing goes wrong, the till dies at a step, or the card is pulled out at an APDU."""


class Counters(RuleBasedStateMachine):
    """What clerks, customers and the line do."""

    @initialize(chip=st.sampled_from(["cpu", "sle4442"]), unit=UNITS)
    def begin(self, chip: str, unit: CreditUnit) -> None:
        """A branch with two tills that know the same account and its first card."""
        self.folder = Path(tempfile.mkdtemp(dir=SCRATCH))
        wallet = Wallet()
        clock = Clock()
        self.office = OfficeVoice(clock)
        self.office.say(
            ClerkSet(clerk="li", name="li", branch="B1", roles=[Role.SUPERVISOR], pin=HASHER.hash(LI.pin), active=True)
        )
        for counts in CreditUnit:
            model = MeterModelSet(model=counts.value, unit=counts, limit=3_000_000, chip=chip, layout=f"{chip}-v1")
            self.office.say(model)
        self.tills = [
            QuickCounter(till, self.folder / till, self.office, wallet=wallet) for till in ("till-0001", "till-0002")
        ]
        self.branch = QuickBranch(self.folder, clock, self.office, self.tills[0], chip, wallet)
        self.feed: list[SignedEntry] = list(self.office.spoken)
        self.master = AccountFacts.new(ACCOUNT)
        self.said: dict[str, int] = {}
        self.wall = "M1"
        self.removed = 0
        self.branch.meter("M1", unit)
        self.branch.customer(ACCOUNT, model=unit.value)
        for _ in range(2):
            self.sync(0)
            self.sync(1)

    # --- what people do ---

    @rule(till=TILLS, card=CARDS, credit=st.integers(1, 90_000), fault=FAULTS)
    def sell(self, till: int, card: int | None, credit: int, fault: Step | int | None) -> None:
        """A vend."""
        amount = self._amount(till, credit)
        self._at(till, card, fault, lambda desk, driver: vend(desk, driver, amount))

    @rule(till=TILLS, card=CARDS, credit=st.integers(1, 90_000))
    def sell_twice(self, till: int, card: int | None, credit: int) -> None:
        """The same command twice: a worn mouse, an impatient finger."""
        amount = self._amount(till, credit)
        job = f"{self.tills[till].till}/{self.branch.clock.now.timestamp():.3f}".replace(".", "-")
        for _ in range(2):
            self._at(till, card, None, lambda desk, driver: vend(desk, driver, amount, job=job))

    @rule(till=TILLS, card=st.integers(0, STOCK - 1), fault=FAULTS)
    def replace(self, till: int, card: int, fault: Step | int | None) -> None:
        """A lost card is replaced by a blank one."""
        self._at(till, card, fault, lambda desk, driver: replace_card(desk, driver, ACCOUNT, "lost"), blank=True)

    @rule(till=TILLS, card=st.integers(0, STOCK - 1))
    def issue(self, till: int, card: int) -> None:
        """A card for an account that gave its own back."""
        self._at(till, card, None, lambda desk, driver: issue_card(desk, driver, ACCOUNT), blank=True)

    @rule(till=TILLS, card=CARDS, fault=FAULTS, approved=st.booleans())
    def make_up(self, till: int, card: int | None, fault: Step | int | None, approved: bool) -> None:
        """Credit that never reached the meter."""
        self._at(till, card, fault, lambda desk, driver: make_up(desk, driver, LI if approved else None))

    @rule(till=TILLS, card=CARDS, fault=FAULTS)
    def reverse(self, till: int, card: int | None, fault: Step | int | None) -> None:
        """A sale that is still on the card is undone."""
        self._at(till, card, fault, lambda desk, driver: reverse(desk, driver, LI))

    @rule(till=TILLS, card=CARDS, fault=FAULTS)
    def clear(self, till: int, card: int | None, fault: Step | int | None) -> None:
        """The card is to clear the meter."""
        self._at(till, card, fault, clear_meter)

    @rule(till=TILLS, card=CARDS, fault=FAULTS)
    def wipe(self, till: int, card: int | None, fault: Step | int | None) -> None:
        """A card comes back."""
        self._at(till, card, fault, wipe_card)

    @rule(till=TILLS)
    def refund(self, till: int) -> None:
        """Money back for what meters gave up."""
        with self.tills[till].desk() as desk, suppress(Refused):
            refund(desk, ACCOUNT, payment="cash", supervisor=LI)

    @rule(till=TILLS)
    def refund_owed(self, till: int) -> None:
        """Money back for a credit that never arrived."""
        with self.tills[till].desk() as desk, suppress(Refused):
            owed = standing(desk.store.account(ACCOUNT)).owed
            refund_owed(desk, ACCOUNT, owed[0].for_job if owed else "", payment="cash", supervisor=LI)

    @rule(till=TILLS)
    def read_meter(self, till: int) -> None:
        """A meter that is off the wall is read for good; its card does not follow yet."""
        with self.tills[till].desk() as desk, suppress(Refused):
            old = standing(desk.store.account(ACCOUNT)).meter
            if old != self.wall:
                state = self.branch.meter(old).state
                enter_reading(desk, ACCOUNT, Reading(old, state.count, state.remaining, state.use, LI))

    @rule(till=TILLS, amount=st.integers(1, 5_000))
    def owe(self, till: int, amount: int) -> None:
        """Arrears."""
        with self.tills[till].desk() as desk, suppress(Refused):
            enter_arrears(desk, ACCOUNT, name="2025", amount=amount, share=300_000, fixed=0, supervisor=LI)

    @rule(till=TILLS, amount=st.integers(1, 5_000))
    def pay(self, till: int, amount: int) -> None:
        """Arrears paid without buying."""
        with self.tills[till].desk() as desk, suppress(Refused):
            pay_arrears(desk, ACCOUNT, amount, payment="cash")

    @rule(till=TILLS, card=CARDS, fault=FAULTS, unit=UNITS)
    def new_meter(self, till: int, card: int | None, fault: Step | int | None, unit: CreditUnit) -> None:
        """The fitter changes the meter, reads the old one if it was not cleared, and the card follows."""
        with self.tills[till].desk() as desk:
            view = standing(desk.store.account(ACCOUNT))
        if view.meter == self.wall:
            self.removed += 1
            self.wall = f"M{self.removed + 1}"
            self.branch.meter(self.wall, unit)
        model = self.branch.meter(self.wall).state.unit.value
        old = self.branch.meter(view.meter).state
        reading = None if given_up(view) else Reading(view.meter, old.count, old.remaining, old.use, LI)
        self._at(till, card, fault, lambda desk, driver: change_meter(desk, driver, self.wall, reading, model=model))

    @rule(till=TILLS, card=CARDS)
    def read(self, till: int, card: int | None) -> None:
        """A card is looked at."""
        self._at(till, card, None, read_card)

    @rule(card=CARDS, use=st.integers(0, 40_000))
    def insert(self, card: int | None, use: int) -> None:
        """The customer puts a card in the meter on the wall, and uses electricity."""
        outcome = self.branch.insert(self._active(self.master) if card is None else self.branch.blank(card), self.wall)
        assert outcome in MeterOutcome
        self.branch.meter(self.wall).consume(use)

    @rule(till=TILLS)
    def sync(self, till: int) -> None:
        """The line is up: entries go to the office, which settles, and come from it."""
        counter = self.tills[till]
        with counter.desk() as desk:
            news = list(desk.store.entries(counter.till, 1, after=self.said.get(counter.till, 0)))
        self.said[counter.till] = self.said.get(counter.till, 0) + len(news)
        self._arrive(news)
        with counter.desk() as desk:
            overlap = max(0, counter.heard - AGAIN)
            items = [FeedItem(place, signed) for place, signed in enumerate(self.feed[overlap:], overlap + 1)]
            desk.journal.accept(items, len(self.feed))
        counter.heard = len(self.feed)

    # --- what must be so ---

    @invariant()
    def every_written_credit_is_in_one_place(self) -> None:
        """At each till by what it knows, and at the office."""
        for till in self.tills:
            with till.desk() as desk:
                self._check_law(desk.store.account(ACCOUNT))
        self._check_law(self.master)

    def teardown(self) -> None:
        """Everything is brought together: it adds up, to the watt-hour and the fen."""
        try:
            self._bring_together()
        finally:
            for counter in self.tills:
                counter.close()
            shutil.rmtree(self.folder)

    # --- within ---

    def _bring_together(self) -> None:
        for _ in range(3):
            for till in (0, 1):
                for card in range(STOCK):
                    self.read(till, card)
                self.sync(till)
        books = standing(self.master).books
        drawers, papers = 0, []
        for till in self.tills:
            with till.desk() as desk:
                assert rebuild(desk.store, check=True, progress=lambda _: None) == []
                assert desk.journal.verify(lambda _: None) == desk.journal.head
                assert standing(desk.store.account(ACCOUNT)).books == books
                drawers += desk.store.totals().money
                paper = FilePrinter(self.folder / "paper" / till.till)
                print_queued(desk, paper)
                papers += list(paper.folder.glob("*.txt"))
                assert len(papers) == len({path.name for path in papers})
        assert drawers == books.money
        known = {case.rule for case in self.master.decisions.values()}
        assert books.conserved or "not_conserved" in known
        if "not_conserved" not in known:
            meters = [self.branch.meter(f"M{number}") for number in range(1, self.removed + 2)]
            for unit in CreditUnit:
                loaded = sum(meter.total_loaded for meter in meters if meter.state.unit is unit)
                assert books.of(unit).in_meters <= loaded

    def _amount(self, till: int, credit: int) -> Amount:
        """What the clerk asks for: money where the till knows of a meter that counts it."""
        with self.tills[till].desk() as desk:
            unit = standing(desk.store.account(ACCOUNT)).unit
        return Amount(money=credit) if unit is CreditUnit.MONEY else Amount(energy=credit)

    def _at(self, till: int, card: int | None, fault: Step | int | None, job, *, blank: bool = False) -> None:
        """A card at a counter. What the till refuses does not happen; what is cut off is found out later."""

        def observe(now: Step) -> None:
            if now is fault:
                raise PowerCut

        with self.tills[till].desk() as desk:
            facts, stock = desk.store.account(ACCOUNT), desk.store.stock()
        if blank and stock:
            path = self.branch.blank(SERIALS.index(stock[(card or 0) % len(stock)]) % STOCK)
        else:
            path = self._active(facts) if card is None else self.branch.blank(card)
        try:
            with self.tills[till].desk(observe) as desk, self.tills[till].card(path) as driver:
                if isinstance(fault, int):
                    driver._channel._chip.pull_at = fault
                job(desk, driver)
        except (Refused, CardError, NothingWritten, LeftInDoubt, PowerCut):
            pass

    def _active(self, facts: AccountFacts | None) -> Path:
        """The card that somebody who knows these facts would bring."""
        active = None if facts is None else standing(facts).active
        return self.branch.blank(0 if active is None else SERIALS.index(active))

    def _arrive(self, news: list[SignedEntry]) -> None:
        self.master = fold(self.master, news)
        self.feed += news
        for _ in range(5):
            bodies = settle(self.master)
            if not bodies:
                return
            said = [self.office.say(body) for body in bodies]
            self.feed += said
            self.master = fold(self.master, said)
        raise AssertionError("the rules do not come to rest")

    @staticmethod
    def _check_law(facts: AccountFacts | None) -> None:
        if facts is None or facts.opened is None:
            return
        books = standing(facts).books
        for unit in CreditUnit:
            here = books.of(unit)
            written = here.sold + here.made_up + here.moved
            placed = here.taken + here.on_cards + here.on_dead_cards + here.owed + here.reversed
            assert written == placed
