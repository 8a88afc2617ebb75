"""What a receipt says, as lines of text."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from common.entries import UtilitySet
from common.tariff import Quote
from common.units import format_decimal, format_energy, format_money

WIDTH = 42
"""Characters a line: an 80 mm roll in font A."""


@dataclass(frozen=True)
class Receipt:
    """A completed vend as its receipt shows it.

    Attributes:
        copy: 0 for the original, n for its n-th copy.
        proof: hash of the entry that completed the vend: the office can check a paper receipt by it.
    """

    number: str
    copy: int
    account: str
    name: str
    meter: str
    card: str
    count: int
    clerk: str
    till: str
    payment: str
    quote: Quote
    at: datetime
    proof: str


def render(receipt: Receipt, utility: UtilitySet) -> str:
    """The receipt as text, in both languages, days and hours by the utility's clock."""
    at = receipt.at.astimezone(ZoneInfo(utility.zone))
    money = f"{format_money(receipt.quote.amount, utility.digits)} {utility.currency}"
    lines = [utility.name.center(WIDTH).rstrip(), "售电收据  PREPAID ELECTRICITY".center(WIDTH).rstrip()]
    if receipt.copy:
        lines.append(f"*** 副本 COPY {receipt.copy} ***".center(WIDTH).rstrip())
    lines += [
        "-" * WIDTH,
        _row("收据号 Receipt", receipt.number),
        _row("时间 Time", f"{at:%Y-%m-%d %H:%M:%S}"),
        _row("户号 Account", receipt.account),
        _row("户名 Name", receipt.name),
        _row("电能表 Meter", receipt.meter),
        _row("购电卡 Card", receipt.card),
        _row("购电次数 Purchase", str(receipt.count)),
        "-" * WIDTH,
    ]
    for line in receipt.quote.lines:
        price = format_decimal(line.price, 6).rstrip("0")
        lines.append(
            _row(
                f"阶梯 Tier {line.tier}  {format_energy(line.energy)} x {price}",
                format_money(line.amount, utility.digits),
            )
        )
    lines += [
        "-" * WIDTH,
        _row("电量 Energy", format_energy(receipt.quote.energy)),
        _row("金额 Amount", money),
        _row("付款 Paid by", receipt.payment),
        _row("操作员 Clerk", f"{receipt.clerk} @ {receipt.till}"),
        "-" * WIDTH,
        f"校验 {receipt.proof[:32]}",
        f"     {receipt.proof[32:]}",
    ]
    return "\n".join(lines) + "\n"


def _row(label: str, value: str) -> str:
    return label + " " * max(1, WIDTH - _columns(label) - _columns(value)) + value


def _columns(text: str) -> int:
    """Columns on paper: a Chinese character takes two."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)
