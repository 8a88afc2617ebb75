"""`till printer`: which printer receipts go to."""

from typing import Annotated

import msgspec
import typer

from till.cli.app import Group, app, emit, figures, say, session
from till.operations.opening import TillFolder
from till.operations.printers import ask_printer, printer_of, printer_setup, set_printer, try_printer
from till.printing.setup import Answers, Letters, PrinterKind, PrinterSetup
from till.printing.words import BOTH

group = Group(help="The receipt printer: set it, try it.", no_args_is_help=True)
app.add_typer(group, name="printer")

Kind = Annotated[PrinterKind, typer.Argument(help="How it is reached; none: text files.")]
Address = Annotated[
    str,
    typer.Argument(
        help="network HOST[:PORT]; usb VENDOR:PRODUCT[:IN:OUT], hexadecimal; serial, file: the device; pdf: a folder."
    ),
]
Paper = Annotated[int, typer.Option(help="Width of the paper, mm: 80 or 58.")]
Languages = Annotated[list[str] | None, typer.Option("--language", help="Of receipts; give it twice for both.")]
Cut = Annotated[bool, typer.Option("--cut/--no-cut", help="Whether it cuts.")]
Drawer = Annotated[bool, typer.Option("--drawer/--no-drawer", help="Whether the cash drawer hangs on it.")]
Chinese = Annotated[Letters | None, typer.Option(help="Chinese letters of its own, or pictures; else it is asked.")]
Said = Annotated[Answers | None, typer.Option("--answers", help="What it says of itself; else it is asked.")]
Qr = Annotated[bool, typer.Option("--native-qr/--drawn-qr", help="Whether it draws QR codes by itself.")]
Baud = Annotated[int, typer.Option(help="Of a serial line.")]


@group.command("set")
def set_(
    ctx: typer.Context,
    kind: Kind,
    address: Address = "",
    paper: Paper = 80,
    language: Languages = None,
    cut: Cut = True,
    drawer: Drawer = False,
    chinese: Chinese = None,
    answers: Said = None,
    native_qr: Qr = False,
    baud: Baud = 9_600,
) -> None:
    """Send receipts to this printer from now on. It is asked what it can, unless all of that is given."""
    setup = PrinterSetup(
        kind=kind,
        address=address,
        paper=paper,
        languages=tuple(language or BOTH),
        cut=cut,
        drawer=drawer,
        letters=chinese or Letters.IMAGE,
        answers=answers or Answers.NONE,
        native_qr=native_qr,
        baud=baud,
    )
    if chinese is None or answers is None:
        asked = ask_printer(setup)
        setup = msgspec.structs.replace(setup, letters=chinese or asked.letters, answers=answers or asked.answers)
    with session(ctx).desk() as desk:
        set_printer(desk.store, setup)
    emit(ctx, setup, *_told(ctx, setup))


@group.command("show")
def show(ctx: typer.Context) -> None:
    """Which printer receipts go to."""
    with session(ctx).store() as store:
        setup = printer_setup(store)
    emit(ctx, setup, *_told(ctx, setup))


@group.command("test")
def test(ctx: typer.Context) -> None:
    """Print a page that shows whether the printer is set right."""
    with session(ctx).desk() as desk:
        setup = printer_setup(desk.store)
        try_printer(desk, printer_of(setup, TillFolder(session(ctx).data).receipts), setup)
    emit(ctx, {"printer": setup.name}, say(ctx, "printer.tried"))


def _told(ctx: typer.Context, setup: PrinterSetup) -> list[str]:
    words = figures(ctx).words
    if setup.kind is PrinterKind.NONE:
        return [words("printer.none", folder=TillFolder(session(ctx).data).receipts)]
    can = [words(f"printer_letters.{setup.letters}"), words(f"printer_answers.{setup.answers}")]
    can += [words("printer.cut")] if setup.cut else []
    can += [words("printer.drawer")] if setup.drawer else []
    languages = " + ".join(setup.languages)
    return [words("printer.kind", name=setup.name, paper=setup.paper, languages=languages), *can]
