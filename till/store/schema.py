"""The tables. `entry`, `base` and `setting` are the truth; the others can be dropped and folded again (rebuild.py)."""

from sqlite_utils import Database

VERSION = 2
"""Kept in the file as SQLite's user_version. 2: the table `sheet` in the place of the setting `printed`; `voided`."""

READ_MODELS = (
    "account",
    "person",
    "history",
    "card",
    "tariff",
    "meter_model",
    "card_key",
    "sealed",
    "stock",
    "writer",
    "clerk",
    "clerk_pin",
    "clerk_try",
    "shift",
)
"""Tables that are functions of the entries."""

FOLDED_SETTINGS = (
    "utility",
    "lease",
    "lease_at",
    "revoked",
    "standing_seq",
    "totals",
    "numbers",
    "clock_offset",
    "open_jobs",
    "signed_in",
    "shift",
)
"""Settings that are functions of the entries."""


# Every page that a commit changes is written twice, so the tables that each vend changes have one B-tree each where
# they can: an integer key, or no rowid (sqlite.org/withoutrowid.html), which sqlite-utils cannot ask for.


def create(db: Database) -> None:
    """Make the tables in an empty database."""
    db.table("journal").create({"number": int, "writer": str, "epoch": int, "aside": int}, pk="number")
    db.table("journal").create_index(["writer", "epoch", "aside"], unique=True)
    db.table("entry").create(
        {"id": int, "hash": str, "signature": bytes, "raw": bytes, "started": str},
        pk="id",
        not_null={"hash", "signature", "raw"},
    )
    db.execute("CREATE UNIQUE INDEX entry_started ON entry(started) WHERE started IS NOT NULL")
    db.execute("CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB) STRICT, WITHOUT ROWID")
    db.table("receipt").create({"number": int, "job": str, "ended": int, "copies": int}, pk="number")
    _create_spool(db)
    _create_voided(db)
    db.table("moved").create({"account": str, "generation": int}, pk="account")
    db.table("attempt").create(
        {"id": int, "at": str, "reader": str, "card": str, "kind": str, "ms": int, "error": str}, pk="id"
    )
    # What a snapshot says of accounts: the truth about what came before the entries that are here.
    db.table("base").create({"account": str, "position": int, "facts": bytes, "outdated": int}, pk="account")
    create_read_models(db)
    db.execute(f"PRAGMA user_version = {VERSION}")


def upgrade(db: Database, version: int) -> None:
    """Bring the tables of an older version to this one; nothing is lost. Expects an open transaction."""
    if version < 2:
        if not db.table("shift").exists():  # of before the first release
            _create_shift(db)
        _create_spool(db)
        _create_voided(db)
        db.execute(
            "INSERT INTO sheet (kind, number, copy, state, printer, reason, content)"
            " SELECT 'receipt', json_extract(CAST(owner.value AS TEXT), '$.till') || '-' || printf('%08d', number),"
            " 0, 'waiting', '', '', x''"
            " FROM receipt, setting AS owner WHERE owner.name = 'owner'"
            " AND number > coalesce((SELECT CAST(value AS TEXT) + 0 FROM setting WHERE name = 'printed'), 0)"
            " ORDER BY number"
        )
        db.execute("DELETE FROM setting WHERE name = 'printed'")
    db.execute(f"PRAGMA user_version = {VERSION}")


def _create_shift(db: Database) -> None:
    db.table("shift").create({"number": int, "value": bytes}, pk="number")


def _create_spool(db: Database) -> None:
    db.table("sheet").create(
        {
            "id": int,
            "kind": str,
            "number": str,
            "copy": int,
            "state": str,
            "printer": str,
            "reason": str,
            "content": bytes,
        },
        pk="id",
    )


def _create_voided(db: Database) -> None:
    db.table("voided").create({"number": int, "instead": int}, pk="number")


def create_read_models(db: Database) -> None:
    """Make the tables that are folded from the entries, empty."""
    db.table("account").create({"number": str, "facts": bytes}, pk="number")
    # What accounts are searched by, apart from their facts: a search reads all of it.
    db.table("person").create(
        {"number": str, "name": str, "initials": str, "phone": str, "meter": str, "frozen": int}, pk="number"
    )
    db.execute(
        "CREATE TABLE history (account TEXT, count INTEGER, job TEXT, at TEXT, value BLOB,"
        " PRIMARY KEY (account, count, job))"
        " STRICT, WITHOUT ROWID"
    )
    db.table("card").create({"serial": str, "account": str, "used": int, "since": str}, pk="serial")
    db.table("tariff").create({"tariff": str, "value": bytes}, pk="tariff")
    db.table("meter_model").create({"model": str, "value": bytes}, pk="model")
    db.table("card_key").create({"serial": str, "batch": str}, pk="serial")
    db.table("sealed").create({"batch": str, "value": str}, pk="batch")
    db.table("stock").create({"serial": str}, pk="serial")
    db.table("writer").create({"writer": str, "epoch": int, "branch": str, "key": str}, pk=("writer", "epoch"))
    db.table("clerk").create({"clerk": str, "value": bytes}, pk="clerk")
    db.table("clerk_try").create({"credential": str, "tries": int}, pk="credential")
    _create_shift(db)
    db.table("clerk_pin").create({"credential": str, "pin": str}, pk="credential")
