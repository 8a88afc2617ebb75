"""What a snapshot from the office says of accounts (common.snapshot): the entries that are here go on from there."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlite_utils import Database

from common.account import AccountFacts, History, pack, unpack


class Base(NamedTuple):
    """An account's facts up to a position of the feed. `outdated`: the office must be asked for all entries."""

    account: str
    position: int
    facts: bytes
    outdated: int


class Bases:
    """The table `base`. Writing expects an open transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, facts: AccountFacts, position: int) -> None:
        """Keep what the snapshot says of an account."""
        self.restore(Base(facts.account, position, pack(facts), 0))

    def restore(self, base: Base) -> None:
        """Keep a base as it is."""
        self._db.conn.execute("INSERT OR REPLACE INTO base VALUES (?, ?, ?, ?)", base)

    def all(self) -> Iterator[Base]:
        """Every base, by account."""
        return map(Base._make, self._db.conn.execute("SELECT * FROM base ORDER BY account"))

    def covers(self, account: str, position: int) -> bool:
        """Whether what the feed says of an account at this position is in its base already."""
        query = "SELECT 1 FROM base WHERE account = ? AND position >= ?"
        return self._db.conn.execute(query, (account, position)).fetchone() is not None

    def history(self, account: str) -> History | None:
        """What an account's base sums up of its history; None where all of it is here."""
        row = self._db.conn.execute("SELECT facts FROM base WHERE account = ?", (account,)).fetchone()
        return None if row is None else unpack(row[0]).history

    def outdate(self, account: str) -> None:
        """An entry came that may be about what the base sums up: the office must be asked for all entries."""
        self._db.conn.execute("UPDATE base SET outdated = 1 WHERE account = ?", (account,))

    def outdated(self) -> list[str]:
        """The accounts whose bases are."""
        rows = self._db.conn.execute("SELECT account FROM base WHERE outdated ORDER BY account")
        return [account for (account,) in rows]

    def rewind(self, position: int) -> None:
        """The office was restored: what its feed says from here on is new, whatever number it has. What it said of an
        account later than that it may have lost, and a base cannot be handed back: it is asked for all entries."""
        update = "UPDATE base SET position = ?, outdated = 1 WHERE position > ?"
        self._db.conn.execute(update, (position, position))

    def drop(self, account: str) -> None:
        """All entries about the account are here now."""
        self._db.conn.execute("DELETE FROM base WHERE account = ?", (account,))
