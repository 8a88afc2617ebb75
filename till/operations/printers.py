"""Which printer the till has: set, asked what it can, tried."""

import re
from collections.abc import Callable
from pathlib import Path

import msgspec

from till.operations.desk import Desk
from till.operations.receipts import page_of
from till.operations.refusals import BadField
from till.printing.layout import COLUMNS
from till.printing.printer import FilePrinter, Printer
from till.printing.setup import PrinterKind, PrinterSetup
from till.printing.trial import trial_page
from till.printing.turn import printing
from till.printing.words import LANGUAGES
from till.store import Store

_NAME = "printer"
_ADDRESSES = {
    PrinterKind.NONE: r"",
    PrinterKind.NETWORK: r"[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?",
    PrinterKind.USB: r"[0-9a-fA-F]{1,4}:[0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,2}:[0-9a-fA-F]{1,2})?",
    PrinterKind.SERIAL: r"/\S+",
    PrinterKind.FILE: r"/\S+",
    PrinterKind.PDF: r"/.+",
}


def printer_setup(store: Store) -> PrinterSetup:
    """Which printer the till has; of the kind NONE before one was set."""
    return store.setting(_NAME, PrinterSetup) or PrinterSetup()


def printer_of(setup: PrinterSetup, folder: Path) -> Printer:
    """The printer that was set.

    Args:
        folder: where sheets go when there is none.
    """
    if setup.kind is PrinterKind.NONE:
        return FilePrinter(folder, setup.languages)
    # Imported here: the libraries take as long to load as a whole command without them.
    if setup.kind is PrinterKind.PDF:
        from till.printing.pdf import PdfPrinter

        return PdfPrinter(Path(setup.address), setup.languages)
    from till.printing.pos.printer import PosPrinter

    return PosPrinter(setup)


def ask_printer(setup: PrinterSetup) -> PrinterSetup:
    """The same printer, with what it says of itself: what it answers, and whether it has Chinese letters.

    Raises:
        BadField: the setup cannot be.
        PrinterFailed: there is no way to it, or something is wrong with it.
    """
    check_setup(setup)
    if setup.kind in (PrinterKind.NONE, PrinterKind.PDF):
        return setup
    from till.printing.pos.printer import find_out

    found = find_out(setup)
    return msgspec.structs.replace(setup, answers=found.answers, letters=found.letters)


def set_printer(store: Store, setup: PrinterSetup) -> None:
    """Print there from now on. What waits, goes there too.

    Raises:
        BadField: the setup cannot be; nothing was changed.
    """
    check_setup(setup)
    store.set_setting(_NAME, setup)


def try_printer(desk: Desk, printer: Printer, setup: PrinterSetup) -> None:
    """Print a page that shows whether letters, width and languages are right.

    Raises:
        PrinterFailed: see there.
    """
    with printing(desk.store.path):
        printer.put(trial_page(page_of(desk, printer.languages), setup, desk.now()))


def check_setup(setup: PrinterSetup) -> None:
    """Raises BadField: the address, the paper or a language cannot be."""
    refused: dict[str, tuple[str, Callable[[], bool]]] = {
        "address": ("printer_address", lambda: re.fullmatch(_ADDRESSES[setup.kind], setup.address) is not None),
        "paper": ("printer_paper", lambda: setup.paper in COLUMNS),
        "languages": (
            "printer_languages",
            lambda: 0 < len(setup.languages) <= len(LANGUAGES) and set(setup.languages) <= set(LANGUAGES),
        ),
    }
    for field, (reason, holds) in refused.items():
        if not holds():
            raise BadField(field, reason)
