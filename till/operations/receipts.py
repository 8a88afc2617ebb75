"""The receipt queue: every completed vend has one original; a reprint says COPY and its number."""

from common.chain import SignedEntry
from common.entries import VendCompleted, VendStarted
from till.operations.desk import Desk
from till.operations.refusals import BadField, NotEnrolled
from till.operations.steps import Step
from till.printing.printer import Printer
from till.printing.receipt import Receipt, render


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
        raise BadField("receipt", "this till has none of that number")
    copy = desk.store.count_copy(number)
    printer.put(number, copy, _text(desk, number, copy=copy))
    return copy


def _text(desk: Desk, number: str, *, copy: int) -> str:
    utility = desk.store.utility()
    if utility is None:
        raise NotEnrolled(desk.till)
    started, completed = desk.store.entries_of_receipt(number)
    return render(_receipt(desk, started, completed, copy), utility)


def _receipt(desk: Desk, started: SignedEntry, completed: SignedEntry, copy: int) -> Receipt:
    start, end = started.entry.body, completed.entry.body
    if not isinstance(start, VendStarted) or not isinstance(end, VendCompleted):
        raise BadField("receipt", "the journal has no vend of that number")
    facts = desk.store.account(start.account)
    return Receipt(
        number=end.receipt or "",
        copy=copy,
        account=start.account,
        name="" if facts is None or facts.opened is None else facts.opened.body.name,
        meter=start.image.meter,
        card=start.image.serial,
        count=start.image.count,
        clerk=start.clerk,
        till=desk.till,
        payment=start.payment,
        quote=start.quote,
        at=completed.entry.at,
        proof=completed.hash,
    )
