"""`till receipt`: print what waits, a copy, and say of a sheet in question whether it came out."""

from pathlib import Path
from typing import Annotated

import typer

from till.cli.app import Group, app, emit, err, say, session
from till.cli.approving import By, Pin, Reason
from till.messages import word
from till.operations.clerks import Supervisor
from till.operations.desk import Desk
from till.operations.receipts import came_out, copy_as_pdf, did_not_come_out, print_queued, questions, reprint
from till.operations.void_receipt import void_receipt
from till.printing.printer import PrinterFailed
from till.printing.words import BOTH
from till.store import Sheet

receipts = Group(help="Receipts: print what waits, print a copy.", no_args_is_help=True)
app.add_typer(receipts, name="receipt")

Languages = Annotated[list[str] | None, typer.Option("--language", help="Of the receipt; give it twice for both.")]
Number = Annotated[str, typer.Argument(help="The receipt's number.")]


@receipts.command("print")
def print_(ctx: typer.Context) -> None:
    """Print the receipts that wait."""
    with session(ctx).desk() as desk:
        printed = print_queued(desk, session(ctx).printer(desk.store))
        asked = questions(desk)
    emit(ctx, printed, *(printed or [say(ctx, "sell.no_receipt_waits")]))
    _ask(ctx, asked)


@receipts.command("reprint")
def reprint_(ctx: typer.Context, number: Number) -> None:
    """Print a copy; it says COPY and which."""
    with session(ctx).desk() as desk:
        copy = reprint(desk, session(ctx).printer(desk.store), number)
    emit(ctx, {"receipt": number, "copy": copy}, say(ctx, "sell.copied", copy=copy, receipt=number))


@receipts.command("void")
def void(ctx: typer.Context, number: Number, by: By, reason: Reason, pin: Pin = "") -> None:
    """Give a receipt another number, as its paper was spoiled. Both stay in the journal; the new one is printed."""
    with session(ctx).desk() as desk:
        voided = void_receipt(desk, number, Supervisor(clerk=by, pin=pin, reason=reason))
        print_what_waits(ctx, desk)
    emit(ctx, voided, say(ctx, "sell.voided", receipt=number, instead=voided.instead))


@receipts.command("pdf")
def pdf(
    ctx: typer.Context,
    number: Number,
    folder: Annotated[Path, typer.Argument(help="Where to.")] = Path(),
    language: Languages = None,
) -> None:
    """Write a copy as a PDF file, A5; it says COPY and which."""
    with session(ctx).desk() as desk:
        written = copy_as_pdf(desk, number, folder, tuple(language or BOTH))
    emit(ctx, {"receipt": number, "file": str(written)}, str(written))


@receipts.command("questions")
def questions_(ctx: typer.Context) -> None:
    """Receipts of which nobody knows whether they came out: the printer, or the machine, stopped in the middle."""
    with session(ctx).desk() as desk:
        asked = questions(desk)
    emit(ctx, asked, *([_question(ctx, sheet) for sheet in asked] or [say(ctx, "sell.no_receipt_waits")]))


@receipts.command("settle")
def settle(
    ctx: typer.Context,
    out: Annotated[
        bool, typer.Option("--out/--not-out", help="Whether the paper is there, and whole; else a copy is printed.")
    ],
    number: Annotated[str, typer.Argument(help="The receipt's; with --out, else all that there are.")] = "",
) -> None:
    """Say whether a receipt in question came out. The original is never printed again: a copy is, and says so."""
    with session(ctx).desk() as desk:
        if out and not number:
            names = [sheet.name for sheet in questions(desk)]
            for name in names:
                came_out(desk, name)
            emit(ctx, names, *(say(ctx, "sell.settled", number=name) for name in names))
        elif out:
            came_out(desk, number)
            emit(ctx, {"receipt": number, "copy": 0}, say(ctx, "sell.settled", number=number))
        else:
            copy = did_not_come_out(desk, session(ctx).printer(desk.store), number)
            emit(ctx, {"receipt": number, "copy": copy}, say(ctx, "sell.copied", copy=copy, receipt=number))


def print_what_waits(ctx: typer.Context, desk: Desk) -> list[str]:
    """Print after something was sold. That is told whatever the printer does, and then why it does not print."""
    run = session(ctx)
    try:
        return print_queued(desk, run.printer(desk.store))
    except PrinterFailed as failed:
        run.unprinted = failed
        return []


def _ask(ctx: typer.Context, asked: list[Sheet]) -> None:
    if not session(ctx).json:
        for sheet in asked:
            err.print(_question(ctx, sheet), style="yellow", markup=False)


def _question(ctx: typer.Context, sheet: Sheet) -> str:
    return say(ctx, "sell.question", number=sheet.name, reason=word(sheet.reason, session(ctx).lang))
