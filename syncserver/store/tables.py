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
)

metadata = MetaData()

journal = Table(
    "journal",
    metadata,
    Column("writer", String(32), primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("position", BigInteger, nullable=False, unique=True),
    Column("hash", String(64), nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("type", String(64), nullable=False),
    Column("account", String(64)),
    Index("journal_account", "account", "position"),
)
"""Every entry as its writer signed it. `position` is the order in which the office took them in, from 1, no gaps."""

fork = Table(
    "fork",
    metadata,
    Column("writer", String(32), primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("hash", String(64), primary_key=True),
    Column("signature", LargeBinary, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("carried", Boolean, nullable=False),
)
"""Entries beside their writers' journals: the other branch of a fork, and what tills handed back. Never dropped; those
that the office's own journal carries are folded with it."""

writer = Table(
    "writer",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("branch", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("key", String(64), nullable=False),
    Column("box", String(64), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("state", String(8), nullable=False),
    Column("reason", String(200), nullable=False),
)
"""Who writes which journal under which key, and the head that the office holds. One row an epoch."""

enrol_code = Table(
    "enrol_code",
    metadata,
    Column("secret_hash", String(64), primary_key=True),
    Column("branch", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("again", String(32)),
    Column("expires", String(40), nullable=False),
    Column("used_by", String(64)),
    Column("till", String(32)),
    Column("epoch", BigInteger),
)
"""One-time codes, by the SHA-256 of their secret. `again`: the till that the code enrols anew."""

account = Table(
    "account",
    metadata,
    Column("number", String(64), primary_key=True),
    Column("branch", String(64), nullable=False),
    Column("branches", String, nullable=False),
    Column("facts", LargeBinary, nullable=False),
)
"""The fold of each account. `branch` opened it; `branches` (spaces between) get its entries in their feeds."""

history = Table(
    "history",
    metadata,
    Column("account", String(64), primary_key=True),
    Column("count", BigInteger, primary_key=True),
    Column("job", String(64), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
"""What of an account's facts is settled for good (common.account.history)."""

card = Table(
    "card",
    metadata,
    Column("serial", String(32), primary_key=True),
    Column("account", String(64), primary_key=True),
    Column("issue", Integer, nullable=False),
    Column("state", String(16), nullable=False),
)

vend = Table(
    "vend",
    metadata,
    Column("job", String(64), primary_key=True),
    Column("account", String(64), primary_key=True),
    Column("writer", String(32), nullable=False),
    Column("receipt", String(64)),
    Column("energy", BigInteger, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("at", String(40), nullable=False),
    Column("state", String(16), nullable=False),
)

allotment = Table(
    "allotment",
    metadata,
    Column("serial", String(32), primary_key=True),
    Column("branch", String(64), nullable=False),
    Index("allotment_branch", "branch"),
)
"""Which branch each card was allotted to."""

feed = Table(
    "feed",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("scope", String(64), nullable=False),
    Column("entry", BigInteger, nullable=False),
    Index("feed_scope", "scope", "position"),
)
"""What each scope ("*", a branch, a till) is to hear, in order. `entry` is the entry's position in the journal table.

The feed counts for itself: a branch that first writes about an account hears the account's older entries too.
"""

meta = Table(
    "meta",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", String, nullable=False),
)
