"""Folds entries into the read models, in the transaction that stores them."""

from datetime import datetime
from pathlib import Path

import msgspec
from sqlite_utils import Database

from common.account import AccountFacts, Job, JobState, fold, touches_history, unpack
from common.chain import SignedEntry, carried
from common.entries import (
    AccountAmended,
    AccountFrozen,
    AccountImported,
    AccountOpened,
    ArrearsPaid,
    CardsAllotted,
    ClerkPinChanged,
    ClerkRefused,
    ClerkSet,
    ClerkSignedIn,
    ClerkSignedOut,
    ClerkUnlocked,
    ClockCompared,
    Completed,
    JournalOpened,
    KeysSealed,
    LeaseGranted,
    MeterModelSet,
    Naming,
    NumbersAllotted,
    Purpose,
    ReceiptVoided,
    RefundPaid,
    ShiftClosed,
    ShiftOpened,
    Started,
    TariffPublished,
    TillEnrolled,
    TillRevoked,
    TransferCompleted,
    TransferStarted,
    UtilitySet,
    Voided,
    account_of,
    is_import,
    receipt_of,
)
from common.receipt_code import receipt_number
from common.shift import Moved, moved_by_hand, moved_by_job
from till.store.accounts import Accounts
from till.store.bases import Base
from till.store.clerks import Clerks
from till.store.history import Histories
from till.store.models import MeterModels
from till.store.people import People
from till.store.settings import Settings
from till.store.shifts import ShiftBook


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
    """What this till did. Jobs in doubt are not in it.

    Attributes:
        energy, money_credit: sold, less what was undone: watt-hours, and minor units put on meters that count money.
        money: minor units taken, less what was given back.
        receipts: the number of the last receipt.
    """

    vends: int = 0
    reversals: int = 0
    energy: int = 0
    money_credit: int = 0
    money: int = 0
    receipts: int = 0


