"""Runs the command line: every error that a person can meet becomes a message in words and an exit code."""

import os
import sys

import click
import msgspec
import typer

from common.admission import Refused
from common.chain import ChainError
from common.enrolment import BadCode
from common.sealing import SealBroken
from common.units import BadAmount
from till.cards.errors import CardError
from till.cli import accounts, cards, journal, office, selling, simulator
from till.cli.app import app, err
from till.journal.errors import JournalError
from till.messages import explain
from till.operations.refusals import LeftInDoubt, NothingWritten
from till.printing.printer import PrinterFailed
from till.store.errors import StoreError
from till.sync.errors import SyncError

COMMANDS = (accounts, cards, selling, office, journal, simulator)
"""Importing these registers their commands."""

EXPLAINED = (
    Refused,
    CardError,
    NothingWritten,
    LeftInDoubt,
    StoreError,
    JournalError,
    SyncError,
    PrinterFailed,
    ChainError,
    BadCode,
    BadAmount,
    SealBroken,
)
"""Errors that a clerk can meet. Anything else is a fault of ours and shows its traceback."""

REFUSED, FAILED = 3, 4
"""Exit codes: nothing was done; something failed and the message says what it left."""


def main() -> None:
    """The `till` command."""
    try:
        code = app(standalone_mode=False)
    except EXPLAINED as error:
        code = _report(error)
    except click.exceptions.Abort:
        code = 130
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    sys.exit(code if isinstance(code, int) else 0)


def _report(error: Exception) -> int:
    # The session is gone by now; what it was told is still in the arguments.
    language = _option("--lang") or os.environ.get("KILOTILL_LANG", "en")
    explanation = explain(error, language)
    if "--json" in sys.argv:
        typer.echo(msgspec.json.encode({"refused": explanation, "facts": _facts(error)}).decode())
    else:
        err.print(f"[bold red]{explanation.what}[/]", f"{explanation.safe}\n{explanation.next}", sep="\n")
    return REFUSED if isinstance(error, Refused) else FAILED


def _option(name: str) -> str | None:
    for place, word in enumerate(sys.argv):
        if word == name and place + 1 < len(sys.argv):
            return sys.argv[place + 1]
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
    return None


def _facts(error: Exception) -> dict[str, object]:
    return {key: value if isinstance(value, str | int | None) else str(value) for key, value in vars(error).items()}
