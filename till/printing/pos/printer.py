"""A receipt printer: asked whether it can, sent the sheet, asked whether it has."""

import time
from typing import NamedTuple

from till.printing.pos.device import Device, open_device
from till.printing.pos.encode import encode
from till.printing.pos.status import (
    ASK_END,
    ASK_OFFLINE,
    ASK_PAPER,
    ASK_PRINTER,
    ASK_TYPE,
    QUIET,
    has_letters,
    is_end,
    is_offline,
    is_paper_out,
    real_time,
    why_offline,
)
from till.printing.printer import PrintedInDoubt, PrinterFailed, Trouble
from till.printing.receipt import Receipt
from till.printing.setup import Answers, Letters, PrinterKind, PrinterSetup

_CHUNK = 1_024
_END_SECONDS = 30.0
"""How long a printer that is in order may take for one sheet."""


class PosPrinter:
    """An ESC/POS printer."""

    repeatable = False

    def __init__(self, setup: PrinterSetup) -> None:
        self._setup = setup
        self.name = setup.name
        self.languages = setup.languages

    def put(self, receipt: Receipt) -> None:
        """Print a sheet."""
        opens = self._setup.drawer and receipt.cash and receipt.copy == 0
        data = encode(receipt, self._setup, open_drawer=opens)
        began = False
        try:
            with open_device(self._setup) as device:
                if self._setup.answers is not Answers.NONE:
                    device.write(QUIET)
                    _check(device)
                began = True
                for start in range(0, len(data), _CHUNK):
                    device.write(data[start : start + _CHUNK])
                self._wait_for_end(device)
        except PrinterFailed as failed:
            if began:
                raise PrintedInDoubt(failed.reason, receipt.number) from failed
            raise
        except OSError as error:
            if began:
                raise PrintedInDoubt(Trouble.OFF, receipt.number) from error
            raise PrinterFailed(Trouble.OFF) from error

    def _wait_for_end(self, device: Device) -> None:
        """Until the printer says that it is done, as far as it says anything. Raises PrinterFailed: what stops it."""
        if self._setup.answers is Answers.STATUS:
            _check(device)
        if self._setup.answers is not Answers.END:
            return
        device.heard.clear()
        device.write(ASK_END)
        until = time.monotonic() + _END_SECONDS
        device.read()
        while not is_end(device.heard):
            trouble = _trouble(device)
            if trouble not in (None, Trouble.SILENT) or time.monotonic() > until:
                raise PrinterFailed(trouble or Trouble.SILENT)


class Found(NamedTuple):
    """What a printer is found to be able to."""

    answers: Answers
    letters: Letters


def find_out(setup: PrinterSetup) -> Found:
    """Ask a printer what it says of itself, and whether it has Chinese letters. One that says nothing is sent pictures.

    Raises:
        PrinterFailed: there is no way to it, or it says that something is wrong.
    """
    try:
        with open_device(setup) as device:
            if setup.kind is PrinterKind.FILE:  # which is written alone
                return Found(Answers.NONE, Letters.IMAGE)
            device.write(QUIET)
            if _ask(device, ASK_PRINTER) is None:
                return Found(Answers.NONE, Letters.IMAGE)
            _check(device)
            device.write(ASK_END)
            if not is_end(device.read()):
                return Found(Answers.STATUS, Letters.IMAGE)
            device.write(ASK_TYPE)
            return Found(Answers.END, Letters.GB18030 if has_letters(device.read()) else Letters.IMAGE)
    except OSError as error:
        raise PrinterFailed(Trouble.OFF) from error


def _check(device: Device) -> None:
    """Raises PrinterFailed when the printer says that it cannot print, or says nothing."""
    trouble = _trouble(device)
    if trouble is not None:
        raise PrinterFailed(trouble)


def _trouble(device: Device) -> Trouble | None:
    printer = _ask(device, ASK_PRINTER)
    if printer is None:
        return Trouble.SILENT
    if is_offline(printer):
        offline = _ask(device, ASK_OFFLINE)
        return Trouble.OFFLINE if offline is None else why_offline(offline)
    paper = _ask(device, ASK_PAPER)
    return Trouble.PAPER_OUT if paper is not None and is_paper_out(paper) else None


def _ask(device: Device, what: bytes) -> int | None:
    device.write(what)
    return real_time(device.read())
