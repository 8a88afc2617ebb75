"""Folds entries into the read models and the feed, in the order in which the office took them in."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial

from common.account import AccountFacts
from common.chain import SignedEntry, carried
from common.clock import ClockWord
from common.entries import (
    CardsAllotted,
    ClerkSet,
    ClockCompared,
    ClockStepped,
    KeysSealed,
    LeaseGranted,
    MeterModelSet,
    NumbersAllotted,
    ShiftClosed,
    ShiftOpened,
    TariffPublished,
    TillEnrolled,
    TillRevoked,
    UtilitySet,
    account_of,
)
from common.tariff import VALID_FOR, Tariff
from syncserver.ingest.feeding import Feeding
from syncserver.ingest.folding import whole_facts
from syncserver.ingest.open_account import OpenAccount
from syncserver.ingest.prepare import Prepared, mark_of, signed_of
from syncserver.store import AccountPlace, AccountRow, Reading, Writing

EVERYBODY = "*"


class Projector:
    """The read models within one transaction. Call `flush` at its end.

    Args:
        journal: where the entries stand; by default in the store that is written to.
    """

    def __init__(self, writing: Writing, journal: Reading | None = None) -> None:
        self._writing = writing
        self._journal = writing if journal is None else journal
        self._branches: dict[str, dict[int, str]] = {}
        self._accounts: dict[str, OpenAccount] = {}
        self._tariffs: list[Tariff] | None = None
        self._feed = Feeding(writing)
        self._serves: list[tuple[str, str]] = []

    def place(self, numbers: Sequence[str | None], after: int) -> list[int]:
        """For entries about these accounts, of which the first is to stand after position `after`, the position of the
        one before about the same account; 0 where there is none."""
        self._load({number for number in numbers if number is not None})
        return self._thread(numbers, after)

    def project(self, entries: Iterable[tuple[int, SignedEntry, int]]) -> set[str]:
        """Take up entries that were placed and are stored: position, entry, previous. Returns the accounts they are
        about; they are folded when somebody asks."""
        touched: set[str] = set()
        for position, signed, previous in entries:
            number = account_of(signed.entry.body)
            inner = carried(signed) or signed
            if number is None:
                touched |= self._general(position, inner)
            else:
                touched.add(number)
                account = self._accounts[number]
                self._tell(account, position, self._branch(inner.entry.writer, inner.entry.epoch), previous)
                account.hear(signed, inner, previous)
        return touched

    def adopt(self, batch: Prepared, after: int) -> tuple[list[int], set[str]]:
        """Place a batch that was folded ahead, as `place` does, and take up those of its accounts that are still where
        they were. Returns the others as well: they are to be projected."""
        numbers = [row[-1] for row in batch.rows]
        others = {number for number in numbers if number is not None}
        self._load_places(others)
        if batch.tariffs == self._mark:
            for folded in batch.accounts:
                account = self._accounts[folded.number]
                if account.is_untouched and account.last == folded.last:
                    account.adopt(folded)
                    others.discard(folded.number)
        return self._thread(numbers, after), others

    def project_adopted(self, batch: Prepared, first: int, previous: Sequence[int], others: set[str]) -> set[str]:
        """Take up the entries of a batch that was adopted and is stored, as `project` does."""
        branch = self._branch(batch.head.writer, batch.head.epoch)
        touched = set(others)
        for position, row, before in zip(range(first, first + len(previous)), batch.rows, previous, strict=True):
            number = row[-1]
            if number is None:
                touched |= self._general(position, signed_of(row))
            else:
                account = self._accounts[number]
                self._tell(account, position, branch, before)
                if number in others:
                    signed = signed_of(row)
                    account.hear(signed, signed, before)
        return touched

    def in_question(self, number: str) -> AccountFacts | None:
        """An account's recent facts, all that was taken up folded; None where no rule can have anything to say."""
        account = self._accounts[number]
        facts = account.facts(self.tariffs)
        return None if account.plain else facts

    @property
    def tariffs(self) -> list[Tariff]:
        """Every tariff version that was taken up."""
        if self._tariffs is None:
            self._tariffs = self._writing.tariffs()
        return self._tariffs

    def flush(self) -> None:
        """Store what was folded."""
        accounts = self._accounts.values()
        for account in accounts:
            account.settle(self.tariffs)
            account.branch = self._home(account.opener)
        self._feed.flush()
        self._writing.put_accounts(
            (account.number, account.branch, " ".join(account.branches), account.last, account.packed)
            for account in accounts
        )
        self._writing.put_listed((account.number, account.branch, account.lists()) for account in accounts)
        self._writing.put_cards(row for account in accounts for row in account.cards())
        self._writing.put_vends(row for account in accounts for row in account.vends())
        for account in accounts:
            decisions = account.decisions()
            if decisions is not None:
                self._writing.put_decisions(account.number, decisions)
        self._writing.put_serves(self._serves)
        self._accounts, self._serves = {}, []

    # --- entries about an account ---

    def _load(self, numbers: set[str]) -> None:
        """Open accounts with what the store says of them."""
        missing = numbers - self._accounts.keys()
        rows = self._writing.accounts(missing)
        for number in missing:
            row = rows.get(number)
            place = AccountPlace(number, "", "", 0) if row is None else row.place
            self._open(place, partial(_packed, row))

    def _load_places(self, numbers: set[str]) -> None:
        """Open accounts without reading their facts, which are read if somebody asks."""
        missing = numbers - self._accounts.keys()
        places = self._writing.account_places(missing)
        for number in missing:
            place = places.get(number) or AccountPlace(number, "", "", 0)
            self._open(place, partial(self._read, number))

    def _open(self, place: AccountPlace, read: Callable[[], bytes | None]) -> None:
        whole = partial(whole_facts, self._journal, place.number)
        self._accounts[place.number] = OpenAccount(place, read, whole)

    def _read(self, number: str) -> bytes | None:
        return _packed(self._writing.accounts([number]).get(number))

    def _thread(self, numbers: Sequence[str | None], after: int) -> list[int]:
        """Moves the accounts' ends on."""
        previous: list[int] = []
        for position, number in enumerate(numbers, after + 1):
            if number is None:
                previous.append(0)
            else:
                account = self._accounts[number]
                previous.append(account.last)
                account.last = position
        return previous

    def _tell(self, account: OpenAccount, position: int, branch: str, previous: int) -> None:
        """Put an entry about an account in the feeds of its branches, of which its writer's is one from now on."""
        if branch and branch not in account.branches:
            # A branch that first serves an account hears all that happened to it before.
            for earlier in self._journal.positions_about(previous):
                self._feed.tell(branch, earlier)
            account.branches = sorted([*account.branches, branch])
            self._serves.append((branch, account.number))
        for scope in account.branches:
            self._feed.tell(scope, position)

    @cached_property
    def _mark(self) -> bytes:
        """Of the tariffs as they are now; none once they change within the transaction."""
        return mark_of(self.tariffs)

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
            case UtilitySet():
                self._writing.put_utility(body)
                self._feed.tell(EVERYBODY, position)
            case ShiftOpened() | ShiftClosed():
                self._writing.put_shift(signed)
            case MeterModelSet():
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
        self.__dict__.pop("_mark", None)
        since = tariff.since - VALID_FOR
        sold = {*self._writing.accounts_buying_since(since), *self._accounts}
        self._load(sold)
        for number in sold:
            self._accounts[number].reopen()
        return sold

    def _branch(self, writer: str, epoch: int) -> str:
        return self._epochs(writer).get(epoch, "")

    def _home(self, writer: str) -> str:
        """The branch of a till's first epoch; none where there is no writer."""
        epochs = self._epochs(writer) if writer else {}
        return epochs[min(epochs)] if epochs else ""

    def _epochs(self, writer: str) -> dict[int, str]:
        """A writer's branch in each epoch."""
        if writer not in self._branches:
            self._branches[writer] = self._writing.branches_of(writer)
        return self._branches[writer]


def _packed(row: AccountRow | None) -> bytes | None:
    return None if row is None else row.facts
