"""An import from its mapping to its proof: read, judge, take over account by account, and add up what became of it.

Each transaction takes some accounts whole, so that an import that was cut off goes on with the next one: an account
that this import has brought is there, with all that belongs to it, or not at all.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct

from common.account import unpack
from syncserver.office.errors import OfficeError
from syncserver.office.numbers import allotted_before, keep_clear
from syncserver.office.office import Office
from syncserver.office.utility import utility_of
from syncserver.oldsystem.accounts import OldAccount, Reader, read_accounts
from syncserver.oldsystem.findings import Findings
from syncserver.oldsystem.journals import ImportJournal, writer_of
from syncserver.oldsystem.mapping import Mapping
from syncserver.oldsystem.purchases import Bought, Staging, read_purchases
from syncserver.oldsystem.rows import SourceBroken, about_how_many
from syncserver.oldsystem.takeover import Taken, Taking
from syncserver.oldsystem.totals import Key, Line, Totals, compare
from syncserver.oldsystem.values import Times
from syncserver.store import Reading

Told = Callable[[str, int, int], None]
"""Told which part of the work is being done, how much of it is done, and of how much (0: nobody knows)."""

_ACCOUNTS, _PURCHASES = 200, 20_000
"""Taken over in one transaction, about: others who write wait for as long."""

_ASKED_AT_ONCE, _TOLD_EACH = 1_000, 2_000


class Outcome(Struct, frozen=True, kw_only=True):
    """What an import did, or would do.

    Attributes:
        accounts, purchases: taken over now; `there`: accounts that this import had brought before.
        totals: by month and clerk.
    """

    accounts: int
    purchases: int
    there: int
    totals: list[Line]

    @property
    def unequal(self) -> list[Line]:
        """Lines in which something of the old system's is neither imported nor refused."""
        return [line for line in self.totals if any(line.difference)]


