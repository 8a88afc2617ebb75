"""Runs the command line."""

from till.cli import accounts, cards, clerks, history, journal, meters, office, selling, simulator
from till.cli.app import app

COMMANDS = (accounts, cards, clerks, meters, selling, office, journal, history, simulator)
"""Importing these registers their commands."""


def main() -> None:
    """The `till` command."""
    app()
