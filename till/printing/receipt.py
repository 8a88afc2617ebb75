"""A receipt as lines of text."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from common.entries import UtilitySet

WIDTH = 42
"""Characters a line: an 80 mm roll in font A."""

Row = tuple[str, str]
"""A label and a value."""


@dataclass(frozen=True)
class Receipt:
    """What a receipt says.

    Attributes:
        copy: 0 for the original, n for its n-th copy.
        title: what it is for, in both languages.
        sections: rows between rules.
        proof: hash of the entry that names the receipt: the office can check a paper receipt by it.
    """

    number: str
    copy: int
    title: str
    at: datetime
    sections: list[list[Row]]
    proof: str


def render(receipt: Receipt, utility: UtilitySet) -> str:
    """The receipt as text, in both languages, days and hours by the utility's clock."""
    at = receipt.at.astimezone(ZoneInfo(utility.zone))
    lines = [_centred(utility.name), _centred(receipt.title)]
    if receipt.copy:
        lines.append(_centred(f"*** 副本 COPY {receipt.copy} ***"))
    rule = "-" * WIDTH
    lines += [rule, _row("收据号 Receipt", receipt.number), _row("时间 Time", f"{at:%Y-%m-%d %H:%M:%S}")]
    for place, section in enumerate(receipt.sections):
        lines += [rule] if place else []
        lines += [_row(label, value) for label, value in section]
    lines += [rule, f"校验 {receipt.proof[:32]}", f"     {receipt.proof[32:]}"]
    return "\n".join(lines) + "\n"


def _centred(text: str) -> str:
    return " " * max(0, (WIDTH - _columns(text)) // 2) + text


def _row(label: str, value: str) -> str:
    return label + " " * max(1, WIDTH - _columns(label) - _columns(value)) + value


def _columns(text: str) -> int:
    """Columns on paper: a Chinese character takes two."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)
