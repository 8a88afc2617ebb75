"""The X and Z reports of a shift on receipt paper, in both languages."""

from collections.abc import Sequence
from datetime import datetime
from textwrap import wrap
from zoneinfo import ZoneInfo

from common.account import Job
from common.entries import Purpose, ShiftClosed, UtilitySet
from common.shift import ARREARS, CASH, REFUND, Shift, ZReport, expected
from common.units import format_money
from till.printing.receipt import Receipt, Row

_KINDS = {
    Purpose.VEND.value: "售电 Vend",
    Purpose.ISSUE.value: "首卡 First card",
    Purpose.REPLACEMENT.value: "补卡 Replacement",
    Purpose.REVERSAL.value: "冲正 Reversal",
    REFUND: "退费 Refund",
    ARREARS: "欠费 Arrears",
}
_PART = 20
"""Letters of an explanation that surely fit on a line: a Chinese one takes two places."""
_PAYMENTS = {CASH: "现金 cash", "card": "银行卡 card", "transfer": "转账 transfer"}


def z_number(till: str, epoch: int, number: int) -> str:
    """A Z report's number as it is printed: they count within the epoch of the journal."""
    return f"{till}-Z{epoch}-{number:05d}"


def z_receipt(report: ZReport, number: str, utility: UtilitySet) -> Receipt:
    """The Z report of a shift that was closed."""
    closing = report.closing
    sections = _sections(report.shift, report.at, utility)
    sections.append([("清点 Counted", ""), *_counted(closing, utility), _money("合计 In all", closing.cash, utility)])
    off: list[Row] = [_money("差额 Difference", closing.difference, utility)]
    if closing.explanation:
        off += [("原因 Why", ""), *((f"  {part}", "") for part in wrap(closing.explanation, _PART))]
    if closing.approval is not None:
        off.append(("批准 Approved by", closing.approval.by))
    sections += [off, [("清点人 Counted by", closing.clerk)]]
    if closing.handed_to:
        sections[-1].append(("接班人 Handed to", closing.handed_to))
    sections.append([("签字 Signature", "_" * 20)])
    return Receipt(
        number=number, copy=0, title="交班日结  Z REPORT", at=report.at, sections=sections, proof=report.proof
    )


def x_receipt(shift: Shift, till: str, doubt: Sequence[Job], at: datetime, utility: UtilitySet, proof: str) -> Receipt:
    """The open shift so far.

    Args:
        doubt: jobs without an end, in no total.
        proof: the hash of the journal's head.
    """
    sections = _sections(shift, at, utility)
    if doubt:
        waiting = [(f"  {job.card}", format_money(job.amount, utility.digits)) for job in doubt]
        sections.append([("未决，未计入 In doubt, not counted", ""), *waiting])
    return Receipt(number=f"{till}-X", copy=0, title="班中查账  X REPORT", at=at, sections=sections, proof=proof)


def _sections(shift: Shift, until: datetime, utility: UtilitySet) -> list[list[Row]]:
    zone = ZoneInfo(utility.zone)
    when = [
        ("开班 Opened", f"{shift.at.astimezone(zone):%Y-%m-%d %H:%M}"),
        ("至 Until", f"{until.astimezone(zone):%Y-%m-%d %H:%M}"),
        ("班次 Shift of", shift.clerk or "自动 by itself"),
        _money("备用金 Float", shift.opening_float, utility),
    ]
    if shift.first_receipt:
        when += [("首张 First receipt", shift.first_receipt), ("末张 Last receipt", shift.last_receipt)]
    moved = [
        _money(
            f"{_KINDS.get(row.kind, row.kind)} {_PAYMENTS.get(row.payment, row.payment)} x{row.count}",
            row.money,
            utility,
        )
        for row in shift.taken
    ]
    due = [_money(f"  {_PAYMENTS.get(part.payment, part.payment)}", part.amount, utility) for part in expected(shift)]
    return [when, moved or [("没有收付 Nothing moved", "")], [("应有 Expected", ""), *due]]


def _counted(closing: ShiftClosed, utility: UtilitySet) -> list[Row]:
    return [
        (
            f"  {format_money(count.value, utility.digits)} x {count.pieces}",
            format_money(count.value * count.pieces, utility.digits),
        )
        for count in closing.counted
    ]


def _money(label: str, amount: int, utility: UtilitySet) -> Row:
    return label, format_money(amount, utility.digits)
