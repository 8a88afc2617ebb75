"""The receipt queue: everything that moves money has one original; a reprint says COPY and its number."""

from common.account import details
from common.entries import StartedJob, account_of
from till.operations.desk import Desk
from till.operations.refusals import BadField, NotEnrolled
from till.operations.steps import Step
from till.printing.content import receipt_of
from till.printing.printer import Printer
from till.printing.receipt import render


def print_queued(desk: Desk, printer: Printer) -> list[str]:
    """Print the originals that wait, oldest first. Returns their numbers.

    Raises:
        PrinterFailed: the rest stays in the queue.
    """
    printed: list[str] = []
    for number in desk.store.receipts_queued():
        printer.put(number, 0, _text(desk, number, copy=0))
        desk.store.mark_printed(number)
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
    if desk.store.receipt_job(number) is None:
        raise BadField("receipt", "no_such_receipt")
    copy = desk.store.count_copy(number)
    printer.put(number, copy, _text(desk, number, copy=copy))
    return copy


def _text(desk: Desk, number: str, *, copy: int) -> str:
    utility = desk.store.utility()
    if utility is None:
        raise NotEnrolled(desk.till)
    begun, named = desk.store.entries_of_receipt(number)
    started = None if begun is None or not isinstance(begun.entry.body, StartedJob) else begun.entry.body
    account = account_of(named.entry.body)
    facts = None if account is None else desk.store.account(account)
    known = None if facts is None else details(facts)
    name = "" if known is None else known.name
    return render(receipt_of(number, copy, name, started, named, utility), utility)