class Import:
    """One import.

    Args:
        by: the clerk who makes it.
        commit: whether anything is written: else all is read and judged, and that is all.
    """

    def __init__(
        self, office: Office, mapping: Mapping, findings: Findings, *, by: str, commit: bool, told: Told
    ) -> None:
        self._office, self._mapping, self._findings = office, mapping, findings
        self._by, self._commit, self._told = by, commit, told
        with office.store.read() as reading:
            utility = utility_of(reading)
        self._zone = ZoneInfo(utility.zone)
        self._reader = Reader(mapping, Times(mapping.dates, self._zone), utility.digits)
        self._imported = Totals()
        self._accounts = self._purchases = self._done = 0

    def run(self) -> Outcome:
        """Do it.

        Raises:
            OfficeError: a file is broken, or the office cannot take it.
            StoreUnavailable: the database cannot be written; what was taken over stays.
        """
        with (
            tempfile.TemporaryDirectory(prefix="kilotill-import-", dir=self._office.folder.path) as folder,
            closing(Staging(Path(folder) / "purchases.db")) as staging,
        ):
            accounts, old, refused = self._read_whole(staging)
            there = self._there(accounts)
            if self._commit:
                with self._office.store.write() as writing:
                    keep_clear(writing, accounts)
            self._take_all(accounts, there, Taking(self._mapping, staging, self._findings, self._by), refused)
        imported = self._stored(accounts) if self._commit else self._imported
        return Outcome(
            accounts=self._accounts,
            purchases=self._purchases,
            there=len(there),
            totals=compare(old, refused, imported),
        )

    # --- reading ---

    def _read_whole(self, staging: Staging) -> tuple[dict[str, OldAccount], Totals, Totals]:
        try:
            return self._read(staging)
        except SourceBroken as error:
            what = f"{error.file} cannot be read at line {error.line}: {error.reason}."
            advice = "Nothing was imported. Mend or replace the file, then try again."
            raise OfficeError(what, advice) from error

    def _read(self, staging: Staging) -> tuple[dict[str, OldAccount], Totals, Totals]:
        counted = self._counted("accounts", ("accounts", "meters", "cards"))
        accounts, seen = read_accounts(self._reader, self._findings, counted)
        self._without_taken(accounts)
        refused_accounts = frozenset(seen - accounts.keys())
        counted = self._counted("purchases", ("purchases",))
        old, refused = read_purchases(self._reader, accounts, refused_accounts, self._findings, staging, counted)
        return accounts, old, refused

    def _counted(self, what: str, tables: tuple[str, ...]) -> Callable[[int], None]:
        specs = self._mapping.tables()
        files = [path for name in tables if name in specs for path in self._mapping.files(specs[name])]
        of, done = sum(map(about_how_many, files)), 0

        def told(more: int) -> None:
            nonlocal done
            done += more
            if done % _TOLD_EACH == 0:
                self._told(what, done, of)

        return told

    def _without_taken(self, accounts: dict[str, OldAccount]) -> None:
        """Accounts whose number is somebody else's here cannot be taken over."""
        with self._office.store.read() as reading:
            for number, ours in self._known(reading, accounts):
                if not ours:
                    self._findings.refuse(accounts[number].source, "account", number, "account_taken")
                    del accounts[number]
            there = dict(self._known(reading, accounts))
            for number, account in list(accounts.items()):
                if number not in there and allotted_before(reading, number) and not self._is_begun(reading, account):
                    self._findings.refuse(account.source, "account", number, "number_allotted")
                    del accounts[number]

    def _is_begun(self, reading: Reading, account: OldAccount) -> bool:
        """Whether this import has been begun: then the numbers up to its last are kept clear for it."""
        return reading.writer(writer_of(self._mapping.name, account.branch), 1) is not None

    def _there(self, accounts: dict[str, OldAccount]) -> set[str]:
        with self._office.store.read() as reading:
            return {number for number, ours in self._known(reading, accounts) if ours}

    def _known(self, reading: Reading, accounts: dict[str, OldAccount]) -> list[tuple[str, bool]]:
        """Those of these accounts that the office has, each with whether this import brought it."""
        writers = {account.branch: writer_of(self._mapping.name, account.branch) for account in accounts.values()}
        found: list[tuple[str, bool]] = []
        numbers = list(accounts)
        for start in range(0, len(numbers), _ASKED_AT_ONCE):
            for number, row in reading.accounts(numbers[start : start + _ASKED_AT_ONCE]).items():
                over = unpack(row.facts).takeover
                found.append((number, over is not None and over.writer in writers.values()))
        return found

    # --- taking over ---

    def _take_all(self, accounts: dict[str, OldAccount], there: set[str], taking: Taking, refused: Totals) -> None:
        ordered = sorted(accounts.values(), key=lambda account: (account.branch, account.number))
        for branch, group in groupby(ordered, key=lambda account: account.branch):
            writer = writer_of(self._mapping.name, branch)
            waiting: list[Taken] = []
            size = 0
            for account in group:
                taken = taking.account(account, writer)
                for one in taken.twice:
                    self._refuse_twice(one, refused)
                for one in taken.purchases:
                    self._imported.add(self._key(one.purchase.at, one.purchase.clerk), one.purchase.credit,
                                       one.purchase.amount)  # fmt: skip
                if account.number not in there:
                    waiting.append(taken)
                    size += len(taken.purchases)
                if len(waiting) == _ACCOUNTS or size >= _PURCHASES:
                    self._take(branch, waiting)
                    waiting, size = [], 0
                self._done += 1
                self._told("taking", self._done, len(accounts))
            self._take(branch, waiting)

    def _refuse_twice(self, one: Bought, refused: Totals) -> None:
        bought = one.purchase
        self._findings.refuse(one.source, "at", bought.at.astimezone(self._zone).isoformat(), "twice")
        refused.add(self._key(bought.at, bought.clerk), bought.credit, bought.amount)

    def _take(self, branch: str, taken: list[Taken]) -> None:
        """Some accounts of a branch, all of each, in one transaction."""
        if not taken:
            return
        if self._commit:
            with self._office.change() as intake:
                now = self._office.clock()
                signing = self._office.keys.signing
                journal = ImportJournal(intake.writing, signing, self._mapping.name, branch)
                journal.open(intake, now)
                for account in taken:
                    journal.write(account.bodies, now)
                intake.take(journal.signed)
        self._accounts += len(taken)
        self._purchases += sum(len(account.purchases) for account in taken)

    # --- the proof ---

    def _stored(self, accounts: dict[str, OldAccount]) -> Totals:
        """What the office's own books say that came from the old system."""
        found, done = Totals(), 0
        branches = sorted({account.branch for account in accounts.values()})
        with self._office.store.read() as reading:
            for line in self._lines(reading, branches):
                found.add(self._key(datetime.fromisoformat(line[0]), line[1]), line[2], line[3])
                done += 1
                if done % _TOLD_EACH == 0:
                    self._told("proving", done, 0)
        return found

    def _lines(self, reading: Reading, branches: list[str]) -> Iterator[tuple[str, str, int, int]]:
        for branch in branches:
            for line in reading.lines_by(writer_of(self._mapping.name, branch)):
                yield line.at, line.clerk, line.energy + line.money_credit, line.amount

    def _key(self, at: datetime, clerk: str) -> Key:
        local = at.astimezone(self._zone)
        return Key(f"{local.year:04}-{local.month:02}", clerk)
