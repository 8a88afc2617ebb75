"""An account's whole life: the thread through its entries, from its last back to its first."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, ScalarSelect, Select, bindparam, select

from syncserver.store import tables
from syncserver.store.feed import ENTRY
from syncserver.store.records import StoredEntry
from syncserver.store.rows import rows_among


def _thread() -> Select[Any]:
    """Positions, the last first, each with the one before it; the database follows the thread by itself.

    The entry before is asked for in a subquery, which either database can only look up. A join it may take for a
    reason to read the whole journal, once for each entry.
    """
    journal = tables.journal.c

    def before(position: ColumnElement[int]) -> ScalarSelect[int]:
        return select(journal.previous).where(journal.position == position).scalar_subquery()

    last = bindparam("last", type_=journal.position.type)
    thread = select(last.label("position"), before(last).label("previous")).cte("thread", recursive=True)
    older = select(thread.c.previous, before(thread.c.previous)).where(thread.c.previous > 0)
    thread = thread.union_all(older)
    return select(thread.c.position, thread.c.previous)


_THREAD = _thread()


class LifeReading:
    """What can be asked about an account's whole life, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def about(self, last: int) -> list[StoredEntry]:
        """All entries about an account up to the one at position `last`, the oldest first: for what is seldom asked.

        Raises:
            LookupError: one of them is not there.
        """
        rows = rows_among(self._connection, ENTRY, tables.journal.c.position, self.positions_about(last))
        return sorted((StoredEntry(*row) for row in rows), key=lambda entry: entry.position)

    def positions_about(self, last: int) -> list[int]:
        """Positions of the entries about an account up to the one at position `last`, the oldest first.

        Raises:
            LookupError: one of them is not there.
        """
        thread = self._connection.execute(_THREAD, {"last": last}).all() if last else []
        for position, previous in thread:
            if previous is None:
                raise LookupError(f"the entry at position {position} is missing")
        return sorted(position for position, _ in thread)
