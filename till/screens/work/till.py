"""The open till as the screens use it: every method runs on the worker's thread and calls operations."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from common.account import AccountFacts, Purchase
from common.admission import AccountUnknown, CardIsBlank, Refused
from common.clerks import Action
from common.entries import ClerkSet, RefundPaid, UtilitySet
from common.tariff import Quote
from till.cards.driver import CardDriver
from till.cards.errors import CardError
from till.cards.health import Attempt
from till.operations.card_job import JobDone
from till.operations.card_source import CardSource, measured_card
from till.operations.cards import issue_card, replace_card
from till.operations.clerks import authorize, resume
from till.operations.desk import Desk, Presented
from till.operations.examine import Examined, examine_card, judge_card
from till.operations.job_id import new_job_id
from till.operations.readers import note_attempts
from till.operations.receipts import print_queued
from till.operations.steps import Step
from till.operations.vend import Amount, quote_vend, sell_quote
from till.printing.printer import Printer, PrinterFailed
from till.store import StoreError

CARD_WAIT = 2.0
"""Seconds that a card which was just seen is waited for."""


@dataclass(frozen=True)
class OnDesk:
    """A card in the reader, as it was read.

    Attributes:
        driver: of the card; of no use once it is out.
    """

    examined: Examined
    driver: CardDriver

    @property
    def serial(self) -> str:
        """The card's number."""
        return self.examined.serial

    @property
    def facts(self) -> AccountFacts | None:
        """The facts of the account that the card names; None for one that is blank, does not open, or is not known."""
        return None if self.examined.contents is None else self.examined.facts

    @property
    def blank(self) -> bool:
        """Whether nothing is written on it."""
        return self.examined.contents is not None and self.examined.contents.image is None

    @property
    def refused(self) -> Exception | None:
        """Why nothing can be sold on it; None when something can."""
        return CardIsBlank(self.serial) if self.blank else self.examined.refused

    @property
    def presented(self) -> Presented:
        """The card as it is sold on."""
        assert self.examined.contents is not None
        return Presented(self.driver, self.examined.contents, self.facts)


@dataclass(frozen=True)
class Written:
    """A card job that was done.

    Attributes:
        amount: money of it, minor units.
        printer: why its receipt is not out; None when it is, or there is none.
        facts: of the account, now.
        opened: whether its money opened a shift.
    """

    job: JobDone
    amount: int
    printer: Exception | None
    facts: AccountFacts | None
    opened: bool


@dataclass(frozen=True)
class Whole:
    """An account, as the accounts screen shows it."""

    facts: AccountFacts
    purchases: Sequence[Purchase]


class Till:
    """The desk with its reader and printer.

    Attributes:
        finding: what is wrong with reader or card when the last try failed, where that can be told.
    """

    def __init__(self, desk: Desk, source: CardSource, printer: Printer, steps: Callable[[Step], None]) -> None:
        self.desk = desk
        self.source = source
        self.printer = printer
        self.finding: CardError | None = None
        desk.observe = steps

    @property
    def utility(self) -> UtilitySet | None:
        """The utility, once the office has said who it is."""
        return self.desk.store.utility()

    def who(self) -> ClerkSet | None:
        """Who is at the till; puts off the automatic lock."""
        try:
            return resume(self.desk)
        except Refused:
            return None

    @contextmanager
    def card(self) -> Iterator[CardDriver]:
        """The card in the reader, for one piece of work. How it went is kept."""
        attempts: list[Attempt] = []
        self.finding = None
        try:
            with measured_card(self.source, self.desk, attempts, CARD_WAIT) as driver:
                yield driver
        finally:
            # A full disk has an error of its own to tell; that this could not be noted too matters to nobody.
            with suppress(StoreError):
                self.finding = note_attempts(self.desk.store, attempts)

    def read(self) -> OnDesk:
        """Read the card and judge it.

        Raises:
            CardError, Refused: it was pulled out, is of another make, or the clerk may not look at cards.
        """
        resume(self.desk)
        with self.card() as driver:
            return OnDesk(examine_card(self.desk, driver), driver)

    def judge(self, on_desk: OnDesk) -> Exception | None:
        """Why nothing can be sold on a card that was read, by what is known now; None when something can."""
        contents = on_desk.examined.contents
        return on_desk.refused if contents is None else judge_card(self.desk, contents)

    def quote(self, on_desk: OnDesk, amount: Amount) -> Quote:
        """What the amount would cost. Nothing is written."""
        resume(self.desk)
        return quote_vend(self.desk, on_desk.presented, amount, new_job_id(self.desk.till, self.desk.now()))

    def sell(self, on_desk: OnDesk, quote: Quote, payment: str) -> Written:
        """Sell what was quoted."""
        return self.write(lambda desk, driver: sell_quote(desk, driver, quote, card=on_desk.serial, payment=payment))

    def write(self, work: Callable[[Desk, CardDriver], JobDone]) -> Written:
        """Do a card job and print what receipt it has."""
        resume(self.desk)
        shifts = self.desk.store.shifts
        none = shifts.open is None
        with self.card() as driver:
            done = work(self.desk, driver)
        job = self.desk.store.job(done.job)
        printer = self.print() if done.receipt else None
        opened = none and shifts.open is not None
        return Written(done, 0 if job is None else job.amount, printer, self.desk.store.account(done.account), opened)

    def print(self) -> Exception | None:
        """Print the receipts that wait. Returns why they still do."""
        try:
            print_queued(self.desk, self.printer)
        except PrinterFailed as failed:
            return failed
        return None

    def issue(self, account: str, payment: str) -> Written:
        """Give an account the blank card in the reader."""
        return self.write(lambda desk, driver: issue_card(desk, driver, account, payment))

    def replace(self, account: str, reason: str, payment: str) -> Written:
        """Give an account the blank card in the reader in place of the one it has."""
        return self.write(lambda desk, driver: replace_card(desk, driver, account, reason, payment))

    def whole(self, number: str, purchases: int) -> Whole:
        """An account and its latest purchases, history too.

        Raises:
            AccountUnknown: see there.
        """
        resume(self.desk)
        authorize(self.desk, Action.LOOK)
        facts = self.desk.store.account(number)
        if facts is None or facts.opened is None:
            raise AccountUnknown(number)
        return Whole(facts, self.desk.store.purchases(number, purchases))

    def paid_out(self, work: Callable[[Desk], RefundPaid]) -> tuple[RefundPaid, Exception | None]:
        """Give money back and print the receipt."""
        resume(self.desk)
        return work(self.desk), self.print()

    def started_today(self) -> datetime:
        """When today began by the utility's clock."""
        utility = self.utility
        zone = ZoneInfo("UTC" if utility is None else utility.zone)
        return self.desk.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
