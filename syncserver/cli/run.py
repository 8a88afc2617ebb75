"""Runs the command line."""

from syncserver.cli import (
    audits,
    backup,
    bundle,
    cases,
    certificate,
    clerks,
    imports,
    keys,
    mirror,
    office,
    receipts,
    reports,
    stores,
    supplies,
    tills,
    users,
)
from syncserver.cli.app import app

COMMANDS = (
    office, tills, bundle, mirror, backup, keys, clerks, users, supplies, imports, cases, receipts, reports, audits,
    stores, certificate,
)  # fmt: skip
"""Importing these registers their commands."""


def main() -> None:
    """The `syncserver` command."""
    app()
