"""Printers. One original a receipt: a printer is told its number and may be told twice."""

import os
from pathlib import Path
from typing import Protocol


class PrinterFailed(Exception):
    """The receipt did not come out; it stays in the queue.

    Attributes:
        reason: what the printer or its system says.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Printer(Protocol):
    """Where receipts go."""

    def put(self, number: str, copy: int, text: str) -> None:
        """Print. The same original again, after a crash between paper and queue, must not make a second one where the
        printer can tell.

        Raises:
            PrinterFailed: see there.
        """


class FilePrinter:
    """Prints into a folder, a file a receipt: for a till without a printer, and for tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, number: str, copy: int, text: str) -> None:
        """Write the receipt's file; the same receipt again replaces it by itself."""
        name = f"{number}.txt" if copy == 0 else f"{number}-copy-{copy}.txt"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            partial = self.folder / f".{name}.part"
            partial.write_text(text, encoding="utf-8")
            os.replace(partial, self.folder / name)
        except OSError as error:
            raise PrinterFailed(error.strerror or str(error)) from error
