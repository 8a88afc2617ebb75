"""The store: the verbs of the till's database. One entry and its read models are one transaction."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from sqlite_utils import Database

from common.account import AccountFacts, Job
from common.chain import Head, SignedEntry
from common.entries import BadEntry, Completed, Started, UtilitySet, VendCompleted, Voided, account_of, decode_entry
from common.lease import Lease, LeaseUse
from common.tariff import Tariff
from till.store.database import explained, open_database, transaction
from till.store.errors import StoreTampered
from till.store.project import Projection, Totals
from till.store.settings import Settings

T = TypeVar("T")

_ENTRY = "SELECT raw, hash, signature FROM entry"


class Store:
    """The till's database. Every method may raise StoreError."""

    def __init__(self, db: Database, path: Path) -> None:
        self._db = db
        self.path = path
        self._settings = Settings(db)
        self._projection = Projection(db, self._settings)

    @classmethod
    def open(cls, path: Path) -> "Store":
        """Open the store in this file, made when there is none."""
        db = open_database(path)
        with explained(path):
            return cls(db, path)

    def close(self) -> None:
        """Let go of the file."""
        self._db.conn.close()

    @property
    def database(self) -> Database:
        """The tables, for the rest of this package."""
        return self._db

    def transaction(self) -> AbstractContextManager[None]:
        """All that happens within is durable at its end, or has not happened."""
        return transaction(self._db, self.path)

    # --- entries ---

    def append(self, signed: SignedEntry) -> None:
        """Keep an entry of our own, fold it, and queue the receipt that it completes."""
        with self.transaction():
            self._insert(signed)
            self._projection.apply(signed)
            body = signed.entry.body
            if isinstance(body, VendCompleted) and body.receipt is not None:
                self._db.execute("INSERT INTO spool VALUES (?, ?, 0, 0)", (body.receipt, body.job))

    def take(self, signed: SignedEntry) -> bool:
        """Keep and fold another writer's entry. Returns False when it was here already."""
        with self.transaction():
            entry = signed.entry
            if self.entry_hash(entry.writer, entry.epoch, entry.seq) is not None:
                return False
            self._insert(signed)
            self._projection.apply(signed)
            return True

    def _insert(self, signed: SignedEntry) -> None:
        entry, body = signed.entry, signed.entry.body
        job = body.job if isinstance(body, Started | Completed | Voided) else None
        self._db.execute(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (entry.writer, entry.epoch, entry.seq, signed.hash, signed.signature, signed.raw, account_of(body), job),
        )

    def last_seq(self, writer: str, epoch: int) -> int:
        """The last sequence number held of a journal; 0 when none is."""
        return self._value("SELECT max(seq) FROM entry WHERE writer = ? AND epoch = ?", (writer, epoch)) or 0

    def entry_hash(self, writer: str, epoch: int, seq: int) -> str | None:
        """The hash held for an entry."""
        return self._text("SELECT hash FROM entry WHERE writer = ? AND epoch = ? AND seq = ?", (writer, epoch, seq))

    def entries(self, writer: str, epoch: int, after: int = 0, limit: int = -1) -> Iterator[SignedEntry]:
        """A journal's entries in its own order, from the one after `after`.

        Raises:
            StoreTampered: stored bytes are no entry any more.
        """
        query = f"{_ENTRY} WHERE writer = ? AND epoch = ? AND seq > ? ORDER BY seq LIMIT ?"
        return self._signed(query, (writer, epoch, after, limit))

    def everything(self) -> Iterator[SignedEntry]:
        """All entries of all writers, as they came."""
        return self._signed(f"{_ENTRY} ORDER BY rowid", ())

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
            self._db.execute("INSERT OR REPLACE INTO writer VALUES (?, ?, '', ?)", (writer, epoch, key))

    def entries_of_job(self, job: str) -> tuple[SignedEntry, SignedEntry]:
        """A job's start and its end.

        Raises:
            StoreTampered: one of them is gone.
        """
        found = list(self._signed(f"{_ENTRY} WHERE job = ? ORDER BY seq", (job,)))
        started = [signed for signed in found if isinstance(signed.entry.body, Started)]
        ended = [signed for signed in found if not isinstance(signed.entry.body, Started)]
        if not started or not ended:
            raise StoreTampered(str(self.path), 0, f"an entry of job {job} is missing")
        return started[0], ended[-1]

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

    def accounts(self, limit: int) -> list[dict[str, str]]:
        """The first accounts by number."""
        rows = self._rows("SELECT number, name, meter FROM account ORDER BY number LIMIT ?", (limit,))
        return [{"number": number, "name": name, "meter": meter} for number, name, meter in rows]

    def accounts_opened(self) -> int:
        """How many accounts this till has opened itself."""
        return self.setting("accounts_opened", int) or 0

    def purchases(self, account: str, limit: int) -> list[dict[str, Any]]:
        """An account's latest purchases, the latest first."""
        columns = "job, at, energy, amount, receipt, state"
        query = f"SELECT {columns} FROM purchase WHERE account = ? ORDER BY at DESC, job DESC LIMIT ?"
        return [dict(zip(columns.split(", "), row, strict=True)) for row in self._rows(query, (account, limit))]

    def job(self, job: str) -> Job | None:
        """A card job, own or other, by its id."""
        account = self._value("SELECT account FROM entry WHERE job = ? LIMIT 1", (job,))
        facts = None if account is None else self.account(account)
        with explained(self.path):
            return None if facts is None else self._projection.accounts.job(facts, job)

    def open_jobs(self) -> list[Job]:
        """This till's jobs in doubt."""
        found = (self.job(job) for (job,) in self._rows("SELECT job FROM open_job ORDER BY job", ()))
        return [job for job in found if job is not None]

    def open_job_for_card(self, serial: str) -> Job | None:
        """This till's job in doubt on a card."""
        job = self._value("SELECT job FROM open_job WHERE card = ? ORDER BY job LIMIT 1", (serial,))
        return None if job is None else self.job(job)

    # --- stock, keys, tariffs, lease ---

    def stock(self) -> list[str]:
        """Serials of the blank cards that the branch has left, as far as this till knows."""
        return [serial for (serial,) in self._rows("SELECT serial FROM stock WHERE used = 0 ORDER BY serial", ())]

    def in_stock(self, serial: str) -> bool:
        """Whether a card is one of them."""
        return self._value("SELECT 1 FROM stock WHERE serial = ? AND used = 0", (serial,)) is not None

    def sealed_key(self, serial: str) -> str | None:
        """A card's key, sealed to this till, with those it was sealed together with."""
        return self._text("SELECT sealed FROM card_key WHERE serial = ?", (serial,))

    def tariffs(self) -> list[Tariff]:
        """Every tariff version."""
        rows = self._rows("SELECT value FROM tariff ORDER BY tariff", ())
        return [msgspec.json.decode(value, type=Tariff) for (value,) in rows]

    def utility(self) -> UtilitySet | None:
        """The utility, once the office has said who it is."""
        return self.setting("utility", UtilitySet)

    def lease(self) -> Lease | None:
        """The lease in force."""
        return self.setting("lease", Lease)

    def lease_use(self) -> LeaseUse:
        """What was done with it."""
        never = datetime.min.replace(tzinfo=UTC)
        known = [self.setting("lease_at", datetime) or never, self.setting("contact", datetime) or never]
        return LeaseUse(granted_at=max(known), unseen_money=self.unseen_money())

    def revoked(self) -> str | None:
        """Why the office took this till out of use, if it did."""
        return self.setting("revoked", str)

    # --- receipts and totals ---

    def next_receipt(self) -> int:
        """The number of the next receipt: one more than this till's completed vends."""
        return self.totals().vends + 1

    def spool_queued(self) -> list[tuple[str, str]]:
        """Receipts that were not printed yet, with their jobs, oldest first."""
        return self._rows("SELECT receipt, job FROM spool WHERE printed = 0 ORDER BY receipt", ())

    def spooled(self, receipt: str) -> str | None:
        """The job of a receipt."""
        return self._text("SELECT job FROM spool WHERE receipt = ?", (receipt,))

    def mark_printed(self, receipt: str) -> None:
        """The original is out."""
        with self.transaction():
            self._db.execute("UPDATE spool SET printed = 1 WHERE receipt = ?", (receipt,))

    def count_copy(self, receipt: str) -> int:
        """The number of the next copy, spent."""
        with self.transaction():
            self._db.execute("UPDATE spool SET copies = copies + 1 WHERE receipt = ?", (receipt,))
            return int(self._value("SELECT copies FROM spool WHERE receipt = ?", (receipt,)))

    def totals(self) -> Totals:
        """What this till sold, ever."""
        return self.setting("totals", Totals) or Totals(vends=0, energy=0, money=0)

    def unseen_money(self) -> int:
        """Sold and not acknowledged by the office yet."""
        return self._value("SELECT coalesce(sum(amount), 0) FROM purchase WHERE own_seq > ?", (self.acked(),)) or 0

    # --- sync ---

    def acked(self) -> int:
        """The last own entry that the office has acknowledged."""
        return self.setting("acked", int) or 0

    def set_acked(self, head: Head, now: datetime) -> None:
        """The office holds our journal up to here and says that it is now `now`."""
        with self.transaction():
            self._settings.put("acked", head.seq)
            self._settings.put("contact", now)

    def feed_position(self) -> int:
        """Up to where the office's feed was taken."""
        return self.setting("feed_position", int) or 0

    def set_feed_position(self, position: int) -> None:
        """The feed was taken up to here."""
        with self.transaction():
            self._settings.put("feed_position", position)

    def setting(self, name: str, kind: type[T]) -> T | None:
        """A small value by name."""
        with explained(self.path):
            return self._settings.get(name, kind)

    def set_setting(self, name: str, value: Any) -> None:
        """Keep a small value."""
        with self.transaction():
            self._settings.put(name, value)

    # --- SQL ---

    def _rows(self, query: str, values: Sequence[Any]) -> list[Any]:
        with explained(self.path):
            return self._db.execute(query, values).fetchall()

    def _value(self, query: str, values: Sequence[Any]) -> Any:
        with explained(self.path):
            row = self._db.execute(query, values).fetchone()
        return None if row is None else row[0]

    def _text(self, query: str, values: Sequence[Any]) -> str | None:
        found = self._value(query, values)
        return None if found is None else str(found)

    def _signed(self, query: str, values: Sequence[Any]) -> Iterator[SignedEntry]:
        with explained(self.path):
            for place, (raw, entry_hash, signature) in enumerate(self._db.execute(query, values), 1):
                try:
                    entry = decode_entry(raw)
                except BadEntry as error:
                    raise StoreTampered(str(self.path), place, error.reason) from error
                yield SignedEntry(entry, raw, entry_hash, signature)
