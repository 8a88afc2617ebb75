"""What can be changed in the store, within one transaction."""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Any

import msgspec
from msgspec.structs import asdict, astuple
from sqlalchemy import Table, bindparam, delete, update

from common.chain import Head, SignedEntry
from common.clock import ClockWord
from common.entries import UtilitySet
from common.tariff import Tariff
from syncserver.store import partitions, tables
from syncserver.store.finder import Term
from syncserver.store.partitions import Months
from syncserver.store.reading import Reading
from syncserver.store.records import (
    CardRow,
    CodeRow,
    DecisionRow,
    FeedRow,
    ForkRow,
    Place,
    ReadModel,
    VendRow,
    WriterRow,
    WriterState,
)
from syncserver.store.rows import POSTGRESQL, Values, insert_rows, put_rows, rows_among
from syncserver.store.signing_in import SignInWriting
from syncserver.store.totals import TotalsKeeper

_AT = tables.vend.columns.keys().index("at")


class Writing(Reading, SignInWriting):
    """The verbs that change something, besides all that read."""

    def set_meta(self, name: str, value: str) -> None:
        """Keep a setting of the office."""
        self._put(tables.meta, [(name, value)])

    def add_writer(self, row: WriterRow) -> None:
        """A new journal: a writer's first or its next epoch."""
        self._connection.execute(tables.writer.insert(), [asdict(row) | {"state": row.state.value}])

    def move_head(self, head: Head) -> None:
        """The office now holds this journal up to here."""
        self._connection.execute(
            update(tables.writer)
            .where(tables.writer.c.id == head.writer, tables.writer.c.epoch == head.epoch)
            .values(seq=head.seq, hash=head.hash)
        )

    def set_state(self, writer: str, epoch: int, state: WriterState, reason: str) -> None:
        """Stop or revoke a writer's journal."""
        self._connection.execute(
            update(tables.writer)
            .where(tables.writer.c.id == writer, tables.writer.c.epoch == epoch)
            .values(state=state.value, reason=reason[:200])
        )

    def add_rows(self, rows: Iterable[Values], now: datetime) -> None:
        """Keep entries: the members of a StoredEntry. Their positions are the caller's to give, without a gap.

        Args:
            now: when the office took them in, by its clock.
        """
        entries = list(rows)
        if self._months is None:
            insert_rows(self._connection, tables.journal, entries)
        elif entries:
            month = self._months.of_entries(entries[0][0], now)
            insert_rows(self._connection, partitions.journal, [(*entry, month) for entry in entries])

    def put_rows(self, rows: Iterable[Values]) -> None:
        """Put entries back where they stood, in place of what is there."""
        if self._months is None:
            put_rows(self._connection, tables.journal, rows)
        else:
            entries = [(*row, self._months.of_held(row[0])) for row in rows]
            journal, held = tables.journal, [{"held": entry[0]} for entry in entries]
            self._connection.execute(delete(journal).where(journal.c.position == bindparam("held")), held)
            insert_rows(self._connection, partitions.journal, entries)

    def prepare_months(self, now: datetime) -> None:
        """Make what entries and purchases of this month and the next ones lie in, where months lie apart."""
        if self._months is not None:
            self._months.prepare(now)

    def keep_fork(self, rows: Iterable[ForkRow]) -> None:
        """Keep entries beside their journals; those kept already are left alone."""
        insert_rows(self._connection, tables.fork, map(astuple, rows), "ON CONFLICT DO NOTHING")

    def mark_carried(self, head: Head) -> None:
        """The office's journal carries this kept entry."""
        fork = tables.fork.c
        self._connection.execute(
            update(tables.fork)
            .where(fork.writer == head.writer, fork.epoch == head.epoch, fork.seq == head.seq, fork.hash == head.hash)
            .values(carried=True)
        )

    def put_code(self, row: CodeRow) -> None:
        """A new enrolment code, or one that has been used now."""
        values = asdict(row) | {"expires": row.expires.isoformat()}
        self._put(tables.enrol_code, [tuple(values[column.name] for column in tables.enrol_code.columns)])

    def put_accounts(self, rows: Iterable[Values]) -> None:
        """Replace the folds of these accounts: the members of an AccountRow."""
        self._put(tables.account, rows)

    def put_serves(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Branches get these accounts' entries: (branch, account) each."""
        self._put(tables.serves, pairs)

    def put_listed(self, rows: Iterable[tuple[str, str, Collection[str]]]) -> None:
        """These accounts, opened by these branches, are in these lists, and in no other: (account, branch, reports)
        each."""
        listed = tables.listed
        wanted = {number: {(number, report, branch) for report in reports} for number, branch, reports in rows}
        held = set(rows_among(self._connection, tuple(listed.columns), listed.c.account, wanted))
        right = set().union(*wanted.values())
        gone = [{"of": account, "list": report} for account, report, _ in held - right]
        if gone:
            this = (listed.c.account == bindparam("of")) & (listed.c.report == bindparam("list"))
            self._connection.execute(delete(listed).where(this), gone)
        self._put(listed, sorted(right - held))

    def put_cards(self, rows: Iterable[CardRow]) -> None:
        """Replace what is known of these cards."""
        self._put(tables.card, map(astuple, rows))

    def put_vends(self, rows: Iterable[VendRow]) -> None:
        """Replace these sales and what else reports count; the totals follow."""
        sales, others = self._totals.put(rows)
        self._put_sales([astuple(sale) for sale in sales])
        self._put(tables.movement, map(astuple, others))

    def put_decisions(self, account: str, rows: Iterable[DecisionRow]) -> None:
        """Replace the decisions about an account that are in force."""
        self._connection.execute(delete(tables.decision).where(tables.decision.c.account == account))
        self._put(tables.decision, map(astuple, rows))

    def put_tariff(self, tariff: Tariff) -> None:
        """A tariff version."""
        self._put(tables.tariff, [(tariff.tariff, msgspec.json.encode(tariff, order="sorted"))])

    def put_clock(self, writer: str, word: ClockWord) -> None:
        """Keep what a journal says about its writer's clock; what it did counts on its right day."""
        before = self.clock_words(writer)
        self._put(tables.clock, [(writer, *astuple(word))])
        self._totals.redate(writer, before)

    def put_utility(self, said: UtilitySet) -> None:
        """Who the utility is from now on; everything counts on the days of its time zone."""
        zone = self.zone()
        self._put(tables.utility, [(1, msgspec.json.encode(said, order="sorted"))])
        if said.zone != zone:
            self._totals.recount(zone, said.zone)

    def put_shift(self, signed: SignedEntry) -> None:
        """A shift was opened or closed."""
        entry = signed.entry
        value = msgspec.json.encode(entry.body, order="sorted")
        row = (entry.writer, entry.epoch, entry.seq, entry.at.isoformat(), signed.hash, value)
        self._put(tables.shift, [row])

    def allot(self, branch: str, serials: Iterable[str]) -> None:
        """These cards are the branch's."""
        self._put(tables.allotment, [(serial, branch) for serial in serials])

    def put_terms(self, accounts: Iterable[str], terms: Iterable[Term]) -> None:
        """These are all terms that these accounts are found by."""
        numbers = [{"of": number} for number in accounts]
        if numbers:
            self._connection.execute(delete(tables.finder).where(tables.finder.c.account == bindparam("of")), numbers)
        self._put(tables.finder, terms)

    def put_feed(self, rows: Iterable[FeedRow]) -> None:
        """Add to the feed, or make its last run longer. Positions are the caller's to give, without a gap."""
        self._put(tables.feed, map(astuple, rows))

    def mend(self, places: Iterable[Place]) -> None:
        """Put right where entries are looked up."""
        values = [asdict(place) | {"at": place.position} for place in places]
        if values:
            journal = tables.journal
            change = update(journal).where(journal.c.position == bindparam("at"))
            self._connection.execute(
                change.values({name: bindparam(name) for name in ("type", "account", "previous")}), values
            )

    def replace(self, model: ReadModel, rows: Iterable[tuple[Any, ...]]) -> None:
        """Put these rows in a read model's place, all of them."""
        table = tables.metadata.tables[model.value]
        self._connection.execute(delete(table))
        left = iter(rows)
        while chunk := list(islice(left, 1_000)):
            if table is tables.vend:
                self._put_sales(chunk)
            else:
                insert_rows(self._connection, table, chunk)

    @cached_property
    def _totals(self) -> TotalsKeeper:
        return TotalsKeeper(self._connection)

    @cached_property
    def _months(self) -> Months | None:
        """What entries and purchases lie in; None where they all lie together."""
        return Months(self._connection) if self._connection.dialect.name == POSTGRESQL else None

    def _put_sales(self, rows: list[Values]) -> None:
        if self._months is None:
            self._put(tables.vend, rows)
            return
        self._months.for_purchases(row[_AT] for row in rows)
        put_rows(self._connection, partitions.vend, rows)

    def _put(self, table: Table, rows: Iterable[Values]) -> None:
        """Insert, or replace the row with the same primary key."""
        put_rows(self._connection, table, rows)
