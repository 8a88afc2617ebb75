"""Runs the command line."""

from syncserver.cli import audits, cases, clerks, office, reports, supplies, tills
from syncserver.cli.app import app

COMMANDS = (office, tills, clerks, supplies, cases, reports, audits)
"""Importing these registers their commands."""


def main() -> None:
    """The `syncserver` command."""
    app()
