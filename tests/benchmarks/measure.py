"""What a benchmark prints."""

import os
import statistics
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


def p99(times: list[float]) -> float:
    """What one in a hundred is above."""
    return statistics.quantiles(times, n=100, method="inclusive")[98]


def cpu_seconds(pid: int) -> float:
    """The processor time that a process and those that it began have used, their threads' together (proc(5), stat)."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        below = sum(cpu_seconds(int(child)) for child in children.read().split())
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") + below
