"""What stands on each kind of receipt, made from the entries that it is for."""

from common.chain import SignedEntry
from common.entries import (
    ArrearsPaid,
    IssueStarted,
    RefundPaid,
    ReplacementStarted,
    ReversalStarted,
    StartedJob,
    UtilitySet,
    VendStarted,
)
from common.tariff import LineKind, Quote, QuoteLine
from common.units import CreditUnit, format_decimal, format_energy, format_money
from till.printing.receipt import Receipt, Row


def receipt_of(
    number: str, copy: int, name: str, started: StartedJob | None, named: SignedEntry, utility: UtilitySet
) -> Receipt:
    """The receipt of a job, of a refund, or of arrears that were paid.

    Args:
        name: of who pays.
        started: the job; None for what is no job.
        named: the entry that names the receipt's number.
    """
    body = named.entry.body
    by, till = ("", named.entry.writer)
    match started, body:
        case VendStarted(), _:
            title, by, sections = "售电收据  PREPAID ELECTRICITY", started.clerk, _vend(started, utility)
        case ReversalStarted(), _:
            title, by = "冲正收据  REVERSAL", started.clerk
            sections = [[_money("退还 Given back", started.money, utility), ("批准 Approved by", started.approval.by)]]
        case IssueStarted() | ReplacementStarted(), _:
            title, by = "购电卡收据  CARD FEE", started.clerk
            sections = [[_money("工本费 Fee", started.fee, utility), ("付款 Paid by", started.payment)]]
        case _, ArrearsPaid():
            title, by = "欠费收据  ARREARS PAID", body.clerk
            sections = [[_money("金额 Amount", body.amount, utility), ("付款 Paid by", body.payment)]]
        case _, RefundPaid():
            title, by = "退费收据  REFUND", body.clerk
            why = (
                _credit(body.credit, body.unit, utility)
                if body.decision is None
                else ("依据 Decided by", "总部 Office")
            )
            sections = [
                [
                    why,
                    _money("退还 Given back", body.amount, utility),
                    ("方式 Paid by", body.payment),
                    ("批准 Approved by", body.approval.by),
                ]
            ]
        case _:
            raise ValueError(f"{number}: no receipt is made of that")
    head = _about(name, started, body.account if isinstance(body, RefundPaid | ArrearsPaid) else "")
    return Receipt(
        number=number,
        copy=copy,
        title=title,
        at=named.entry.at,
        sections=[head, *sections, [("营业员 Clerk", f"{by} @ {till}")]],
        proof=named.hash,
    )


def _about(name: str, started: StartedJob | None, account: str) -> list[Row]:
    rows = [("户号 Account", account if started is None else started.account), ("户名 Name", name)]
    if started is not None:
        rows += [("电能表 Meter", started.image.meter), ("购电卡 Card", started.image.serial)]
    if isinstance(started, VendStarted):
        rows.append(("购电次数 Purchase", str(started.image.count)))
    return rows


def _vend(started: VendStarted, utility: UtilitySet) -> list[list[Row]]:
    quote: Quote = started.quote
    lines = [(_line_label(line), format_money(line.amount, utility.digits)) for line in quote.lines]
    if quote.vat and not any(line.kind is LineKind.VAT for line in quote.lines):
        lines.append(("  含增值税 VAT within", format_money(quote.vat, utility.digits)))
    total = [
        _credit(quote.credit, started.image.unit, utility),
        _money("金额 Amount", quote.amount, utility),
        ("付款 Paid by", started.payment),
    ]
    return [lines, total]


def _line_label(line: QuoteLine) -> str:
    match line.kind:
        case LineKind.ENERGY:
            price = format_decimal(line.price, 6).rstrip("0")
            return f"阶梯 Tier {line.tier}  {format_energy(line.energy)} x {price}"
        case LineKind.CREDIT:
            return "充值 Credit"
        case LineKind.SURCHARGE:
            return f"附加 {line.name}"
        case LineKind.VAT:
            return "增值税 VAT"
        case LineKind.ARREARS:
            return f"欠费 Arrears {line.name}"


def _credit(amount: int, unit: CreditUnit, utility: UtilitySet) -> Row:
    if unit is CreditUnit.ENERGY:
        return "电量 Energy", format_energy(amount)
    return _money("电费 Credit", amount, utility)


def _money(label: str, amount: int, utility: UtilitySet) -> Row:
    return label, f"{format_money(amount, utility.digits)} {utility.currency}"
