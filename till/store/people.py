"""What accounts are searched by, apart from their facts: a search reads all of it."""

from typing import NamedTuple

from sqlite_utils import Database

from common.account import AccountFacts, details, meter_line
from till.store.initials import initials

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


class People:
    """The table `person`. Writing expects an open transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, facts: AccountFacts) -> None:
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
