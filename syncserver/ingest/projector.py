"""Folds entries into the read models and the feed, in the order in which the office took them in."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from common.account import AccountFacts, Job, fold, is_plain, pack, seal, touches_history, unpack
from common.chain import SignedEntry, carried
from common.clock import ClockWord
from common.entries import (
    CardsAllotted,
    CardSeen,
    ClerkSet,
    ClockCompared,
    ClockStepped,
    Completed,
    KeysSealed,
    LeaseGranted,
    MeterModelSet,
    NumbersAllotted,
    Started,
    TariffPublished,
    TillEnrolled,
    TillRevoked,
    UtilitySet,
    VendCompleted,
    VendStarted,
    Voided,
    account_of,
)
from common.tariff import VALID_FOR, Tariff
from syncserver.ingest.decisions import decisions_of
from syncserver.ingest.feeding import Feeding
from syncserver.ingest.views import cards_of, vends_of
from syncserver.store import AccountRow, Reading, Writing

EVERYBODY = "*"

_STEADY = frozenset({VendStarted, VendCompleted, CardSeen})
"""What changes nothing about which cards a plain account has (common.account.plain)."""


@dataclass
class _Account:
    """An account being folded.

    Attributes:
        news: what is not folded yet.
        before: the position of the last entry before the news.
        last: of the last one.
        vends: jobs that were spoken of.
        sealed: jobs that left the recent facts.
        plain: whether no rule can have anything to say (common.account.plain).
        reopened: it is to be folded from its first entry.
        steady: whether its cards are what they were.
    """

    facts: AccountFacts
    branch: str
    branches: list[str]
    before: int
    last: int
    news: list[SignedEntry] = field(default_factory=list)
    vends: set[str] = field(default_factory=set)
    sealed: dict[str, Job] = field(default_factory=dict)
    plain: bool = False
    steady: bool = True
    reopened: bool = False

    def __post_init__(self) -> None:
        self.settled_before = (self.facts.decisions, self.facts.decided)

    @property
    def is_settled_anew(self) -> bool:
        """Whether what the rules or people decided has changed."""
        return self.settled_before != (self.facts.decisions, self.facts.decided)


class Projector:
    """The read models within one transaction. Call `flush` at its end.

    Args:
        journal: where the entries stand; by default in the store that is written to.
    """

    def __init__(self, writing: Writing, journal: Reading | None = None) -> None:
        self._writing = writing
        self._journal = writing if journal is None else journal
        self._branches: dict[str, dict[int, str]] = {}
        self._accounts: dict[str, _Account] = {}
        self._tariffs: list[Tariff] | None = None
        self._feed = Feeding(writing)
        self._serves: list[tuple[str, str]] = []

    def place(self, entries: list[SignedEntry], after: int) -> list[int]:
        """For each entry, of which the first is to stand after position `after`, the position of the one before about
        the same account; 0 where there is none."""
        numbers = [account_of(signed.entry.body) for signed in entries]
        self._load({number for number in numbers if number is not None})
        previous: list[int] = []
        for position, number in enumerate(numbers, after + 1):
            if number is None:
                previous.append(0)
            else:
                account = self._accounts[number]
                previous.append(account.last)
                account.last = position
        return previous

    def project(self, entries: Iterable[tuple[int, SignedEntry, int]]) -> set[str]:
        """Take up entries that were placed and are stored: position, entry, previous. Returns the accounts they are
        about; they are folded when somebody asks."""
        touched: set[str] = set()
        for position, signed, previous in entries:
            number = account_of(signed.entry.body)
            if number is None:
                touched |= self._general(position, carried(signed) or signed)
            else:
                touched.add(number)
                self._about(number, position, signed, previous)
        return touched

    def in_question(self, number: str) -> AccountFacts | None:
        """An account's recent facts, all that was taken up folded; None where no rule can have anything to say."""
        account = self._accounts[number]
        self._fold(account)
        return None if account.plain else account.facts

    @property
    def tariffs(self) -> list[Tariff]:
        """Every tariff version that was taken up."""
        if self._tariffs is None:
            self._tariffs = self._writing.tariffs()
        return self._tariffs

    def flush(self) -> None:
        """Store what was folded."""
        for account in self._accounts.values():
            self._fold(account)
        self._feed.flush()
        accounts = self._accounts.values()
        self._writing.put_accounts(
            AccountRow(
                number=number,
                branch=account.branch,
                branches=" ".join(account.branches),
                last=account.last,
                facts=pack(account.facts),
            )
            for number, account in self._accounts.items()
        )
        self._writing.put_cards(row for account in accounts if not account.steady for row in cards_of(account.facts))
        self._writing.put_vends(
            row for account in accounts for row in vends_of(account.vends, account.sealed | account.facts.jobs)
        )
        for account in accounts:
            if account.is_settled_anew:
                self._writing.put_decisions(account.facts.account, decisions_of(account.facts))
        self._writing.put_serves(self._serves)
        self._accounts, self._serves = {}, []

    # --- entries about an account ---

    def _load(self, numbers: set[str]) -> None:
        missing = numbers - self._accounts.keys()
        rows = self._writing.accounts(missing)
        for number in missing:
            row = rows.get(number)
            if row is None:
                self._accounts[number] = _Account(AccountFacts.new(number), "", [], 0, 0)
            else:
                facts = unpack(row.facts)
                self._accounts[number] = _Account(facts, row.branch, row.branches.split(), row.last, row.last)

    def _about(self, number: str, position: int, signed: SignedEntry, previous: int) -> None:
        account, entry = self._accounts[number], (carried(signed) or signed).entry
        branch = self._branch(entry.writer, entry.epoch)
        if branch and branch not in account.branches:
            # A branch that first serves an account hears all that happened to it before.
            for earlier in self._journal.positions_about(previous):
                self._feed.tell(branch, earlier)
            account.branches = sorted([*account.branches, branch])
            self._serves.append((branch, number))
        for scope in account.branches:
            self._feed.tell(scope, position)
        if not account.news:
            account.before = previous
        account.news.append(signed)
        body = entry.body
        if isinstance(body, Started | Completed | Voided):
            account.vends.add(body.job)

    def _fold(self, account: _Account) -> None:
        facts, news = account.facts, account.news
        if not news and not account.reopened:
            return
        if account.reopened or _touch_history(facts, news):
            facts = whole_facts(self._journal, facts.account, account.before)
        account.facts, sealed = seal(fold(facts, news), self.tariffs)
        account.sealed.update((old.job.job, old.job) for old in sealed)
        account.news, account.reopened = [], False
        account.plain = is_plain(account.facts, self.tariffs)
        account.steady &= account.plain and all(type(signed.entry.body) in _STEADY for signed in news)
        opened = account.facts.opened
        if opened is not None:
            account.branch = self._home(opened.writer)

    # --- all others ---

    def _general(self, position: int, signed: SignedEntry) -> set[str]:
        """Returns the accounts that the entry concerns all the same."""
        entry, body = signed.entry, signed.entry.body
        match body:
            case ClockCompared():
                self._writing.put_clock(entry.writer, ClockWord(entry.epoch, entry.seq, body.offset_ms, 0))
            case ClockStepped():
                self._writing.put_clock(entry.writer, ClockWord(entry.epoch, entry.seq, None, body.by_ms))
            case TariffPublished():
                self._feed.tell(EVERYBODY, position)
                return self._reprice(body.tariff)
            case UtilitySet() | MeterModelSet():
                self._feed.tell(EVERYBODY, position)
            case TillEnrolled():
                self._epochs(body.till)[body.epoch] = body.branch
                self._feed.tell(EVERYBODY, position)
            case TillRevoked():
                self._feed.tell(EVERYBODY, position)
            case CardsAllotted():
                self._writing.allot(body.branch, body.serials)
                self._feed.tell(body.branch, position)
            case ClerkSet():
                self._feed.tell(body.branch, position)
            case LeaseGranted() | NumbersAllotted() | KeysSealed():
                self._feed.tell(body.till, position)
            case _:
                pass
        return set()

    def _reprice(self, tariff: Tariff) -> set[str]:
        """A tariff is known from now on. What was sold since it is in force is looked at once more: in the order of
        entries it may come late."""
        self._writing.put_tariff(tariff)
        self._tariffs = None
        since = tariff.since - VALID_FOR
        sold = {*self._writing.accounts_buying_since(since), *self._accounts}
        self._load(sold)
        for number in sold:
            account = self._accounts[number]
            account.before = account.before if account.news else account.last
            account.reopened = True
        return sold

    def _branch(self, writer: str, epoch: int) -> str:
        return self._epochs(writer).get(epoch, "")

    def _home(self, writer: str) -> str:
        """The branch of a till's first epoch."""
        epochs = self._epochs(writer)
        return epochs[min(epochs)] if epochs else ""

    def _epochs(self, writer: str) -> dict[int, str]:
        """A writer's branch in each epoch."""
        if writer not in self._branches:
            self._branches[writer] = self._writing.branches_of(writer)
        return self._branches[writer]


def _touch_history(facts: AccountFacts, news: list[SignedEntry]) -> bool:
    """Whether one of these may concern what was sealed. The end of a job that starts among them does not."""
    if facts.history is None:
        return False
    started: set[str] = set()
    for signed in news:
        body = signed.entry.body
        if isinstance(body, Started):
            started.add(body.job)
        elif isinstance(body, Completed | Voided) and body.job in started:
            continue
        if touches_history(facts, signed.entry):
            return True
    return False


def whole_facts(journal: Reading, number: str, last: int) -> AccountFacts:
    """All the facts of an account, from its first entry to the one at position `last`."""
    return fold(AccountFacts.new(number), (entry.signed for entry in journal.about(last)))
