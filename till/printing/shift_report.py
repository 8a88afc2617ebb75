"""The X and Z reports of a shift on receipt paper."""

from collections.abc import Sequence
from datetime import datetime

from common.account import Job
from common.entries import ShiftClosed
from common.shift import Shift, ZReport, expected
from common.units import format_money
from till.printing.receipt import Page, Receipt, Row

_LINE = "_" * 20


def z_receipt(page: Page, report: ZReport, number: str) -> Receipt:
    """The Z report of a shift that was closed, and the paper that hands the drawer over."""
    closing, words = report.closing, page.words
    sections = _sections(page, report.shift, report.at)
    counted = [(words("shift.counted"), ""), *_counted(page, closing), _money(page, "shift.in_all", closing.cash)]
    off: list[Row] = [_money(page, "shift.difference", closing.difference)]
    if closing.explanation:
        off.append((words("shift.why"), closing.explanation))
    if closing.approval is not None:
        off.append((words("row.approved_by"), closing.approval.by))
    signed: list[Row] = [(words("shift.counted_by"), closing.clerk), (words("shift.signature"), _LINE)]
    if closing.handed_to:
        signed += [(words("shift.handed_to"), closing.handed_to), (words("shift.signature"), _LINE)]
    return page.receipt(number, "z", report.at, [*sections, counted, off, signed], report.proof)


def x_receipt(page: Page, shift: Shift, till: str, doubt: Sequence[Job], at: datetime, proof: str) -> Receipt:
    """The open shift so far.

    Args:
        doubt: jobs without an end, in no total.
        proof: the hash of the journal's head.
    """
    sections = _sections(page, shift, at)
    if doubt:
        waiting = [(f"  {job.card}", format_money(job.amount, page.utility.digits)) for job in doubt]
        sections.append([(page.words("shift.doubt"), ""), *waiting])
    return page.receipt(f"{till}-X", "x", at, sections, proof)


def _sections(page: Page, shift: Shift, until: datetime) -> list[list[Row]]:
    words = page.words
    when = [
        (words("shift.opened"), f"{page.here(shift.at):%Y-%m-%d %H:%M}"),
        (words("shift.until"), f"{page.here(until):%Y-%m-%d %H:%M}"),
        (words("shift.of"), shift.clerk or words("shift.by_itself")),
        _money(page, "shift.float", shift.opening_float),
    ]
    if shift.first_receipt:
        when += [(words("shift.first"), shift.first_receipt), (words("shift.last"), shift.last_receipt)]
    moved = [
        (
            f"{words.known('kind', row.kind)} {words.known('payment', row.payment)} x{row.count}",
            format_money(row.money, page.utility.digits),
        )
        for row in shift.taken
    ]
    due = [
        (f"  {words.known('payment', part.payment)}", format_money(part.amount, page.utility.digits))
        for part in expected(shift)
    ]
    return [when, moved or [(words("shift.nothing"), "")], [(words("shift.expected"), ""), *due]]


def _counted(page: Page, closing: ShiftClosed) -> list[Row]:
    digits = page.utility.digits
    return [
        (f"  {format_money(count.value, digits)} x {count.pieces}", format_money(count.value * count.pieces, digits))
        for count in closing.counted
    ]


def _money(page: Page, label: str, amount: int) -> Row:
    return page.words(label), format_money(amount, page.utility.digits)
