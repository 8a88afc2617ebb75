"""Who is signed in to the pages, and who tried in vain, is in the database: every process of the server knows."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Two tables more."""
    op.create_table(
        "signed_in",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("who", sa.String(32), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("began", sa.String(40), nullable=False),
        sa.Column("used", sa.String(40), nullable=False),
        sa.Column("form", sa.String(64), nullable=False),
        sa.Column("notice", sa.LargeBinary(), nullable=False),
    )
    op.create_index("signed_in_used", "signed_in", ["used"])
    op.create_table(
        "attempt",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("wrong", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.String(40), nullable=False),
    )
    op.create_index("attempt_last", "attempt", ["last"])
