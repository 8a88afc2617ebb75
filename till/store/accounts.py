"""Accounts in two segments: the recent facts in one row, and history (common.account.history) a row a purchase."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from sqlite_utils import Database

from common.account import (
    AccountFacts,
    Archived,
    Job,
    Purchase,
    details,
    is_purchase,
    meter_line,
    pack,
    purchase_of,
    seal,
    unpack,
    unseal,
)
from till.store.initials import initials

_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(Archived)

_PERSON = "number, name, phone, meter, frozen"
_FIND = f"""
SELECT {_PERSON} FROM person
WHERE number LIKE :start ESCAPE '!' OR meter LIKE :start ESCAPE '!' OR phone LIKE :part ESCAPE '!'
    OR name LIKE :part ESCAPE '!' OR initials LIKE :initials ESCAPE '!'
    OR number IN (SELECT account FROM card WHERE serial LIKE :start ESCAPE '!')
ORDER BY number LIMIT :limit
"""


class PersonRow(NamedTuple):
    """An account as a search finds it. `frozen`: 1 when it is closed for good."""

    number: str
    name: str
    phone: str
    meter: str
    frozen: int


def _escaped(text: str) -> str:
    return "".join(f"!{letter}" if letter in "!%_" else letter for letter in text)


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
        packed = pack(recent)
        self._last = (packed, recent)
        self._db.conn.execute(
            "INSERT INTO account VALUES (?, ?) ON CONFLICT (number) DO UPDATE SET facts = excluded.facts",
            (facts.account, packed),
        )
        if archived:
            self._db.conn.executemany(
                "INSERT OR REPLACE INTO history VALUES (?, ?, ?, ?)",
                [(facts.account, old.job.count, old.job.job, _encoder.encode(old)) for old in archived],
            )

    def list_person(self, facts: AccountFacts) -> None:
        """Let the account be found by what it says of itself now."""
        known, line = details(facts), meter_line(facts)
        if known is not None:
            row = (
                known.account,
                known.name,
                initials(known.name),
                known.phone,
                line[-1],
                int(facts.frozen is not None),
            )
            self._db.conn.execute("INSERT OR REPLACE INTO person VALUES (?, ?, ?, ?, ?, ?)", row)

    def find(self, words: str, limit: int) -> list[PersonRow]:
        """Accounts by the start of a number, meter or card, by phone, or by a part of the name or its initials."""
        text = _escaped(words.strip())
        if not text:
            rows = self._db.conn.execute(f"SELECT {_PERSON} FROM person ORDER BY number LIMIT ?", (limit,))
        else:
            values = {"start": f"{text}%", "part": f"%{text}%", "initials": f"%{text.lower()}%", "limit": limit}
            rows = self._db.conn.execute(_FIND, values)
        return [PersonRow(*row) for row in rows]

    def account_of_meter(self, meter: str) -> str | None:
        """The account that is not closed and whose meter this is."""
        query = "SELECT number FROM person WHERE meter = ? AND frozen = 0 ORDER BY number LIMIT 1"
        row = self._db.conn.execute(query, (meter,)).fetchone()
        return None if row is None else str(row[0])

    def highest_number(self, first: int, last: int) -> int | None:
        """The highest account number of ten digits within these two."""
        query = "SELECT max(number) FROM account WHERE number BETWEEN ? AND ? AND length(number) = 10"
        found = self._db.conn.execute(query, (f"{first:010d}", f"{last:010d}")).fetchone()[0]
        return int(found) if found is not None and found.isdecimal() else None

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
