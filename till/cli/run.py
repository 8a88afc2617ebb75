"""Runs the command line."""

from till.cli import (
    accounts,
    backup,
    bundle,
    cards,
    clerks,
    gui,
    history,
    journal,
    keys,
    meters,
    mirror,
    office,
    printers,
    readers,
    receipts,
    reports,
    selling,
    shifts,
    simulator,
)
from till.cli.app import app

COMMANDS = (
    accounts,
    cards,
    clerks,
    gui,
    meters,
    selling,
    receipts,
    printers,
    shifts,
    reports,
    office,
    bundle,
    mirror,
    backup,
    keys,
    journal,
    history,
    readers,
    simulator,
)
"""Importing these registers their commands."""


def main() -> None:
    """The `till` command."""
    app()
