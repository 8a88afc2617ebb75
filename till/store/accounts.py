"""Accounts in two segments: the recent facts in one row, and history (common.account.history) a row a purchase."""

from collections.abc import Iterator

import msgspec
from sqlite_utils import Database

from common.account import AccountFacts, Archived, Job, Purchase, is_purchase, pack, purchase_of, seal, unpack, unseal

_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(Archived)


class Accounts:
    """The tables `account` and `history`. Writing expects an open transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._last: tuple[bytes, AccountFacts] | None = None

    def recent(self, number: str) -> AccountFacts | None:
        """An account's recent facts."""
        row = self._db.conn.execute("SELECT facts FROM account WHERE number = ?", (number,)).fetchone()
        if row is None:
            return None
        if self._last is None or self._last[0] != row[0]:
            self._last = (row[0], unpack(row[0]))
        return self._last[1]

    def whole(self, facts: AccountFacts) -> AccountFacts:
        """All the facts of the account that these are the recent ones of."""
        if facts.history is None:
            return facts
        rows = self._db.conn.execute("SELECT value FROM history WHERE account = ?", (facts.account,)).fetchall()
        return unseal(facts, [_decoder.decode(value) for (value,) in rows])

    def reopen(self, facts: AccountFacts) -> AccountFacts:
        """All the facts, to be kept anew: history is empty until `keep` seals it again."""
        whole = self.whole(facts)
        self._db.conn.execute("DELETE FROM history WHERE account = ?", (facts.account,))
        return whole

    def keep(self, facts: AccountFacts) -> None:
        """Store an account's facts, what is settled in history."""
        recent, archived = seal(facts)
        opened = None if facts.opened is None else facts.opened.body
        name, meter = ("", "") if opened is None else (opened.name, opened.meter)
        packed = pack(recent)
        self._last = (packed, recent)
        self._db.conn.execute(
            "INSERT INTO account VALUES (?, ?, ?, ?) ON CONFLICT (number)"
            " DO UPDATE SET name = excluded.name, meter = excluded.meter, facts = excluded.facts",
            (facts.account, name, meter, packed),
        )
        if archived:
            self._db.conn.executemany(
                "INSERT OR REPLACE INTO history VALUES (?, ?, ?, ?)",
                [(facts.account, old.job.count, old.job.job, _encoder.encode(old)) for old in archived],
            )

    def job(self, facts: AccountFacts, job: str) -> Job | None:
        """A job of the account, recent or of history."""
        if job in facts.jobs:
            return facts.jobs[job]
        query = "SELECT value FROM history WHERE account = ? AND job = ?"
        row = self._db.conn.execute(query, (facts.account, job)).fetchone()
        return None if row is None else _decoder.decode(row[0]).job

    def purchases(self, facts: AccountFacts) -> Iterator[Purchase]:
        """The account's completed vends, the latest first."""
        jobs = sorted(filter(is_purchase, facts.jobs.values()), key=lambda job: (job.count, job.order), reverse=True)
        yield from map(purchase_of, jobs)
        query = "SELECT value FROM history WHERE account = ? ORDER BY count DESC, job DESC"
        older = (_decoder.decode(value).job for (value,) in self._db.conn.execute(query, (facts.account,)))
        yield from map(purchase_of, filter(is_purchase, older))
