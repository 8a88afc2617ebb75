"""What can be asked of the store, within one transaction: one moment's view."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Row, and_, bindparam, func, literal_column, select

from common.entries import is_import
from common.tariff import Tariff
from syncserver.store import tables
from syncserver.store.feed import ENTRY, FeedReading
from syncserver.store.finder import FinderReading
from syncserver.store.lives import LifeReading
from syncserver.store.pages import PageReading
from syncserver.store.partitions import months_ahead
from syncserver.store.postgresql import standby_waited
from syncserver.store.receipts import ReceiptReading
from syncserver.store.records import (
    AccountPlace,
    AccountRow,
    CodeRow,
    DecisionRow,
    DecisionState,
    ForkRow,
    ReadModel,
    StoredEntry,
    VendRow,
    WriterRow,
    WriterState,
)
from syncserver.store.reports import ReportReading
from syncserver.store.rows import POSTGRESQL, rows_among, streamed
from syncserver.store.signing_in import SignInReading
from syncserver.store.sqlite import is_whole

_ACCOUNT = tuple(tables.account.columns)

# What each request asks is put together once: that takes longer than SQLite takes to answer.
_META = select(tables.meta.c.value).where(tables.meta.c.name == bindparam("name"))
_WRITERS = select(tables.writer).order_by(tables.writer.c.id, tables.writer.c.epoch)
_EPOCHS = select(tables.writer).where(tables.writer.c.id == bindparam("id")).order_by(tables.writer.c.epoch)
_WRITER = select(tables.writer).where(
    tables.writer.c.id == bindparam("id"), tables.writer.c.epoch == bindparam("epoch")
)
_LATER = tables.writer.alias().c
_LATEST_OF_TILL = and_(
    tables.writer.c.branch != "",
    ~select(_LATER.id).where(_LATER.id == tables.writer.c.id, _LATER.epoch > tables.writer.c.epoch).exists(),
)
_LAST_POSITION = select(func.max(tables.journal.c.position))
_HASHES = select(tables.journal.c.seq, tables.journal.c.hash).where(
    tables.journal.c.writer == bindparam("writer"),
    tables.journal.c.epoch == bindparam("epoch"),
    tables.journal.c.seq.between(bindparam("first"), bindparam("last")),
)


class Reading(FeedReading, LifeReading, ReportReading, ReceiptReading, PageReading, FinderReading, SignInReading):
    """The verbs that change nothing."""

    def meta(self, name: str) -> str | None:
        """A setting of the office."""
        value: str | None = self._connection.execute(_META, {"name": name}).scalar_one_or_none()
        return value

    def metas(self, prefix: str, most: str | None = None) -> dict[str, str]:
        """The settings whose names begin so, in ASCII, and whose values come not after `most`."""
        meta = tables.meta.c
        query = select(meta.name, meta.value).where(
            meta.name >= prefix, meta.name < prefix[:-1] + chr(ord(prefix[-1]) + 1)
        )
        if most is not None:
            query = query.where(meta.value <= most)
        return dict(self._connection.execute(query).all())

    def writers(self) -> list[WriterRow]:
        """Every writer's every epoch, in order."""
        rows = self._connection.execute(_WRITERS)
        return [_writer(row) for row in rows]

    def branches_of(self, writer: str) -> dict[int, str]:
        """A writer's branch in each of its epochs."""
        rows = self._connection.execute(
            select(tables.writer.c.epoch, tables.writer.c.branch).where(tables.writer.c.id == writer)
        )
        return dict(rows.all())

    def writer(self, id: str, epoch: int) -> WriterRow | None:
        """One writer's journal of one epoch."""
        row = self._connection.execute(_WRITER, {"id": id, "epoch": epoch}).one_or_none()
        return None if row is None else _writer(row)

    def epochs(self, id: str) -> list[WriterRow]:
        """A writer's journals, the earliest first."""
        return [_writer(row) for row in self._connection.execute(_EPOCHS, {"id": id})]

    def latest_writer(self, id: str) -> WriterRow | None:
        """A writer's journal of its latest epoch."""
        rows = self.epochs(id)
        return rows[-1] if rows else None

    def count_tills(self) -> int:
        """How many tills were ever enrolled."""
        writer = tables.writer.c
        query = select(func.count(writer.id.distinct())).where(writer.branch != "")
        return int(self._connection.execute(query).scalar_one())

    def stopped(self) -> list[WriterRow]:
        """Tills whose journal of their latest epoch is stopped."""
        writer = tables.writer.c
        query = select(tables.writer).where(writer.state == WriterState.STOPPED.value, _LATEST_OF_TILL)
        return [_writer(row) for row in self._connection.execute(query.order_by(writer.id))]

    def tills_by_state(self) -> dict[WriterState, list[str]]:
        """All tills, by the state of their latest epoch."""
        # One row a state, however many tills there are: while a row is fetched SQLite lets other threads run, and in a
        # server at its busiest that is a wait for each.
        writer = tables.writer.c
        names = func.aggregate_strings(writer.id, ",")
        query = select(writer.state, names).where(_LATEST_OF_TILL).group_by(writer.state)
        found = {state: sorted(ids.split(",")) for state, ids in self._connection.execute(query)}
        return {state: [id for id in found.get(state.value, []) if not is_import(id)] for state in WriterState}

    def is_whole(self) -> bool:
        """Whether SQLite's file is consistent within. Looks at all of it."""
        return is_whole(self._connection)

    def months_ahead(self, now: datetime) -> int | None:
        """How many months after this one are prepared for; None where they all lie together."""
        return months_ahead(self._connection, now) if self._connection.dialect.name == POSTGRESQL else None

    def standby_waited(self) -> float:
        """Seconds for which a commit waits by now for a second server that it must be on; 0 where none does."""
        return standby_waited(self._connection) if self._connection.dialect.name == POSTGRESQL else 0.0

    def last_position(self) -> int:
        """How many entries the office holds: the position of the last one taken in."""
        return self._connection.execute(_LAST_POSITION).scalar_one() or 0

    def entries(self, writer: str, epoch: int, after: int = 0) -> Iterator[StoredEntry]:
        """A journal in its own order, from the entry after `after`."""
        rows = streamed(
            self._connection,
            select(*ENTRY)
            .where(
                tables.journal.c.writer == writer,
                tables.journal.c.epoch == epoch,
                tables.journal.c.seq > after,
            )
            .order_by(tables.journal.c.seq),
        )
        return (StoredEntry(*row) for row in rows)

    def of_type(self, writer: str, type: str) -> list[StoredEntry]:
        """A writer's entries of one type, the oldest first. Reads all that it wrote: for what is seldom asked."""
        journal = tables.journal.c
        rows = self._connection.execute(
            select(*ENTRY).where(journal.writer == writer, journal.type == type).order_by(journal.epoch, journal.seq)
        )
        return [StoredEntry(*row) for row in rows]

    def hashes(self, writer: str, epoch: int, first: int, last: int) -> dict[int, str]:
        """The hashes of a journal's entries from `first` to `last`, by sequence number."""
        asked = {"writer": writer, "epoch": epoch, "first": first, "last": last}
        return dict(self._connection.execute(_HASHES, asked).all())

    def ingested(self, after: int = 0) -> Iterator[StoredEntry]:
        """All entries in the order in which the office took them in."""
        rows = streamed(
            self._connection,
            select(*ENTRY).where(tables.journal.c.position > after).order_by(tables.journal.c.position),
        )
        return (StoredEntry(*row) for row in rows)

    def lines(self, after: int = 0) -> Iterator[tuple[int, bytes]]:
        """All entries after a position: the position, and the journal line with the position before it."""
        columns = tables.journal.c
        query = select(columns.position, columns.signature, columns.raw).where(columns.position > after)
        rows = streamed(self._connection, query.order_by(columns.position))
        for position, signature, raw in rows:
            yield position, b"%d %s %s\n" % (position, signature.hex().encode(), raw)

    def forks(self) -> list[ForkRow]:
        """What stands beside the writers' journals."""
        rows = self._connection.execute(
            select(tables.fork).order_by(tables.fork.c.writer, tables.fork.c.epoch, tables.fork.c.seq)
        )
        return [ForkRow(row.writer, row.epoch, row.seq, row.hash, row.signature, row.raw, row.carried) for row in rows]

    def kept(self, writer: str, epoch: int, first: int, last: int | None = None) -> list[ForkRow]:
        """What stands beside a journal, not carried, from one number to another or to the end."""
        fork = tables.fork.c
        query = select(tables.fork).where(fork.writer == writer, fork.epoch == epoch, fork.seq >= first, ~fork.carried)
        rows = self._connection.execute((query if last is None else query.where(fork.seq <= last)).order_by(fork.seq))
        return [ForkRow(row.writer, row.epoch, row.seq, row.hash, row.signature, row.raw, row.carried) for row in rows]

    def code(self, secret_hash: str) -> CodeRow | None:
        """An enrolment code by the SHA-256 of its secret."""
        row = self._connection.execute(
            select(tables.enrol_code).where(tables.enrol_code.c.secret_hash == secret_hash)
        ).one_or_none()
        if row is None:
            return None
        return CodeRow(
            secret_hash=row.secret_hash,
            branch=row.branch,
            name=row.name,
            again=row.again,
            expires=datetime.fromisoformat(row.expires),
            used_by=row.used_by,
            till=row.till,
            epoch=row.epoch,
        )

    def accounts(self, numbers: Iterable[str]) -> dict[str, AccountRow]:
        """The accounts with these numbers, those that exist."""
        found: dict[str, AccountRow] = {}
        for row in rows_among(self._connection, _ACCOUNT, tables.account.c.number, numbers):
            found[row[0]] = AccountRow(*row)
        return found

    def account_places(self, numbers: Iterable[str]) -> dict[str, AccountPlace]:
        """The accounts with these numbers, those that exist, without their folds."""
        found: dict[str, AccountPlace] = {}
        account = tables.account.c
        columns = (account.number, account.branch, account.branches, account.last)
        for row in rows_among(self._connection, columns, account.number, numbers):
            found[row[0]] = AccountPlace(*row)
        return found

    def accounts_of(self, branch: str, after: str, limit: int) -> list[AccountRow]:
        """Accounts that a branch serves, by number, from the one after `after`."""
        rows = self._connection.execute(
            select(tables.account)
            .join(tables.serves, tables.serves.c.account == tables.account.c.number)
            .where(tables.serves.c.branch == branch, tables.serves.c.account > after)
            .order_by(tables.serves.c.account)
            .limit(limit)
        )
        return [AccountRow(*row) for row in rows]

    def supplies(self, types: Iterable[str]) -> Iterator[StoredEntry]:
        """The office's own entries of these types that are about no account, in the order of the office."""
        journal = tables.journal.c
        rows = streamed(
            self._connection,
            select(*ENTRY)
            .where(
                journal.type.in_(list(types)), journal.account.is_(None), journal.writer == literal_column("'office'")
            )
            .order_by(journal.position),
        )
        return (StoredEntry(*row) for row in rows)

    def count_accounts(self, first: str, last: str) -> int:
        """How many accounts have a number within these two."""
        number = tables.account.c.number
        query = select(func.count()).select_from(tables.account).where(number >= first, number <= last)
        return int(self._connection.execute(query).scalar_one())

    def all_accounts(self) -> Iterator[AccountRow]:
        """Every account, by number."""
        rows = streamed(self._connection, select(tables.account).order_by(tables.account.c.number))
        return (AccountRow(*row) for row in rows)

    def vends(self) -> Iterator[VendRow]:
        """Every sale, by job."""
        rows = streamed(self._connection, select(tables.vend).order_by(tables.vend.c.job, tables.vend.c.account))
        return (VendRow(*row) for row in rows)

    def decisions(self, *states: DecisionState) -> list[DecisionRow]:
        """The rules' decisions in force that stand so, by account; of every state when none is named."""
        table = tables.decision
        query = select(table).order_by(table.c.account, table.c.key)
        if states:
            query = query.where(table.c.state.in_([state.value for state in states]))
        return [DecisionRow(*row) for row in self._connection.execute(query)]

    def decision(self, key: str) -> DecisionRow | None:
        """A decision in force by its key."""
        row = self._connection.execute(select(tables.decision).where(tables.decision.c.key == key)).first()
        return None if row is None else DecisionRow(*row)

    def tariffs(self) -> list[Tariff]:
        """Every tariff version, by name."""
        values = self._connection.execute(select(tables.tariff.c.value).order_by(tables.tariff.c.name)).scalars()
        return [_tariff(value) for value in values]

    def accounts_buying_since(self, at: datetime) -> list[str]:
        """Accounts with a sale at or after a time, by their tills' clocks. Looks at every sale: for what is seldom
        asked."""
        vend = tables.vend.c
        since = at.astimezone(UTC).isoformat()
        return list(self._connection.execute(select(vend.account).where(vend.at >= since).distinct()).scalars())

    def allotted(self, branch: str) -> list[str]:
        """Serials of the cards allotted to a branch."""
        return list(
            self._connection.execute(
                select(tables.allotment.c.serial)
                .where(tables.allotment.c.branch == branch)
                .order_by(tables.allotment.c.serial)
            ).scalars()
        )

    def branches_allotted(self) -> set[str]:
        """The branches that cards were allotted to."""
        return set(self._connection.execute(select(tables.allotment.c.branch).distinct()).scalars())

    def allotted_to(self, serials: Iterable[str]) -> dict[str, str]:
        """The branch of each of these cards, of those that are allotted."""
        allotment = tables.allotment.c
        return dict(rows_among(self._connection, (allotment.serial, allotment.branch), allotment.serial, serials))

    def rows(self, model: ReadModel) -> Iterator[tuple[Any, ...]]:
        """A read model's bare rows, by primary key: what a rebuild is compared with."""
        table = tables.metadata.tables[model.value]
        found = streamed(self._connection, select(table).order_by(*table.primary_key.columns))
        return (tuple(row) for row in found)


@lru_cache(maxsize=64)
def _tariff(value: bytes) -> Tariff:
    return msgspec.json.decode(value, type=Tariff)


def _writer(row: Row[Any]) -> WriterRow:
    return WriterRow(
        id=row.id,
        epoch=row.epoch,
        branch=row.branch,
        name=row.name,
        key=row.key,
        box=row.box,
        seq=row.seq,
        hash=row.hash,
        state=WriterState(row.state),
        reason=row.reason,
    )
