"""Runs the command line."""

from till.cli import accounts, cards, clerks, gui, history, journal, meters, office, readers, selling, simulator
from till.cli.app import app

COMMANDS = (accounts, cards, clerks, gui, meters, selling, office, journal, history, readers, simulator)
"""Importing these registers their commands."""


def main() -> None:
    """The `till` command."""
    app()
