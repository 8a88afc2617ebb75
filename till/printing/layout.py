"""A sheet as lines of so many columns: for roll paper, and for a file."""

from dataclasses import dataclass

from till.printing.receipt import Receipt, Row

COLUMNS = {80: 42, 58: 32}
"""Columns of font A (12 dots wide) by the paper's width in millimetres: 42 fit every maker's 80 mm printer (504 of 512
or 576 dots), 32 the 384 dots of 58 mm. A Chinese letter takes two."""


@dataclass(frozen=True)
class Line:
    """A line of text, at most the paper's columns wide; a big one is twice as high."""

    text: str
    big: bool = False
    centred: bool = False


def lay_out(receipt: Receipt, columns: int) -> list[Line]:
    """The sheet's lines, without its QR code."""
    rule = Line("-" * columns)
    lines = [Line(text, centred=True) for text in wrapped(receipt.issuer, columns)]
    lines += [Line(text, big=True, centred=True) for text in wrapped(receipt.title, columns)]
    if receipt.mark:
        lines.append(Line(f"*** {receipt.mark} ***", centred=True))
    for section in (receipt.head, *receipt.sections):
        lines += [rule, *(Line(text) for row in section for text in _row(row, columns))]
    return lines + _proof(receipt, columns) if receipt.proof else lines


def _proof(receipt: Receipt, columns: int) -> list[Line]:
    """The hash in two lines, its label before it or above."""
    label, size = receipt.proof_label, 32
    parts = [receipt.proof[start : start + size] for start in range(0, len(receipt.proof), size)]
    indent = width(label) + 1
    if indent + size > columns:
        return [Line("-" * columns), Line(label), *map(Line, parts)]
    lead = [f"{label} ", *(" " * indent for _ in parts[1:])]
    return [Line("-" * columns), *(Line(before + part) for before, part in zip(lead, parts, strict=True))]


def as_text(receipt: Receipt, columns: int = COLUMNS[80]) -> str:
    """The sheet as plain text."""
    shown = (_centred(line.text, columns) if line.centred else line.text for line in lay_out(receipt, columns))
    return "\n".join(shown) + "\n"


def width(text: str) -> int:
    """Columns on paper."""
    return sum(map(_letter, text))


def wrapped(text: str, columns: int) -> list[str]:
    """The text in lines that fit: broken at spaces, and anywhere in what has none; Chinese is written without."""
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if width(joined) <= columns:
            lines[-1] = joined
            continue
        lines += [""] if lines[-1] else []
        for letter in word:
            if width(lines[-1] + letter) > columns:
                lines.append("")
            lines[-1] += letter
    return lines


def _row(row: Row, columns: int) -> list[str]:
    """Label and value on one line where they fit; else the value below, to the right."""
    label, value = row
    gap = columns - width(label) - width(value)
    if gap >= 1 or not value:
        return [label + " " * max(0, gap) + value] if gap >= 0 else wrapped(label, columns)
    return [*wrapped(label, columns), *(_right(text, columns) for text in wrapped(value, columns))]


def _right(text: str, columns: int) -> str:
    return " " * (columns - width(text)) + text


def _centred(text: str, columns: int) -> str:
    return " " * max(0, (columns - width(text)) // 2) + text


def _letter(letter: str) -> int:
    return 1 if letter.isascii() else 2
