"""The receipt queue: everything that moves money has one original; a reprint says COPY and its number."""

from common.account import details
from common.entries import StartedJob, UtilitySet, account_of
from common.shift import ZReport
from till.operations.desk import Desk
from till.operations.refusals import BadField, NotEnrolled
from till.operations.shift import XReport, x_report
from till.operations.steps import Step
from till.printing.content import receipt_of
from till.printing.printer import Printer
from till.printing.receipt import render
from till.printing.shift_report import x_receipt, z_number, z_receipt


def print_queued(desk: Desk, printer: Printer) -> list[str]:
    """Print the originals that wait, oldest first. Returns their numbers.

    Raises:
        PrinterFailed: the rest stays in the queue.
    """
    printed: list[str] = []
    for number in desk.store.receipts.queued():
        printer.put(number, 0, _text(desk, number, copy=0))
        desk.store.receipts.mark_printed(number)
        printed.append(number)
    if printed:
        desk.observe(Step.PRINTED)
    return printed


def reprint(desk: Desk, printer: Printer, number: str) -> int:
    """Print a numbered copy of a receipt. Returns which copy it is.

    Raises:
        BadField: there is no such receipt here.
        PrinterFailed: see there; the copy's number is spent.
    """
    if desk.store.receipts.job(number) is None:
        raise BadField("receipt", "no_such_receipt")
    copy = desk.store.receipts.count_copy(number)
    printer.put(number, copy, _text(desk, number, copy=copy))
    return copy


def _text(desk: Desk, number: str, *, copy: int) -> str:
    utility = _utility(desk)
    begun, named = desk.store.receipts.entries_of(number)
    started = None if begun is None or not isinstance(begun.entry.body, StartedJob) else begun.entry.body
    account = account_of(named.entry.body)
    facts = None if account is None else desk.store.account(account)
    known = None if facts is None else details(facts)
    name = "" if known is None else known.name
    return render(receipt_of(number, copy, name, started, named, utility), utility)


def print_z(desk: Desk, printer: Printer, report: ZReport) -> str:
    """Print the Z report of a shift, as often as anybody wants: it says the same each time. Returns its number.

    Raises:
        PrinterFailed: see there; the shift is closed all the same.
    """
    number = z_number(desk.till, desk.journal.head.epoch, report.closing.number)
    printer.put(number, 0, z_text(desk, report))
    return number


def print_x(desk: Desk, printer: Printer) -> XReport:
    """Print the X report of the open shift.

    Raises:
        NoShiftOpen, PrinterFailed: see there.
    """
    report = x_report(desk)
    printer.put(f"{desk.till}-X", 0, x_text(desk, report))
    return report


def x_text(desk: Desk, report: XReport) -> str:
    """The X report as receipt paper would have it: nothing is printed, and nothing counted."""
    head, utility = desk.journal.head, _utility(desk)
    return render(x_receipt(report.shift, desk.till, report.doubt, desk.now(), utility, head.hash), utility)


def z_text(desk: Desk, report: ZReport) -> str:
    """The Z report as it is printed."""
    number, utility = z_number(desk.till, desk.journal.head.epoch, report.closing.number), _utility(desk)
    return render(z_receipt(report, number, utility), utility)


def _utility(desk: Desk) -> UtilitySet:
    utility = desk.store.utility()
    if utility is None:
        raise NotEnrolled(desk.till)
    return utility
