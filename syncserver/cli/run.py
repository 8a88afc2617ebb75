"""Runs the command line."""

from syncserver.cli import audits, office, supplies, tills
from syncserver.cli.app import app

COMMANDS = (office, tills, supplies, audits)
"""Importing these registers their commands."""


def main() -> None:
    """The `syncserver` command."""
    app()
