"""The store: the verbs of the till's database. One entry and its read models are one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from common.account import AccountFacts, Job, Purchase, fold, pack
from common.chain import Head, SignedEntry, carried
from common.entries import (
    ArrearsPaid,
    Completed,
    Naming,
    Purpose,
    ReceiptVoided,
    RefundPaid,
    ShiftClosed,
    account_of,
    receipt_of,
)
from till.store.attempts import Attempts
from till.store.bases import Base, Bases
from till.store.clerks import Clerks
from till.store.database import explained, open_database
from till.store.entries import Entries
from till.store.errors import StoreFull
from till.store.history import Histories
from till.store.models import MeterModels
from till.store.people import PersonRow
from till.store.project import OpenJob, Owner, Projection, Totals
from till.store.receipts import Receipts
from till.store.reserve import release_reserve
from till.store.shifts import ShiftBook
from till.store.spool import Kind, Spool
from till.store.supplies import Supplies

T = TypeVar("T")


class Store(Supplies):
    """The till's database. Every method may raise StoreError."""

    def __init__(self, db: Database, path: Path) -> None:
        super().__init__(db, path)
        self._projection = Projection(db, self._settings, path.with_name("history.db"))
        self._entries = Entries(db, path)
        self.attempts = Attempts(db)
        self.spool = Spool(db, path)
        self.receipts = Receipts(db, path, self._settings, self._projection, self._entries)

    @classmethod
    def open(cls, path: Path) -> "Store":
        """Open the store in this file, made when there is none."""
        try:
            db = open_database(path)
        except StoreFull:  # not even what SQLite shares with other programs has room
            if not release_reserve(path.parent):
                raise
            db = open_database(path)
        with explained(path):
            return cls(db, path)

    def close(self) -> None:
        """Let go of the file."""
        self.history.close()
        self._db.conn.close()

    @property
    def database(self) -> Database:
        """The tables, for the rest of this package."""
        return self._db

    # --- entries ---

    def append(self, signed: SignedEntry, *, doubt: str = "") -> None:
        """Keep an entry of our own, fold it, and queue the paper that it brings.

        Args:
            doubt: why its paper may be out already.
        """
        with self.transaction():
            key = self._entries.insert(signed, own=True)
            self._projection.apply(signed)
            body = signed.entry.body
            if isinstance(body, Naming) and (receipt := receipt_of(body)):
                self.receipts.keep(receipt, body, key)
                self.spool.add(Kind.RECEIPT, receipt, reason=doubt)
                if isinstance(body, ReceiptVoided):
                    self.spool.take_back(body.receipt)
            elif isinstance(body, ShiftClosed) and self.shifts.closed_by(signed):
                self.spool.add(Kind.Z, str(body.number))

    def take(self, signed: SignedEntry) -> bool:
        """Keep and fold an entry from the feed. Returns False when it was here already. Another entry that has its
        number here is of another branch of that journal: it is set aside, with all that follow it."""
        with self.transaction():
            entry = signed.entry
            held = self.entry_hash(entry.writer, entry.epoch, entry.seq)
            if held == signed.hash:
                return False
            if held is not None:
                self.set_aside(entry.writer, entry.epoch, entry.seq - 1)
            self._said_again(signed)
            before = self.totals().money
            self._entries.insert(signed, own=False)
            self._projection.apply(signed)
            if (change := self.totals().money - before) != 0:  # our own, that the office has
                self._settings.put("acked_money", (self._settings.get("acked_money", int) or 0) + change)
            return True

    @property
    def bases(self) -> Bases:
        """What a snapshot says of accounts. Writing expects an open transaction."""
        return self._projection.accounts.bases

    def begin_from(self, facts: AccountFacts, position: int) -> None:
        """Begin an account from what a snapshot says of it, up to a position of the feed."""
        with self.transaction():
            self._projection.base(Base(facts.account, position, pack(facts), 0))

    def begin_as(self, other: "Store", entries: Iterable[SignedEntry]) -> None:
        """Become what another till's store is with these of its entries alone, in the order of `everything`."""
        with self.transaction():
            office = other.setting("office", tuple[str, int, str])
            if office is not None:
                self.trust(*office)
            if other.owner is not None:
                self._projection.own(other.owner)
            for base in other.bases.all():
                self._projection.base(base)
            for signed in entries:
                self._entries.insert(signed, own=False)
                self._projection.apply(signed)

    def take_whole(self, account: str, entries: Sequence[SignedEntry]) -> None:
        """Take all that the office has of an account in its base's place: every entry about it."""
        with self.transaction():
            owner = self._projection.owner
            unsent = () if owner is None else self.entries(owner.till, owner.epoch, after=self.acked())
            about = [*entries, *(signed for signed in unsent if account_of(signed.entry.body) == account)]
            for signed in entries:
                entry = signed.entry
                held = self.entry_hash(entry.writer, entry.epoch, entry.seq)
                if held is not None and held != signed.hash:
                    self.set_aside(entry.writer, entry.epoch, entry.seq - 1)
                if held != signed.hash:
                    self._said_again(signed)
                    self._entries.insert(signed, own=False)
            self._projection.accounts.forget(account)
            self._projection.refold(fold(AccountFacts.new(account), about))

    def set_aside(self, writer: str, epoch: int, after: int) -> None:
        """Make room in a journal after a sequence number: another branch is to stand there. Nothing is dropped."""
        with self.transaction():
            self._move_aside(self._entries.set_aside(writer, epoch, after))

    def _said_again(self, signed: SignedEntry) -> None:
        """An office that was restored carries what it had said and lost: that stands in its journal no more, though
        nothing that it said since may have come here under the same number."""
        told, entry = carried(signed), signed.entry
        if told is not None and (told.entry.writer, told.entry.epoch) == (entry.writer, entry.epoch):
            seq = told.entry.seq
            if self.entry_hash(entry.writer, entry.epoch, seq) == told.hash:
                self._move_aside(self._entries.set_aside(entry.writer, entry.epoch, seq - 1, seq))

    def _move_aside(self, moved: list[tuple[int, int, int]]) -> None:
        for first, last, by in moved:
            self.receipts.follow(first, last, by)

    def entries_aside(self, writer: str, epoch: int) -> Iterator[SignedEntry]:
        """Entries of a journal's other branches.

        Raises:
            StoreTampered: stored bytes are no entry any more.
        """
        return self._entries.aside(writer, epoch)

    def last_seq(self, writer: str, epoch: int) -> int:
        """The last sequence number held of a journal; 0 when none is."""
        with explained(self.path):
            return self._entries.last_seq(writer, epoch)

    def entry_hash(self, writer: str, epoch: int, seq: int) -> str | None:
        """The hash held for an entry."""
        with explained(self.path):
            return self._entries.hash(writer, epoch, seq)

    def entries(self, writer: str, epoch: int, after: int = 0, limit: int = -1) -> Iterator[SignedEntry]:
        """A journal's entries in its own order, from the one after `after`.

        Raises:
            StoreTampered: stored bytes are no entry any more.
        """
        return self._entries.of(writer, epoch, after, limit)

    def stored_lines(self, writer: str, epoch: int) -> Iterator[tuple[bytes, bool]]:
        """A journal's lines as they are stored, whether they hold or not, and whether each is kept under its own hash
        and job."""
        return self._entries.lines(writer, epoch)

    def mend(self, signed: SignedEntry) -> None:
        """Put an entry that was spoiled back as it was signed. What is folded from it is to be folded again."""
        with self.transaction():
            self._entries.mend(signed)

    def everything(self) -> Iterator[SignedEntry]:
        """All entries of all journals, the till's own last.

        Raises:
            StoreTampered: stored bytes are no entry any more.
        """
        owner = self._projection.owner
        return self._entries.all("" if owner is None else owner.till)

    def of_others(self, writer: str, epoch: int) -> Iterator[SignedEntry]:
        """All entries, set aside or not, but those of this journal.

        Raises:
            StoreTampered: stored bytes are no entry any more.
        """
        return self._entries.but(writer, epoch)

    def writers(self) -> list[tuple[str, int, str]]:
        """Every writer's every epoch that the store has a key of: writer, epoch, public key (hex)."""
        return self._rows("SELECT writer, epoch, key FROM writer ORDER BY writer, epoch", ())

    def writer_key(self, writer: str, epoch: int) -> str | None:
        """The public key (hex) of a writer's epoch."""
        return self._text("SELECT key FROM writer WHERE writer = ? AND epoch = ?", (writer, epoch))

    def trust(self, writer: str, epoch: int, key: str) -> None:
        """Trust this key for this writer: the office's, as enrolment gave it."""
        with self.transaction():
            self._settings.put("office", (writer, epoch, key))
            self._db.conn.execute("INSERT OR REPLACE INTO writer VALUES (?, ?, '', ?)", (writer, epoch, key))

    @property
    def owner(self) -> Owner | None:
        """Whose store this is; null before its first entry."""
        return self._projection.owner

    def begin_epoch(self, owner: Owner) -> None:
        """The till goes on under another epoch, or as another till. All that it wrote before is at the office."""
        with self.transaction():
            self._projection.own(owner)
            self.spool.forget(Kind.Z)  # it counts from 1 again; what was closed before is in its entries
            self._settings.put("acked", 0)
            self._settings.put("acked_money", self.totals().money)

    # --- accounts and jobs ---

    def account(self, number: str) -> AccountFacts | None:
        """An account's recent facts: all that decides what may be done with it."""
        with explained(self.path):
            return self._projection.accounts.recent(number)

    def whole_account(self, number: str) -> AccountFacts | None:
        """All of an account's facts, back to its first purchase."""
        with explained(self.path):
            facts = self._projection.accounts.recent(number)
            return None if facts is None else self._projection.accounts.whole(facts)

    def account_by_card(self, serial: str) -> AccountFacts | None:
        """What is known of the account that a card was given out for."""
        number = self._value("SELECT account FROM card WHERE serial = ?", (serial,))
        return None if number is None else self.account(number)

    def find(self, words: str, limit: int) -> list[PersonRow]:
        """Accounts by the start of a number, meter or card, by phone, or by a part of the name or of its pinyin
        initials; without words the first by number."""
        with explained(self.path):
            return self._projection.people.find(words, limit)

    def account_of_meter(self, meter: str) -> str | None:
        """The account that is not closed and whose meter this is."""
        with explained(self.path):
            return self._projection.people.account_of_meter(meter)

    def next_number(self) -> str | None:
        """The next account number of this till's own blocks; None when all are used."""
        with explained(self.path):
            for first, count in self.setting("numbers", list[tuple[int, int]]) or []:
                used = self._projection.people.highest_number(first, first + count - 1)
                if used is None or used < first + count - 1:
                    return f"{first if used is None else used + 1:010d}"
        return None

    def purchases(self, account: str, limit: int) -> list[Purchase]:
        """An account's completed vends, history too, the latest first. The last few are in its facts already."""
        with explained(self.path):
            facts = self._projection.accounts.recent(account)
            return [] if facts is None else self._projection.accounts.purchases(facts)[:limit]

    @property
    def history(self) -> Histories:
        """Settled purchases, here and in the file beside the store."""
        return self._projection.accounts.history

    def accounts_with_history_before(self, until: str) -> list[str]:
        """Accounts of which the store itself has settled purchases before a time (ISO 8601, UTC)."""
        query = "SELECT DISTINCT account FROM history WHERE at < ? ORDER BY account"
        return [account for (account,) in self._rows(query, (until,))]

    def job(self, job: str) -> Job | None:
        """A card job, own or other, by its id."""
        started = self._entries.start_of(job)
        account = None if started is None else account_of(started.entry.body)
        facts = None if account is None else self.account(account)
        with explained(self.path):
            return None if facts is None else self._projection.accounts.job(facts, job)

    def open_jobs(self) -> list[Job]:
        """This till's jobs in doubt."""
        known = self.setting("open_jobs", dict[str, OpenJob]) or {}
        found = (self.job(job) for job in sorted(known))
        return [job for job in found if job is not None]

    def open_jobs_for_card(self, serial: str) -> list[Job]:
        """This till's jobs in doubt on a card, oldest first."""
        return [job for job in self.open_jobs() if job.card == serial]

    # --- clerks, models, shifts, totals ---

    @property
    def clerks(self) -> Clerks:
        """Who may work here, and who does."""
        return self._projection.clerks

    @property
    def models(self) -> MeterModels:
        """What kinds of meter there are."""
        return self._projection.models

    @property
    def shifts(self) -> ShiftBook:
        """The shift that is open, and those that were closed."""
        return self._projection.shifts

    def totals(self) -> Totals:
        """What this till sold, ever."""
        return self.setting("totals", Totals) or Totals()

    # --- sync ---

    def acked(self) -> int:
        """The last own entry that the office has acknowledged."""
        return self.setting("acked", int) or 0

    def set_acked(self, head: Head, now: datetime) -> None:
        """The office holds our journal up to here and says that it is now `now`."""
        with self.transaction():
            known = self.acked()
            change = self._sold(head, min(known, head.seq), max(known, head.seq))
            money = (self._settings.get("acked_money", int) or 0) + (change if head.seq > known else -change)
            self._settings.put("acked_money", money)
            self._settings.put("acked", head.seq)
            self._settings.put("contact", now)

    def _sold(self, head: Head, after: int, last: int) -> int:
        """Money that our journal took, less what it gave back, between two entries."""
        money = 0
        for signed in self.entries(head.writer, head.epoch, after=after, limit=last - after):
            body = signed.entry.body
            if isinstance(body, RefundPaid):
                money -= body.amount
            elif isinstance(body, ArrearsPaid):
                money += body.amount
            elif isinstance(body, Completed) and (job := self.job(body.job)) is not None:
                money += -job.amount if job.purpose is Purpose.REVERSAL else job.amount
        return money

    def feed_position(self) -> int:
        """Up to where the office's feed was taken."""
        return self.setting("feed_position", int) or 0

    def set_feed_position(self, position: int) -> None:
        """The feed was taken up to here."""
        with self.transaction():
            self._settings.put("feed_position", position)
