"""Accounts in two segments: the recent facts in one row, and history (common.account.history) a row a purchase."""

import msgspec
from sqlite_utils import Database

from common.account import (
    AccountFacts,
    Job,
    Purchase,
    in_order,
    is_purchase,
    meter_line,
    pack,
    purchase_of,
    recent_purchases,
    seal,
    unpack,
    unseal,
)
from till.store.bases import Bases
from till.store.history import Histories


class Accounts:
    """The table `account`, and history. Writing expects an open transaction."""

    def __init__(self, db: Database, history: Histories) -> None:
        self._db = db
        self.history = history
        self.bases = Bases(db)
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
        """All the facts of the account that these are the recent ones of; but for what a snapshot had summed up."""
        if facts.history is None:
            return facts
        whole = unseal(facts, self.history.all(facts.account))
        return msgspec.structs.replace(whole, history=self.bases.history(facts.account))

    def reopen(self, facts: AccountFacts) -> AccountFacts:
        """All the facts, to be kept anew: history is empty until `keep` seals it again."""
        whole = self.whole(facts)
        self.history.drop(facts.account)
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
        self.history.add(facts.account, archived)

    def forget(self, account: str) -> None:
        """Let go of what is known of an account: it is folded afresh."""
        self.history.drop(account)
        self.bases.drop(account)
        self._db.conn.execute("DELETE FROM account WHERE number = ?", (account,))
        self._db.conn.execute("DELETE FROM card WHERE account = ?", (account,))

    def job(self, facts: AccountFacts, job: str) -> Job | None:
        """A job of the account, recent or of history."""
        if job in facts.jobs or facts.history is None:
            return facts.jobs.get(job)
        return next((old.job for old in self.history.all(facts.account) if old.job.job == job), None)

    def purchases(self, facts: AccountFacts) -> list[Purchase]:
        """The account's completed vends, the latest first, back to the first; opens history."""
        line, sealed = meter_line(facts), [] if facts.history is None else self.history.all(facts.account)
        old = [purchase_of(found.job, line) for found in sealed if is_purchase(found.job)]
        return in_order([*recent_purchases(facts), *old])
