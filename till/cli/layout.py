"""Labels and columns that line up, also where a letter takes two places, as Chinese ones do."""

from collections.abc import Sequence

from rich.cells import cell_len

_GAP = "  "


def labelled(pairs: Sequence[tuple[str, str]], width: int = 0, indent: int = 2) -> list[str]:
    """A line for each label and its value; the values line up, also those of several lines.

    Args:
        width: the least that labels take.
    """
    width = max([width, *(cell_len(label) for label, _ in pairs)])
    lines = [(line, label if first else "") for label, value in pairs for first, line in _lines(value)]
    return [f"{' ' * indent}{_padded(label, width)}{_GAP}{line}".rstrip() for line, label in lines]


def _lines(value: str) -> list[tuple[bool, str]]:
    return [(place == 0, line) for place, line in enumerate(value.split("\n"))]


def columns(rows: Sequence[Sequence[str]], right: Sequence[int] = (), indent: int = 0) -> list[str]:
    """A line for each row; cells of a column line up. `right`: the columns that line up at their right, from 0."""
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    return [
        (
            " " * indent
            + _GAP.join(_padded(cell, widths[place], right=place in right) for place, cell in enumerate(row))
        ).rstrip()
        for row in rows
    ]


def _padded(text: str, width: int, *, right: bool = False) -> str:
    space = " " * (width - cell_len(text))
    return space + text if right else text + space
