"""What can be changed in the store, within one transaction."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Table, delete, update
from sqlalchemy.dialects.sqlite import insert

from common.chain import Head
from syncserver.store import tables
from syncserver.store.reading import Reading
from syncserver.store.records import (
    AccountRow,
    CardRow,
    CodeRow,
    FeedRow,
    ForkRow,
    HistoryRow,
    ReadModel,
    StoredEntry,
    VendRow,
    WriterRow,
    WriterState,
)


class Writing(Reading):
    """The verbs that change something, besides all that read."""

    def set_meta(self, name: str, value: str) -> None:
        """Keep a setting of the office."""
        self._put(tables.meta, [{"name": name, "value": value}])

    def add_writer(self, row: WriterRow) -> None:
        """A new journal: a writer's first or its next epoch."""
        self._connection.execute(tables.writer.insert(), [msgspec.structs.asdict(row) | {"state": row.state.value}])

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

    def add_entries(self, entries: Iterable[StoredEntry]) -> None:
        """Keep entries. Their positions are the caller's to give, without a gap."""
        self._add(tables.journal, entries)

    def keep_fork(self, rows: Iterable[ForkRow]) -> None:
        """Keep entries beside their journals; those kept already are left alone."""
        values = [_as_dict(row) for row in rows]
        if values:
            self._connection.execute(insert(tables.fork).on_conflict_do_nothing(), values)

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
        self._put(tables.enrol_code, [msgspec.structs.asdict(row) | {"expires": row.expires.isoformat()}])

    def put_accounts(self, rows: Iterable[AccountRow]) -> None:
        """Replace the folds of these accounts."""
        self._put(tables.account, [_as_dict(row) for row in rows])

    def put_history(self, rows: Iterable[HistoryRow]) -> None:
        """Add to accounts' history."""
        self._put(tables.history, [_as_dict(row) for row in rows])

    def drop_history(self, account: str) -> None:
        """Empty an account's history: it is to be sealed afresh."""
        self._connection.execute(delete(tables.history).where(tables.history.c.account == account))

    def put_cards(self, rows: Iterable[CardRow]) -> None:
        """Replace what is known of these cards."""
        self._put(tables.card, [_as_dict(row) for row in rows])

    def put_vends(self, rows: Iterable[VendRow]) -> None:
        """Replace these sales."""
        self._put(tables.vend, [_as_dict(row) for row in rows])

    def allot(self, branch: str, serials: Iterable[str]) -> None:
        """These cards are the branch's."""
        self._put(tables.allotment, [{"serial": serial, "branch": branch} for serial in serials])

    def add_feed(self, rows: Iterable[FeedRow]) -> None:
        """Add to the feed. Positions are the caller's to give, after the last one."""
        self._add(tables.feed, rows)

    def replace(self, model: ReadModel, rows: Iterable[tuple[Any, ...]]) -> None:
        """Put these rows in a read model's place, all of them."""
        table = tables.metadata.tables[model.value]
        names = [column.name for column in table.columns]
        self._connection.execute(delete(table))
        chunk: list[dict[str, Any]] = []
        for row in rows:
            chunk.append(dict(zip(names, row, strict=True)))
            if len(chunk) == 1_000:
                self._connection.execute(table.insert(), chunk)
                chunk = []
        if chunk:
            self._connection.execute(table.insert(), chunk)

    def _add(self, table: Table, rows: Iterable[msgspec.Struct]) -> None:
        values = [_as_dict(row) for row in rows]
        if values:
            self._connection.execute(table.insert(), values)

    def _put(self, table: Table, values: Sequence[dict[str, Any]]) -> None:
        """Insert, or replace the row with the same primary key."""
        if not values:
            return
        keys = [column.name for column in table.primary_key.columns]
        statement = insert(table)
        others = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys}
        self._connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=others), values)


def _as_dict(row: msgspec.Struct) -> dict[str, Any]:
    return msgspec.structs.asdict(row)
