"""Lists over accounts and the register of receipts read what is in them, and not all that there ever was."""

from itertools import islice

import sqlalchemy as sa
from alembic import op

from common.account import unpack
from common.reports.accounts import lists_of
from syncserver.store.rows import streamed

revision = "0003"
down_revision = "0002"

_BATCH = 1_000


def upgrade() -> None:
    """A read model, filled from the accounts' facts as taking entries in fills it, and what receipts are found by."""
    listed = op.create_table(
        "listed",
        sa.Column("account", sa.String(64), primary_key=True),
        sa.Column("report", sa.String(16), primary_key=True),
        sa.Column("branch", sa.String(64), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("listed_report", "listed", ["report", "branch", "account"])
    op.create_index("vend_receipt", "vend", ["receipt"])
    op.create_index("movement_receipt", "movement", ["receipt"])
    op.create_index("movement_for_job", "movement", ["for_job"])
    account = sa.table("account", sa.column("number"), sa.column("branch"), sa.column("facts"))
    rows = (
        {"account": row.number, "report": report.value, "branch": row.branch}
        for row in streamed(op.get_bind(), sa.select(account.c.number, account.c.branch, account.c.facts))
        for report in lists_of(unpack(row.facts))
    )
    while batch := list(islice(rows, _BATCH)):
        op.bulk_insert(listed, batch)
