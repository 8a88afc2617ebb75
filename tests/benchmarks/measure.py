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
    """The processor time that a process and those that it began have used, their threads' together; that of those that
    have ended is the process's own by then (proc(5), stat)."""
    below = sum(map(_while_there, _children(pid)))
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK") + below


def _while_there(pid: int) -> float:
    """What ends meanwhile is counted with the process that began it, which is read after it."""
    try:
        return cpu_seconds(pid)
    except (FileNotFoundError, ProcessLookupError):
        return 0.0


def _children(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        return [int(child) for child in children.read().split()]
