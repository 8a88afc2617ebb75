"""Printers: what the queue asks of one, and how it tells that it could not."""

import os
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from till.printing.layout import as_text
from till.printing.receipt import Receipt
from till.printing.words import BOTH


class Trouble(StrEnum):
    """What is wrong with a printer, as far as it says."""

    OFF = "printer_off"
    SILENT = "printer_silent"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    FAULT = "printer_fault"
    OFFLINE = "printer_offline"
    BUSY = "printer_busy"
    NO_LETTERS = "no_letters"


class PrinterFailed(Exception):
    """Nothing came out; what was to be printed stays in the queue.

    Attributes:
        reason: a Trouble, or what the system says.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PrintedInDoubt(PrinterFailed):
    """The printer stopped in the middle, or did not say that it came to the end: somebody has to look at the paper.

    Attributes:
        number: of the receipt; `reason` as in PrinterFailed.
    """

    def __init__(self, reason: str, number: str) -> None:
        super().__init__(reason)
        self.number = number


class Printer(Protocol):
    """Where receipts go.

    Attributes:
        name: which printer it is.
        languages: of what it prints.
        repeatable: whether the same sheet put a second time replaces the first: then no crash leaves anything to ask.
    """

    name: str
    languages: tuple[str, ...]
    repeatable: bool

    def put(self, receipt: Receipt) -> None:
        """Print one sheet. When this returns, it is out.

        Raises:
            PrintedInDoubt, PrinterFailed: see there.
        """


class FilePrinter:
    """Prints into a folder, a text file a sheet: for a till without a printer."""

    repeatable = True

    def __init__(self, folder: Path, languages: Sequence[str] = BOTH) -> None:
        self.folder = folder
        self.name = f"folder {folder}"
        self.languages = tuple(languages)

    def put(self, receipt: Receipt) -> None:
        """Write the sheet's file; the same sheet again replaces it."""
        write_sheet(self.folder / f"{receipt.name}.txt", as_text(receipt).encode())


def write_sheet(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        PrinterFailed: it is not there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.part")
        partial.write_bytes(content)
        os.replace(partial, path)
    except OSError as error:
        raise PrinterFailed(error.strerror or str(error)) from error
