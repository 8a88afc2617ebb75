"""Receipts and the papers of a shift. What moves money has one original; a reprint says COPY and its number."""

from pathlib import Path

from msgspec import json

from common.account import details
from common.entries import StartedJob, UtilitySet, account_of
from common.shift import ZReport, z_number
from till.operations.desk import Desk
from till.operations.refusals import BadField, NotEnrolled
from till.operations.shift import XReport, x_report
from till.operations.steps import Step
from till.printing.content import receipt_of
from till.printing.layout import as_text
from till.printing.printer import PrintedInDoubt, Printer, PrinterFailed
from till.printing.receipt import Page, Receipt
from till.printing.shift_report import x_receipt, z_receipt
from till.printing.turn import printing
from till.printing.words import BOTH, PaperWords
from till.store import Kind, Sheet, SheetState

CUT_OFF = "cut_off"
"""Why a sheet is in question that was being printed when its program died."""


def print_queued(desk: Desk, printer: Printer) -> list[str]:
    """Print what waits, oldest first. Returns the numbers.

    A sheet on which an earlier run was cut off is not printed again: it is in question until somebody has looked
    (`questions`, `came_out`, `did_not_come_out`).

    Raises:
        PrinterFailed: nothing of the sheet came out; it stays in the queue, with all behind it.
        PrintedInDoubt: it is in question now; what is behind it stays in the queue.
    """
    if not desk.store.spool.sheets(SheetState.WAITING, SheetState.PRINTING, SheetState.QUESTION):
        return []
    printed: list[str] = []
    with printing(desk.store.path):
        _take_up(desk, printer)
        while waiting := desk.store.spool.sheets(SheetState.WAITING):
            printed += [_print(desk, printer, sheet) for sheet in waiting]
    if printed:
        desk.observe(Step.PRINTED)
    return printed


def questions(desk: Desk) -> list[Sheet]:
    """Receipts of which nobody knows whether the paper came out."""
    return desk.store.spool.sheets(SheetState.QUESTION)


def came_out(desk: Desk, number: str) -> None:
    """Somebody has looked: the paper is there, and whole.

    Args:
        number: of the receipt, or the name of one of its sheets (Sheet.name).

    Raises:
        BadField: this receipt is in no question.
    """
    desk.store.spool.gone(_question(desk, number))


def did_not_come_out(desk: Desk, printer: Printer, number: str) -> int:
    """Somebody has looked: there is no paper, or not all of it. It is not printed again as an original, as nobody can
    prove that there is none: a numbered copy is. Returns which.

    Raises:
        BadField: this receipt is in no question.
        PrinterFailed: see there; the copy stays in the queue.
    """
    return reprint(desk, printer, _question(desk, number).number)


def reprint(desk: Desk, printer: Printer, number: str) -> int:
    """Print a numbered copy of a receipt. Returns which copy it is. One that was in question is so no more.

    Raises:
        BadField: there is no such receipt here.
        PrinterFailed: see there; the copy stays in the queue.
    """
    check_valid(desk, number)
    with desk.store.transaction():
        for sheet in questions(desk):
            if sheet.number == number:
                desk.store.spool.gone(sheet)
        copy = _queue_copy(desk, number)
    print_queued(desk, printer)
    return copy


def copy_as_pdf(desk: Desk, number: str, folder: Path, languages: tuple[str, ...] = BOTH) -> Path:
    """Write a numbered copy of a receipt as a PDF file, A5. Returns which file.

    Raises:
        BadField: there is no such receipt here.
        PrinterFailed: it cannot be written; the copy's number is spent.
    """
    # Imported here: the library takes as long to load as a whole command without it.
    from till.printing.pdf import PdfPrinter

    check_valid(desk, number)
    with desk.store.transaction():
        copy = desk.store.receipts.count_copy(number)
    receipt = receipt_sheet(desk, number, copy, page_of(desk, languages))
    PdfPrinter(folder, languages).put(receipt)
    return folder / f"{receipt.name}.pdf"


def print_z(desk: Desk, printer: Printer, report: ZReport) -> str:
    """Print the Z report of a shift, as often as anybody wants: it says the same each time. Returns its number.

    Raises:
        PrinterFailed: see there; it stays in the queue, and the shift is closed all the same.
    """
    number = str(report.closing.number)
    with desk.store.transaction():
        waiting = desk.store.spool.sheets(SheetState.WAITING)
        if not any(sheet.kind is Kind.Z and sheet.number == number for sheet in waiting):
            desk.store.spool.add(Kind.Z, number)
    print_queued(desk, printer)
    return z_number(desk.till, desk.journal.head.epoch, report.closing.number)


