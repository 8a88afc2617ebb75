"""The tables. `journal`, `fork`, `enrol_code` and `meta` are the truth; all others are read models of the journals."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine

metadata = MetaData()


def _text(most: int | None = None) -> TypeEngine[str]:
    """Text of any length in PostgreSQL, as in SQLite: no store refuses what another one takes."""
    return String(most).with_variant(Text(), "postgresql")


_Number = Integer().with_variant(BigInteger, "postgresql")
"""SQLite's integers have 64 bits."""


def _line_end() -> list[Column[str] | Column[int]]:
    """The last columns of what reports count."""
    return [
        Column("clerk", _text(64), nullable=False),
        Column("tariff_class", _text(64), nullable=False),
        Column("payment", _text(32), nullable=False),
        Column("money_credit", BigInteger, nullable=False),
        Column("kind", _text(16), nullable=False),
        Column("for_job", _text(200), nullable=False),
    ]


_Position = BigInteger().with_variant(Integer, "sqlite")
"""SQLite keeps a table in the order of a key called INTEGER, and needs no index for it (sqlite.org/rowidtable.html)."""

journal = Table(
    "journal",
    metadata,
    Column("position", _Position, primary_key=True, autoincrement=False),
    Column("writer", _text(32), nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", _text(64), nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("type", _text(64), nullable=False),
    Column("account", _text(64)),
    Column("previous", BigInteger, nullable=False),
    UniqueConstraint("writer", "epoch", "seq"),
)
Index(
    "journal_supply",
    journal.c.type,
    journal.c.position,
    sqlite_where=journal.c.account.is_(None) & (journal.c.writer == "office"),
    postgresql_where=journal.c.account.is_(None) & (journal.c.writer == "office"),
)
"""Every entry as its writer signed it. `position` is the order in which the office took them in, from 1, no gaps.

`previous` is the position of the entry before about the same account, 0 where there is none: with `account.last` a
thread through all of an account's entries. An index by account would be written to all over with every batch.
"""

fork = Table(
    "fork",
    metadata,
    Column("writer", _text(32), primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("hash", _text(64), primary_key=True),
    Column("signature", LargeBinary, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("carried", Boolean, nullable=False),
)
"""Entries beside their writers' journals: the other branch of a fork, and what tills handed back. Never dropped; those
that the office's own journal carries are folded with it."""

writer = Table(
    "writer",
    metadata,
    Column("id", _text(32), primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("branch", _text(64), nullable=False),
    Column("name", _text(200), nullable=False),
    Column("key", _text(64), nullable=False),
    Column("box", _text(64), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", _text(64), nullable=False),
    Column("state", _text(8), nullable=False),
    Column("reason", _text(200), nullable=False),
)
"""Who writes which journal under which key, and the head that the office holds. One row an epoch."""

enrol_code = Table(
    "enrol_code",
    metadata,
    Column("secret_hash", _text(64), primary_key=True),
    Column("branch", _text(64), nullable=False),
    Column("name", _text(200), nullable=False),
    Column("again", _text(32)),
    Column("expires", _text(40), nullable=False),
    Column("used_by", _text(64)),
    Column("till", _text(32)),
    Column("epoch", BigInteger),
)
"""One-time codes, by the SHA-256 of their secret. `again`: the till that the code enrols anew."""

account = Table(
    "account",
    metadata,
    Column("number", _text(64), primary_key=True),
    Column("branch", _text(64), nullable=False),
    Column("branches", _text(), nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("facts", LargeBinary, nullable=False),
)
"""The fold of each account: its recent facts. `branch` opened it; `branches` (spaces between) get its entries in their
feeds; `last` is the position of the last entry about it. What was sealed (common.account.history) is in the journal."""

serves = Table(
    "serves",
    metadata,
    Column("branch", _text(64), primary_key=True),
    Column("account", _text(64), primary_key=True),
    sqlite_with_rowid=False,
)
"""`account.branches` the other way round."""

listed = Table(
    "listed",
    metadata,
    Column("account", _text(64), primary_key=True),
    Column("report", _text(16), primary_key=True),
    Column("branch", _text(64), nullable=False),
    Index("listed_report", "report", "branch", "account"),
    sqlite_with_rowid=False,
)
"""Which lists over accounts (common.reports.accounts.AccountList) have an account that `branch` opened: nearly all are
in none."""

card = Table(
    "card",
    metadata,
    Column("serial", _text(32), primary_key=True),
    Column("account", _text(64), primary_key=True),
    Column("issue", _Number, nullable=False),
    Column("state", _text(16), nullable=False),
    sqlite_with_rowid=False,
)

vend = Table(
    "vend",
    metadata,
    Column("job", _text(64), primary_key=True),
    Column("account", _text(64), primary_key=True),
    Column("writer", _text(32), nullable=False),
    Column("receipt", _text(64)),
    Column("energy", BigInteger, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("at", _text(40), nullable=False),
    Column("state", _text(16), nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    *_line_end(),
    Index("vend_at", "writer", "at"),
    Index("vend_receipt", "receipt"),
    sqlite_with_rowid=False,
)
"""Every sale, in doubt and voided ones too (`state`). `epoch` and `seq` are the place of its start in its writer's
journal; `at` is its time by the writer's own clock."""

movement = Table(
    "movement",
    metadata,
    Column("job", _text(64), primary_key=True),
    Column("account", _text(64), primary_key=True),
    Column("writer", _text(32), nullable=False),
    Column("receipt", _text(64)),
    Column("energy", BigInteger, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("at", _text(40), nullable=False),
    Column("state", _text(16), nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    *_line_end(),
    Index("movement_at", "writer", "at"),
    Index("movement_receipt", "receipt"),
    Index("movement_for_job", "for_job"),
    sqlite_with_rowid=False,
)
"""All else that reports count, as `vend` has sales: make-ups, reversals, cards given out, refunds, arrears paid. A row
of either is a common.reports.line.Line."""

total = Table(
    "total",
    metadata,
    Column("day", _text(10), primary_key=True),
    Column("branch", _text(64), primary_key=True),
    Column("writer", _text(32), primary_key=True),
    Column("clerk", _text(64), primary_key=True),
    Column("tariff_class", _text(64), primary_key=True),
    Column("payment", _text(32), primary_key=True),
    Column("kind", _text(16), primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("energy", BigInteger, nullable=False),
    Column("money_credit", BigInteger, nullable=False),
    Column("money", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""What `vend` and `movement` add up to by the utility's days, kept as they change (syncserver.store.totals)."""

counted = Table(
    "counted",
    metadata,
    Column("writer", _text(32), primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""The last place in each writer's journals that a line begins at."""

shift = Table(
    "shift",
    metadata,
    Column("writer", _text(32), primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("at", _text(40), nullable=False),
    Column("hash", _text(64), nullable=False),
    Column("value", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""Every entry that opened or closed a shift: `value` is its body as JSON."""

utility = Table(
    "utility",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("value", LargeBinary, nullable=False),
)
"""The latest word about who the utility is: one row."""

clock = Table(
    "clock",
    metadata,
    Column("writer", _text(32), primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("ahead_ms", BigInteger),
    Column("set_ms", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""What each writer's journal says about its own clock (common.clock.ClockWord)."""

decision = Table(
    "decision",
    metadata,
    Column("key", _text(200), primary_key=True),
    Column("account", _text(64), primary_key=True),
    Column("rule", _text(32), nullable=False),
    Column("type", _text(32), nullable=False),
    Column("state", _text(16), nullable=False),
    Column("value", LargeBinary, nullable=False),
    Index("decision_account", "account"),
    Index("decision_state", "state", "account", "key"),
)
"""The rules' decisions in force. `state` of a case: `open`, `decided` by a person, or only `reported`; of others
`in_force`."""

tariff = Table(
    "tariff",
    metadata,
    Column("name", _text(64), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
"""Every tariff version."""

allotment = Table(
    "allotment",
    metadata,
    Column("serial", _text(32), primary_key=True),
    Column("branch", _text(64), nullable=False),
    Index("allotment_branch", "branch"),
)
"""Which branch each card was allotted to."""

feed = Table(
    "feed",
    metadata,
    Column("position", _Position, primary_key=True, autoincrement=False),
    Column("scope", _text(64), nullable=False),
    Column("entry", BigInteger, nullable=False),
    Column("count", _Number, nullable=False),
    Index("feed_scope", "scope", "position"),
)
"""What each scope ("*", a branch, a till) is to hear, in order. A row is a run: feed positions from `position` on are
the journal's entries from position `entry` on, `count` of them, as long as runs can be.

The feed counts for itself: a branch that first writes about an account hears the account's older entries too.
"""

finder = Table(
    "finder",
    metadata,
    Column("kind", _text(8), primary_key=True),
    Column("term", _text(200), primary_key=True),
    Column("account", _text(64), primary_key=True),
    Index("finder_account", "account"),
    sqlite_with_rowid=False,
)
"""By what accounts are found (syncserver.office.finding). It follows the journals up to the position that `meta` has
under `finder`; without both it is made anew."""

meta = Table(
    "meta",
    metadata,
    Column("name", _text(64), primary_key=True),
    Column("value", _text(), nullable=False),
)

signed_in = Table(
    "signed_in",
    metadata,
    Column("key", _text(64), primary_key=True),
    Column("who", _text(32), nullable=False),
    Column("password", _text(), nullable=False),
    Column("began", _text(40), nullable=False),
    Column("used", _text(40), nullable=False),
    Column("form", _text(64), nullable=False),
    Column("notice", LargeBinary, nullable=False),
    Index("signed_in_used", "used"),
)
"""Who is signed in to the pages (syncserver.store.signing_in)."""

attempt = Table(
    "attempt",
    metadata,
    Column("name", _text(), primary_key=True),
    Column("wrong", BigInteger, nullable=False),
    Column("last", _text(40), nullable=False),
    Index("attempt_last", "last"),
)
"""Names for which a wrong password was given."""

version = Table("alembic_version", metadata, Column("version_num", _text(32), primary_key=True))
"""Which of the migrations this database has seen (syncserver.store.schema). Alembic's own name."""
