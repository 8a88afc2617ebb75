"""What stands on each kind of receipt, made from the entries that it is for."""

from common.account import Details
from common.chain import SignedEntry
from common.entries import (
    ArrearsPaid,
    IssueStarted,
    ReceiptVoided,
    RefundPaid,
    ReplacementStarted,
    ReversalStarted,
    StartedJob,
    UtilitySet,
    VendStarted,
)
from common.receipt_code import ReceiptCode
from common.shift import CASH
from common.tariff import LineKind, Quote, QuoteLine
from common.units import CreditUnit, format_decimal, format_energy, format_money
from till.printing.receipt import Page, Receipt, Row


def receipt_of(
    page: Page,
    number: str,
    copy: int,
    payer: Details | None,
    started: StartedJob | None,
    moved: SignedEntry,
    named: SignedEntry,
) -> Receipt:
    """The receipt of a job, of a refund, or of arrears that were paid.

    Args:
        payer: who pays, as far as that is known.
        started: the job; None for what is no job.
        moved: the entry that moved the money.
        named: the entry that names the receipt's number: the same, or that which voided another.
    """
    body, words = moved.entry.body, page.words
    match started, body:
        case VendStarted(), _:
            title, by, payment, sections = "vend", started.clerk, started.payment, _vend(page, started)
        case ReversalStarted(), _:
            title, by, payment = "reversal", started.clerk, CASH
            approved = (words("row.approved_by"), started.approval.by)
            sections = [[_money(page, "row.given_back", started.money), approved]]
        case IssueStarted() | ReplacementStarted(), _:
            title, by, payment = "fee", started.clerk, started.payment
            sections = [[_money(page, "row.fee", started.fee), _paid(page, started.payment)]]
        case _, ArrearsPaid():
            title, by, payment = "arrears", body.clerk, body.payment
            sections = [[_money(page, "row.amount", body.amount), _paid(page, body.payment)]]
        case _, RefundPaid():
            title, by, payment, sections = "refund", body.clerk, body.payment, [_refund(page, body)]
        case _:
            raise ValueError(f"{number}: no receipt is made of that")
    account = body.account if isinstance(body, RefundPaid | ArrearsPaid) else ""
    served = [(words("row.clerk"), f"{by} @ {moved.entry.writer}")]
    if isinstance(named.entry.body, ReceiptVoided):
        served.append((words("row.instead_of"), named.entry.body.receipt))
    return page.receipt(
        number,
        title,
        moved.entry.at,
        [_about(page, payer, started, account), *sections, served],
        named.hash,
        copy=copy,
        code=ReceiptCode.of(named).text,
        cash=payment == CASH,
    )


def _about(page: Page, payer: Details | None, started: StartedJob | None, account: str) -> list[Row]:
    words = page.words
    rows = [(words("row.account"), account if started is None else started.account)]
    if payer is not None:
        rows.append((words("row.name"), payer.name))
    if payer is not None and payer.address:
        rows.append((words("row.address"), payer.address))
    if started is not None:
        rows += [(words("row.meter"), started.image.meter), (words("row.card"), started.image.serial)]
    if isinstance(started, VendStarted):
        rows.append((words("row.purchase"), str(started.image.count)))
    return rows


def _vend(page: Page, started: VendStarted) -> list[list[Row]]:
    quote: Quote = started.quote
    digits = page.utility.digits
    lines = [(_line_label(page, line), format_money(line.amount, digits)) for line in quote.lines]
    if quote.vat and not any(line.kind is LineKind.VAT for line in quote.lines):
        lines.append((f"  {page.words('row.vat_within')}", format_money(quote.vat, digits)))
    total = [
        _credit(page, quote.credit, started.image.unit),
        _money(page, "row.amount", quote.amount),
        _paid(page, started.payment),
    ]
    return [lines, total]


def _refund(page: Page, body: RefundPaid) -> list[Row]:
    words = page.words
    decided = (words("row.decided_by"), words("row.office"))
    return [
        _credit(page, body.credit, body.unit) if body.decision is None else decided,
        _money(page, "row.given_back", body.amount),
        _paid(page, body.payment),
        (words("row.approved_by"), body.approval.by),
    ]


def _line_label(page: Page, line: QuoteLine) -> str:
    words = page.words
    match line.kind:
        case LineKind.ENERGY:
            price = format_decimal(line.price, 6).rstrip("0")
            return f"{words('row.tier')} {line.tier}  {format_energy(line.energy)} x {price}"
        case LineKind.CREDIT:
            return words("row.credit")
        case LineKind.SURCHARGE:
            return f"{words('row.surcharge')} {line.name}"
        case LineKind.VAT:
            return words("row.vat")
        case LineKind.ARREARS:
            return f"{words('row.arrears')} {line.name}"


def _credit(page: Page, amount: int, unit: CreditUnit) -> Row:
    if unit is CreditUnit.ENERGY:
        return page.words("row.energy"), format_energy(amount)
    return _money(page, "row.credit", amount)


def _paid(page: Page, payment: str) -> Row:
    return page.words("row.paid_by"), page.words.known("payment", payment)


def _money(page: Page, label: str, amount: int) -> Row:
    return page.words(label), money_text(amount, page.utility)


def money_text(amount: int, utility: UtilitySet) -> str:
    """Minor units with the currency."""
    return f"{format_money(amount, utility.digits)} {utility.currency}"