def print_x(desk: Desk, printer: Printer) -> XReport:
    """Print the X report of the open shift, as it is now.

    Raises:
        NoShiftOpen: see there.
        PrinterFailed: see there; it stays in the queue.
    """
    report = x_report(desk)
    sheet = _x(desk, report, page_of(desk, printer.languages))
    with desk.store.transaction():
        desk.store.spool.add(Kind.X, sheet.number, content=json.encode(sheet))
    print_queued(desk, printer)
    return report


def x_text(desk: Desk, report: XReport) -> str:
    """The X report as receipt paper would have it: nothing is printed, and nothing counted."""
    return as_text(_x(desk, report, page_of(desk)))


def z_text(desk: Desk, report: ZReport) -> str:
    """The Z report as it is printed."""
    return as_text(_z(desk, report, page_of(desk)))


def receipt_sheet(desk: Desk, number: str, copy: int, page: Page) -> Receipt:
    """What a receipt of this till says."""
    behind = desk.store.receipts.entries_of(number)
    begun = None if behind.started is None else behind.started.entry.body
    started = begun if isinstance(begun, StartedJob) else None
    account = account_of(behind.named.entry.body)
    facts = None if account is None else desk.store.account(account)
    known = None if facts is None else details(facts)
    return receipt_of(page, number, copy, known, started, behind.moved, behind.named)


def check_valid(desk: Desk, number: str) -> str:
    """The id of what a receipt is for.

    Raises:
        BadField: there is no such receipt here, or it is void.
    """
    job = desk.store.receipts.job(number)
    if job is None:
        raise BadField("receipt", "no_such_receipt")
    instead = desk.store.receipts.instead_of(number)
    if instead is not None:
        raise BadField("receipt", "receipt_is_void", instead)
    return job


def page_of(desk: Desk, languages: tuple[str, ...] = BOTH) -> Page:
    """Paper of this till's utility, in these languages."""
    return Page(_utility(desk), PaperWords(languages))


# --- within ---


def _take_up(desk: Desk, printer: Printer) -> None:
    """Find what an earlier run was cut off on: it is this program's turn, so nobody else is printing it."""
    for sheet in desk.store.spool.sheets(SheetState.PRINTING, SheetState.QUESTION):
        same = printer.repeatable and sheet.printer in ("", printer.name)
        if same or sheet.kind is not Kind.RECEIPT:  # a report says the same each time
            desk.store.spool.back(sheet)
        elif sheet.state is SheetState.PRINTING:
            desk.store.spool.question(sheet, CUT_OFF)


def _print(desk: Desk, printer: Printer, sheet: Sheet) -> str:
    spool = desk.store.spool
    receipt = _receipt(desk, sheet, printer)
    spool.begin(sheet, printer.name)
    try:
        printer.put(receipt)
    except PrintedInDoubt as doubt:
        if sheet.kind is Kind.RECEIPT:
            spool.question(sheet, doubt.reason)
        else:
            spool.back(sheet)
        raise
    except PrinterFailed:
        spool.back(sheet)
        raise
    spool.gone(sheet)
    return receipt.number


def _receipt(desk: Desk, sheet: Sheet, printer: Printer) -> Receipt:
    page = page_of(desk, printer.languages)
    if sheet.kind is Kind.X:
        return json.decode(sheet.content, type=Receipt)
    if sheet.kind is Kind.Z:
        report = desk.store.shifts.closed(int(sheet.number))
        assert report is not None, "a Z report is queued with its shift"
        return _z(desk, report, page)
    return receipt_sheet(desk, sheet.number, sheet.copy, page)


def _question(desk: Desk, number: str) -> Sheet:
    asked = questions(desk)
    found = next((sheet for sheet in asked if sheet.name == number), None)
    found = found or next((sheet for sheet in asked if sheet.number == number), None)
    if found is None:
        raise BadField("receipt", "in_no_question")
    return found


def _queue_copy(desk: Desk, number: str) -> int:
    copy = desk.store.receipts.count_copy(number)
    desk.store.spool.add(Kind.RECEIPT, number, copy=copy)
    return copy


def _x(desk: Desk, report: XReport, page: Page) -> Receipt:
    return x_receipt(page, report.shift, desk.till, report.doubt, desk.now(), desk.journal.head.hash)


def _z(desk: Desk, report: ZReport, page: Page) -> Receipt:
    return z_receipt(page, report, z_number(desk.till, desk.journal.head.epoch, report.closing.number))


def _utility(desk: Desk) -> UtilitySet:
    utility = desk.store.utility()
    if utility is None:
        raise NotEnrolled(desk.till)
    return utility
