"""Folds entries into the read models and the feed, in the order in which the office took them in."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from common.account import (
    AccountFacts,
    Archived,
    CardState,
    fold,
    pack,
    seal,
    standing,
    touches_history,
    unpack,
    unseal,
)
from common.chain import SignedEntry, carried
from common.entries import (
    CardsAllotted,
    ClerkSet,
    Completed,
    KeysSealed,
    LeaseGranted,
    NumbersAllotted,
    Purpose,
    Started,
    TariffPublished,
    TillEnrolled,
    TillRevoked,
    UtilitySet,
    Voided,
    account_of,
)
from syncserver.store import AccountRow, CardRow, FeedRow, HistoryRow, VendRow, Writing

EVERYBODY = "*"

_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(Archived)


@dataclass
class _Account:
    """An account being folded."""

    facts: AccountFacts
    branch: str
    branches: list[str]
    news: list[SignedEntry] = field(default_factory=list)
    vends: set[str] = field(default_factory=set)
    archived: list[Archived] = field(default_factory=list)
    reopened: bool = False


class Projector:
    """The read models within one transaction. Call `flush` at its end."""

    def __init__(self, writing: Writing) -> None:
        self._writing = writing
        self._branches: dict[tuple[str, int], str] = {}
        self._homes: dict[str, str] = {}
        for row in writing.writers():
            self._know(row.id, row.epoch, row.branch)
        self._accounts: dict[str, _Account] = {}
        self._feed: list[FeedRow] = []
        self._feed_end = writing.last_feed_position()

    def project(self, entries: Iterable[tuple[int, SignedEntry]]) -> set[str]:
        """Fold entries, each with its position, that are stored already. Returns the accounts they are about."""
        batch = list(entries)
        self._load({number for _, signed in batch if (number := account_of(signed.entry.body)) is not None})
        touched: set[str] = set()
        for position, signed in batch:
            number = account_of(signed.entry.body)
            if number is None:
                self._general(position, carried(signed) or signed)
            else:
                touched.add(number)
                self._about(number, position, signed)
        for number in touched:
            self._fold(number)
        return touched

    def facts(self, number: str) -> AccountFacts:
        """An account's recent facts as folded so far."""
        return self._accounts[number].facts

    def flush(self) -> None:
        """Store what was folded."""
        self._writing.add_feed(self._feed)
        self._writing.put_accounts(
            AccountRow(
                number=number,
                branch=account.branch,
                branches=" ".join(account.branches),
                facts=pack(account.facts),
            )
            for number, account in self._accounts.items()
        )
        for number, account in self._accounts.items():
            if account.reopened:
                self._writing.drop_history(number)
        self._writing.put_history(
            HistoryRow(number, old.job.count, old.job.job, _encoder.encode(old))
            for number, account in self._accounts.items()
            for old in account.archived
        )
        self._writing.put_cards(row for account in self._accounts.values() for row in _cards(account.facts))
        self._writing.put_vends(row for account in self._accounts.values() for row in _vends(account))
        self._accounts, self._feed = {}, []

    # --- entries about an account ---

    def _load(self, numbers: set[str]) -> None:
        missing = numbers - self._accounts.keys()
        rows = self._writing.accounts(missing)
        for number in missing:
            row = rows.get(number)
            if row is None:
                self._accounts[number] = _Account(AccountFacts.new(number), "", [])
            else:
                self._accounts[number] = _Account(unpack(row.facts), row.branch, row.branches.split())

    def _about(self, number: str, position: int, signed: SignedEntry) -> None:
        account, entry = self._accounts[number], (carried(signed) or signed).entry
        branch = self._branches.get((entry.writer, entry.epoch), "")
        if branch and branch not in account.branches:
            # A branch that first serves an account hears all that happened to it before.
            for earlier in self._writing.positions_about(number, position):
                self._tell(branch, earlier)
            account.branches = sorted([*account.branches, branch])
        for scope in account.branches:
            self._tell(scope, position)
        account.news.append(signed)
        body = entry.body
        if isinstance(body, Started | Completed | Voided):
            account.vends.add(body.job)

    def _fold(self, number: str) -> None:
        account = self._accounts[number]
        facts = account.facts
        if any(touches_history(facts, signed.entry) for signed in account.news):
            facts = unseal(facts, [*self._archive(number, account), *account.archived])
            account.reopened, account.archived = True, []
        facts = fold(facts, account.news)
        account.facts, archived = seal(facts)
        account.archived.extend(archived)
        account.news = []
        opened = account.facts.opened
        if opened is not None:
            account.branch = self._homes.get(opened.writer, "")

    def _archive(self, number: str, account: _Account) -> list[Archived]:
        return [] if account.reopened else [_decoder.decode(row.value) for row in self._writing.history(number)]

    # --- all others ---

    def _general(self, position: int, signed: SignedEntry) -> None:
        body = signed.entry.body
        match body:
            case UtilitySet() | TariffPublished():
                self._tell(EVERYBODY, position)
            case TillEnrolled():
                self._know(body.till, body.epoch, body.branch)
                self._tell(EVERYBODY, position)
            case TillRevoked():
                self._tell(EVERYBODY, position)
            case CardsAllotted():
                self._writing.allot(body.branch, body.serials)
                self._tell(body.branch, position)
            case ClerkSet():
                self._tell(body.branch, position)
            case LeaseGranted() | NumbersAllotted() | KeysSealed():
                self._tell(body.till, position)
            case _:
                pass

    def _know(self, writer: str, epoch: int, branch: str) -> None:
        self._branches[writer, epoch] = branch
        self._homes.setdefault(writer, branch)

    def _tell(self, scope: str, position: int) -> None:
        self._feed_end += 1
        self._feed.append(FeedRow(self._feed_end, scope, position))


def _cards(facts: AccountFacts) -> list[CardRow]:
    return [
        CardRow(card.serial, facts.account, card.issue, CardState(card.state).value)
        for card in standing(facts).cards.values()
    ]


def _vends(account: _Account) -> list[VendRow]:
    jobs = {old.job.job: old.job for old in account.archived} | account.facts.jobs
    return [
        VendRow(
            job.job, job.account, job.writer, job.receipt, job.energy, job.amount, job.at.isoformat(), job.state.value
        )
        for name in sorted(account.vends)
        if (job := jobs.get(name)) is not None and job.purpose is Purpose.VEND
    ]