class Projection:
    """Applies entries to the read models. Every method expects an open transaction."""

    def __init__(self, db: Database, settings: Settings, history: Path | None = None) -> None:
        self._db = db
        self._settings = settings
        self.accounts = Accounts(db, Histories(db, history))
        self.people = People(db)
        self.clerks = Clerks(db, settings)
        self.models = MeterModels(db)
        self.shifts = ShiftBook(db, settings)
        self.owner = settings.get("owner", Owner)

    def apply(self, signed: SignedEntry) -> None:
        """Fold one entry that was not folded before."""
        told = carried(signed) or signed
        entry, body = told.entry, told.entry.body
        number = account_of(body)
        if number is not None:
            self._account(number, signed, told)
        match body:
            case JournalOpened(kind="till"):
                if self.owner is None:
                    self.own(Owner(till=entry.writer, branch=body.branch, epoch=entry.epoch))
                if self._is_own(told):
                    self._writer(entry.writer, entry.epoch, body.branch, body.key)
            case UtilitySet():
                self._settings.put("utility", body)
            case TariffPublished():
                self._db.conn.execute(
                    "INSERT OR REPLACE INTO tariff VALUES (?, ?)",
                    (body.tariff.tariff, msgspec.json.encode(body.tariff)),
                )
            case MeterModelSet():
                self.models.put(body)
            case TillEnrolled():
                self._writer(body.till, body.epoch, body.branch, body.key)
                self._for_us(told)
            case ClockCompared() if self._is_own(told):
                self._settings.put("clock_offset", body.offset_ms)
            case ClerkSignedIn() | ClerkSignedOut() | ClerkRefused() | ClerkUnlocked() | ClerkPinChanged():
                if self._is_own(signed):  # not what another branch carried here: somebody else signed in there
                    self.clerks.note(body, entry.at)
            case ShiftOpened() | ShiftClosed() if self._is_of_this_epoch(signed):
                self.shifts.apply(signed)
            case _:
                self._for_us(told)

    def _for_us(self, signed: SignedEntry) -> None:
        """What the office says to this till or its branch alone."""
        if self.owner is None:
            return
        body = signed.entry.body
        match body:
            case CardsAllotted() if body.branch == self.owner.branch:
                self._db.conn.executemany(
                    "INSERT OR IGNORE INTO stock VALUES (?)", [(serial,) for serial in body.serials]
                )
            case KeysSealed() if body.till == self.owner.till:
                self._db.conn.execute("INSERT OR IGNORE INTO sealed VALUES (?, ?)", (signed.hash, body.sealed))
                self._db.conn.executemany(
                    "INSERT OR REPLACE INTO card_key VALUES (?, ?)", [(serial, signed.hash) for serial in body.serials]
                )
            case ClerkSet() if body.branch == self.owner.branch:
                self.clerks.put(body)
            case NumbersAllotted() if body.till == self.owner.till:
                known = self._settings.get("numbers", list[tuple[int, int]]) or []
                if (body.first, body.count) not in known:
                    self._settings.put("numbers", [*known, (body.first, body.count)])
            case LeaseGranted() if body.till == self.owner.till:
                if signed.entry.at >= (self._settings.get("lease_at", datetime) or signed.entry.at):
                    self._settings.put("lease", body.lease)
                    self._settings.put("lease_at", signed.entry.at)
            case TillEnrolled() if body.till == self.owner.till and body.epoch > 1:
                self._standing(signed.entry.seq, None)
            case TillRevoked() if body.till == self.owner.till:
                self._standing(signed.entry.seq, body.reason)
            case _:
                pass

    def _standing(self, seq: int, revoked: str | None) -> None:
        """Whether this till is in use is the office's latest word on it, in whatever order its words arrive: enrolled
        again after it was revoked, it sells."""
        if seq <= (self._settings.get("standing_seq", int) or 0):
            return
        self._settings.put("standing_seq", seq)
        if revoked is None:
            self._settings.drop("revoked")
        else:
            self._settings.put("revoked", revoked)

    def base(self, base: Base) -> None:
        """Begin an account from what a snapshot says of it; nothing is known of it yet."""
        facts = unpack(base.facts)
        self.accounts.bases.restore(base)
        self.refold(facts)

    def refold(self, facts: AccountFacts) -> None:
        """Keep an account's facts, come by in another way than entry by entry."""
        self.accounts.keep(facts)
        self.people.put(facts)
        for job in facts.jobs.values():
            if job.state is JobState.WRITTEN and job.purpose in (Purpose.ISSUE, Purpose.REPLACEMENT, Purpose.WIPE):
                self._card(job)

    def own(self, owner: Owner) -> None:
        """Whose store this is, from here on."""
        if self.owner is not None and self.owner != owner:
            self.shifts.forget()
        self.owner = owner
        self._settings.put("owner", owner)

    def _writer(self, writer: str, epoch: int, branch: str, key: str) -> None:
        self._db.conn.execute("INSERT OR REPLACE INTO writer VALUES (?, ?, ?, ?)", (writer, epoch, branch, key))

    def _account(self, number: str, signed: SignedEntry, told: SignedEntry) -> None:
        before = self.accounts.recent(number) or AccountFacts.new(number)
        if touches_history(before, signed.entry):
            before = self.accounts.reopen(before)
            if touches_history(before, signed.entry):
                self.accounts.bases.outdate(number)
        facts = fold(before, [signed])
        self.accounts.keep(facts)
        body = told.entry.body
        if isinstance(body, AccountOpened | AccountAmended | AccountFrozen | TransferStarted | TransferCompleted):
            self.people.put(facts)
        if isinstance(body, AccountImported):
            for given in facts.jobs.values():
                if is_import(given.writer) and given.purpose is Purpose.ISSUE:
                    self._card(given)
        if isinstance(body, Started | Completed | Voided):
            job = facts.jobs.get(body.job)
            if job is not None:
                self._job(told, facts, job, before.jobs.get(body.job))
        if self._is_own(told) and isinstance(body, Naming):
            self._till(body, before)
        if self._is_of_this_epoch(signed):
            self._moved(signed, facts)

    def _till(self, body: Naming, before: AccountFacts) -> None:
        """Count an own receipt's number as spent, and money that no job took; what was known before is counted."""
        if isinstance(body, RefundPaid) and body.refund not in before.refunds:
            self._add(Totals(money=-body.amount))
        elif isinstance(body, ArrearsPaid) and body.paying not in before.paid:
            self._add(Totals(money=body.amount))
        if receipt := receipt_of(body):
            self._add(Totals(receipts=receipt_number(receipt)))

    def _job(self, signed: SignedEntry, facts: AccountFacts, job: Job, before: Job | None) -> None:
        own = self._is_own(signed)
        if before is None:
            self._take_off(facts, job)
        if own:
            self._note_open(job)
        if job.state is not JobState.WRITTEN:
            return
        if job.purpose in (Purpose.ISSUE, Purpose.REPLACEMENT, Purpose.WIPE):
            self._card(job)
        if own and (before is None or before.state is not JobState.WRITTEN):
            self._count(facts, job)

    def _take_off(self, facts: AccountFacts, job: Job) -> None:
        """A job is heard of after it was reversed here: entries of several writers come in any order."""
        for other in facts.jobs.values():
            undone = other.purpose is Purpose.REVERSAL and other.for_job == job.job
            if undone and other.state is JobState.WRITTEN and self._is_owner(other.writer):
                self._add(Totals(energy=-job.energy, money_credit=job.energy - job.credit))

    def _card(self, job: Job) -> None:
        """Whose a card is, and whether it is in use: the latest word holds, whatever order the entries come in."""
        since = f"{job.hlc.ms:016d}.{job.hlc.n:010d}.{job.writer}.{job.epoch}.{job.seq:016d}"
        self._db.conn.execute(
            "INSERT INTO card VALUES (?, ?, ?, ?) ON CONFLICT (serial) DO UPDATE SET account = excluded.account,"
            " used = excluded.used, since = excluded.since WHERE excluded.since >= since",
            (job.card, job.account, int(job.purpose is not Purpose.WIPE), since),
        )

    def _note_open(self, job: Job) -> None:
        """Few jobs are ever in doubt, so their list is one small value; there is none when none is, whether or not one
        was: whatever order the entries come in."""
        before = self._settings.get("open_jobs", dict[str, OpenJob]) or {}
        known = {name: opened for name, opened in before.items() if name != job.job}
        if job.state is JobState.DOUBT:
            known[job.job] = OpenJob(card=job.card, account=job.account)
        if known:
            self._settings.put("open_jobs", known)
        elif before:
            self._settings.drop("open_jobs")

    def _count(self, facts: AccountFacts, job: Job) -> None:
        if job.purpose is Purpose.VEND:
            self._add(Totals(vends=1, energy=job.energy, money_credit=job.credit - job.energy, money=job.amount))
        elif job.purpose is Purpose.REVERSAL:
            undone = facts.jobs.get(job.for_job)
            energy, credit = (0, 0) if undone is None else (undone.energy, undone.credit)
            self._add(Totals(reversals=1, energy=-energy, money_credit=energy - credit, money=-job.amount))
        elif job.amount:
            self._add(Totals(money=job.amount))

    def _add(self, more: Totals) -> None:
        known = self._settings.get("totals", Totals) or Totals()
        totals = Totals(
            vends=known.vends + more.vends,
            reversals=known.reversals + more.reversals,
            energy=known.energy + more.energy,
            money_credit=known.money_credit + more.money_credit,
            money=known.money + more.money,
            receipts=max(known.receipts, more.receipts),
        )
        self._settings.put("totals", totals)

    def _moved(self, signed: SignedEntry, facts: AccountFacts) -> None:
        """Money that an entry of the till's own journal moved, whatever others have said of the same job."""
        moved: Moved | None = None
        match signed.entry.body:
            case RefundPaid() | ArrearsPaid() | ReceiptVoided() as body:
                moved = moved_by_hand(body)
            case Completed() as body if body.job in facts.jobs:
                moved = moved_by_job(facts, facts.jobs[body.job], body.receipt)
        if moved is not None:
            self.shifts.move(moved, signed)

    def _is_of_this_epoch(self, signed: SignedEntry) -> bool:
        """Whether it is of the journal that is being written: the drawer of another is another's."""
        entry = signed.entry
        return self.owner is not None and (entry.writer, entry.epoch) == (self.owner.till, self.owner.epoch)

    def _is_own(self, signed: SignedEntry) -> bool:
        return self._is_owner(signed.entry.writer)

    def _is_owner(self, writer: str) -> bool:
        return self.owner is not None and writer == self.owner.till
