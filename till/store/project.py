"""Folds entries into the read models, in the transaction that stores them."""

import msgspec
from sqlite_utils import Database

from common.account import AccountFacts, Job, JobState, fold, touches_history
from common.chain import SignedEntry
from common.entries import (
    AccountOpened,
    CardsAllotted,
    ClerkRefused,
    ClerkSet,
    ClerkSignedIn,
    ClerkSignedOut,
    ClerkUnlocked,
    Completed,
    JournalOpened,
    KeysSealed,
    LeaseGranted,
    Purpose,
    Started,
    TariffPublished,
    TillEnrolled,
    TillRevoked,
    UtilitySet,
    Voided,
    account_of,
)
from till.store.accounts import Accounts
from till.store.clerks import Clerks
from till.store.settings import Settings


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """Whose store this is; kept in the setting `owner` from the till's own first entry."""

    till: str
    branch: str
    epoch: int


class OpenJob(msgspec.Struct, frozen=True, kw_only=True):
    """A job of this till that has started and not ended."""

    card: str
    account: str


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """What this till sold: completed vends, watt-hours, minor units. Jobs in doubt are not in it."""

    vends: int
    energy: int
    money: int


class Projection:
    """Applies entries to the read models. Every method expects an open transaction."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db = db
        self._settings = settings
        self.accounts = Accounts(db)
        self.clerks = Clerks(db, settings)
        self.owner = settings.get("owner", Owner)

    def apply(self, signed: SignedEntry) -> None:
        """Fold one entry that was not folded before."""
        entry, body = signed.entry, signed.entry.body
        number = account_of(body)
        if number is not None:
            self._account(number, signed)
        match body:
            case JournalOpened(kind="till") if self.owner is None:
                self.owner = Owner(till=entry.writer, branch=body.branch, epoch=entry.epoch)
                self._settings.put("owner", self.owner)
                self._writer(entry.writer, entry.epoch, body.branch, body.key)
            case UtilitySet():
                self._settings.put("utility", body)
            case TariffPublished():
                self._db.conn.execute(
                    "INSERT OR REPLACE INTO tariff VALUES (?, ?)",
                    (body.tariff.tariff, msgspec.json.encode(body.tariff)),
                )
            case TillEnrolled():
                self._writer(body.till, body.epoch, body.branch, body.key)
            case ClerkSignedIn() | ClerkSignedOut() | ClerkRefused() | ClerkUnlocked():
                if self._is_own(signed):
                    self.clerks.note(body, entry.at)
            case _:
                self._for_us(signed)

    def _for_us(self, signed: SignedEntry) -> None:
        """What the office says to this till or its branch alone."""
        if self.owner is None:
            return
        body = signed.entry.body
        match body:
            case CardsAllotted() if body.branch == self.owner.branch:
                self._db.conn.executemany(
                    "INSERT OR IGNORE INTO stock SELECT ?1, EXISTS (SELECT 1 FROM card WHERE serial = ?1)",
                    [(serial,) for serial in body.serials],
                )
            case KeysSealed() if body.till == self.owner.till:
                self._db.conn.execute("INSERT INTO sealed VALUES (?, ?)", (signed.hash, body.sealed))
                self._db.conn.executemany(
                    "INSERT OR REPLACE INTO card_key VALUES (?, ?)", [(serial, signed.hash) for serial in body.serials]
                )
            case ClerkSet() if body.branch == self.owner.branch:
                self.clerks.put(body)
            case LeaseGranted() if body.till == self.owner.till:
                self._settings.put("lease", body.lease)
                self._settings.put("lease_at", signed.entry.at)
            case TillRevoked() if body.till == self.owner.till:
                self._settings.put("revoked", body.reason)
            case _:
                pass

    def _writer(self, writer: str, epoch: int, branch: str, key: str) -> None:
        self._db.conn.execute("INSERT OR REPLACE INTO writer VALUES (?, ?, ?, ?)", (writer, epoch, branch, key))

    def _account(self, number: str, signed: SignedEntry) -> None:
        before = self.accounts.recent(number) or AccountFacts.new(number)
        if touches_history(before, signed.entry):
            before = self.accounts.reopen(before)
        facts = fold(before, [signed])
        self.accounts.keep(facts)
        body = signed.entry.body
        if isinstance(body, Started | Completed | Voided):
            job = facts.jobs.get(body.job)
            if job is not None:
                self._job(signed, job, before.jobs.get(body.job))
        elif isinstance(body, AccountOpened) and self._is_own(signed):
            self._settings.put("accounts_opened", (self._settings.get("accounts_opened", int) or 0) + 1)

    def _job(self, signed: SignedEntry, job: Job, before: Job | None) -> None:
        own = self._is_own(signed)
        if own:
            self._note_open(job)
        if job.state is JobState.WRITTEN and job.purpose in (Purpose.ISSUE, Purpose.REPLACEMENT):
            self._db.conn.execute("INSERT OR REPLACE INTO card VALUES (?, ?)", (job.card, job.account))
            self._db.conn.execute("UPDATE stock SET used = 1 WHERE serial = ?", (job.card,))
        sold = job.purpose is Purpose.VEND and job.state is JobState.WRITTEN
        if own and sold and (before is None or before.state is not JobState.WRITTEN):
            self._count(job)

    def _note_open(self, job: Job) -> None:
        """Few jobs are ever in doubt, so their list is one small value."""
        known = self._settings.get("open_jobs", dict[str, OpenJob]) or {}
        if job.state is JobState.DOUBT:
            self._settings.put("open_jobs", known | {job.job: OpenJob(card=job.card, account=job.account)})
        elif job.job in known:
            del known[job.job]
            self._settings.put("open_jobs", known)

    def _count(self, job: Job) -> None:
        known = self._settings.get("totals", Totals) or Totals(vends=0, energy=0, money=0)
        totals = Totals(vends=known.vends + 1, energy=known.energy + job.energy, money=known.money + job.amount)
        self._settings.put("totals", totals)

    def _is_own(self, signed: SignedEntry) -> bool:
        return self.owner is not None and signed.entry.writer == self.owner.till
