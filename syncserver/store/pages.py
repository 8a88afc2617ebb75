"""What the office's pages ask of the store, within one transaction. Every list is read by its key, a page at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice

from sqlalchemy import Connection, bindparam, func, literal_column, select, tuple_

from syncserver.store import tables
from syncserver.store.feed import ENTRY
from syncserver.store.records import AccountRow, DecisionRow, StoredEntry
from syncserver.store.rows import added_up

SoldInHour = tuple[str, int, str, int, int, int]
"""A till, its epoch, the hour by its clock as `2026-11-23T01` (UTC), and its vends, watt-hours and minor units."""

_ASKED = 500
"""Writers in one question."""

_AT = select(*ENTRY).where(tables.journal.c.position == bindparam("at"))


class PageReading:
    """What can be asked for pages, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def sold_by_hour(self, writers: Iterable[str], first: str, before: str, state: str) -> Iterator[SoldInHour]:
        """These writers' sales in this state with `at` from `first` and before `before`, added up by its hour."""
        vend, left = tables.vend.c, iter(writers)
        hour = func.substr(vend.at, literal_column("1"), literal_column("13"))
        sold = select(vend.writer, vend.epoch, hour, func.count(), added_up(vend.energy), added_up(vend.amount))
        while asked := list(islice(left, _ASKED)):
            query = sold.where(vend.writer.in_(asked), vend.at >= first, vend.at < before, vend.state == state)
            for row in self._connection.execute(query.group_by(vend.writer, vend.epoch, hour)):
                yield tuple(row)

    def count_decisions(self, state: str, most: int) -> int:
        """How many decisions stand so; it stops counting at `most`."""
        decision = tables.decision.c
        found = select(decision.key).where(decision.state == state).limit(most).subquery()
        return int(self._connection.execute(select(func.count()).select_from(found)).scalar_one())

    def decisions_page(self, state: str, after: tuple[str, str], most: int) -> list[DecisionRow]:
        """Decisions that stand so, by account and key, from the one after (account, key)."""
        table = tables.decision
        place = tuple_(table.c.account, table.c.key)
        query = select(table).where(table.c.state == state, place > after).order_by(table.c.account, table.c.key)
        return [DecisionRow(*row) for row in self._connection.execute(query.limit(most))]

    def decisions_about(self, account: str) -> list[DecisionRow]:
        """The decisions in force about an account, by key."""
        table = tables.decision
        query = select(table).where(table.c.account == account).order_by(table.c.key)
        return [DecisionRow(*row) for row in self._connection.execute(query)]

    def accounts_page(self, after: str, most: int) -> list[AccountRow]:
        """Accounts by number, from the one after this."""
        table = tables.account
        query = select(table).where(table.c.number > after).order_by(table.c.number).limit(most)
        return [AccountRow(*row) for row in self._connection.execute(query)]

    def account_of_card(self, serial: str) -> list[str]:
        """The accounts that a card of this serial was given to."""
        card = tables.card.c
        return list(self._connection.execute(select(card.account).where(card.serial == serial)).scalars())

    def back_from(self, position: int) -> Iterator[StoredEntry]:
        """Entries about one account, the latest first, from the one at this position."""
        while position:
            found = StoredEntry(*self._connection.execute(_AT, {"at": position}).one())
            yield found
            position = found.previous

    def journal_page(self, writer: str, epoch: int, first: int, most: int) -> list[StoredEntry]:
        """A journal's entries in its own order, from this number on."""
        journal = tables.journal.c
        query = (
            select(*ENTRY)
            .where(journal.writer == writer, journal.epoch == epoch, journal.seq >= first)
            .order_by(journal.seq)
            .limit(most)
        )
        return [StoredEntry(*row) for row in self._connection.execute(query)]

    def count_allotted(self) -> dict[str, int]:
        """How many cards were allotted to each branch."""
        allotment = tables.allotment.c
        query = select(allotment.branch, func.count()).group_by(allotment.branch).order_by(allotment.branch)
        return dict(self._connection.execute(query).all())
