"""The tables. `entry` and `setting` are the truth; the others can be dropped and folded again (rebuild.py)."""

from sqlite_utils import Database

VERSION = 1
"""Kept in the file as SQLite's user_version."""

READ_MODELS = ("account", "history", "card", "purchase", "open_job", "tariff", "card_key", "stock", "writer")
"""Tables that are functions of the entries."""

FOLDED_SETTINGS = ("owner", "utility", "lease", "lease_at", "revoked", "totals", "accounts_opened")
"""Settings that are functions of the entries."""


def create(db: Database) -> None:
    """Make the tables in an empty database."""
    db.table("entry").create(
        {
            "writer": str, "epoch": int, "seq": int, "hash": str, "signature": bytes, "raw": bytes, "account": str,
            "job": str,
        },
        pk=("writer", "epoch", "seq"), not_null={"hash", "signature", "raw"},
    )  # fmt: skip
    db.execute("CREATE INDEX entry_job ON entry(job) WHERE job IS NOT NULL")
    db.table("setting").create({"name": str, "value": bytes}, pk="name")
    db.table("spool").create({"receipt": str, "job": str, "printed": int, "copies": int}, pk="receipt")
    db.execute("CREATE INDEX spool_queued ON spool(receipt) WHERE printed = 0")
    create_read_models(db)
    db.execute(f"PRAGMA user_version = {VERSION}")


def create_read_models(db: Database) -> None:
    """Make the tables that are folded from the entries, empty."""
    db.table("account").create({"number": str, "name": str, "meter": str, "facts": bytes}, pk="number")
    db.table("history").create({"account": str, "job": str, "value": bytes}, pk=("account", "job"))
    db.table("card").create({"serial": str, "account": str}, pk="serial")
    db.table("purchase").create(
        {
            "job": str, "account": str, "writer": str, "at": str, "energy": int, "amount": int, "receipt": str,
            "state": str, "own_seq": int,
        },
        pk="job",
    )  # fmt: skip
    db.table("purchase").create_index(["account", "at"])
    db.execute("CREATE INDEX purchase_own ON purchase(own_seq) WHERE own_seq IS NOT NULL")
    db.table("open_job").create({"job": str, "card": str, "account": str}, pk="job")
    db.table("open_job").create_index(["card"])
    db.table("tariff").create({"tariff": str, "value": bytes}, pk="tariff")
    db.table("card_key").create({"serial": str, "sealed": str}, pk="serial")
    db.table("stock").create({"serial": str, "used": int}, pk="serial")
    db.table("writer").create({"writer": str, "epoch": int, "branch": str, "key": str}, pk=("writer", "epoch"))
