"""What a benchmark prints."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A figure beside the baseline taken in the same run.

    Attributes:
        wanted: what the ratio should be, in words.
    """

    what: str
    value: float
    baseline_name: str
    baseline: float
    ratio: float
    wanted: str


def show(rows: list[Row]) -> str:
    """The rows as a table."""
    head = f"{'what':<46}{'value':>14}  {'baseline':<42}{'value':>14}{'ratio':>9}  wanted"
    lines = [
        f"{row.what:<46}{row.value:>14,.1f}  {row.baseline_name:<42}{row.baseline:>14,.1f}"
        f"{row.ratio:>9.2f}  {row.wanted}"
        for row in rows
    ]
    return "\n".join([head, "-" * len(head), *lines])
