"""An import's outcome: in words, as a table of totals, and for a program."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table

from common.units import format_decimal
from syncserver.oldsystem.findings import Findings
from syncserver.oldsystem.importing import Outcome
from syncserver.oldsystem.totals import Line, Sum, whole
from syncserver.oldsystem.words import Words

_MOST_LINES = 40
_COMPARED = ("old", "refused", "imported", "difference")


def import_result(outcome: Outcome, found: Findings, *, commit: bool) -> dict[str, Any]:
    """An import's result for a program."""
    every = whole(outcome.totals)
    return {
        "committed": commit,
        "accounts": outcome.accounts,
        "purchases": outcome.purchases,
        "there": outcome.there,
        "refused": _counted(found.refused),
        "noticed": _counted(found.noticed),
        "findings": str(found.path),
        "totals": {name: getattr(every, name)._asdict() for name in _COMPARED},
        "unequal": [line.key._asdict() for line in outcome.unequal],
    }


def summary(words: Words, outcome: Outcome, found: Findings, *, commit: bool) -> Iterator[str]:
    """An import's result in words."""
    counts = {"accounts": outcome.accounts, "purchases": f"{outcome.purchases:,}", "there": outcome.there}
    yield words("summary.committed" if commit else "summary.would", **counts)
    for kind, counted in (("refused", found.refused), ("noticed", found.noticed)):
        for (table, reason), rows in sorted(counted.items()):
            said = words(f"reason.{reason}")
            yield words(f"summary.{kind}", n=f"{rows:,}", table=words(f"table.{table}"), reason=said)
    yield (
        words("summary.findings", path=found.path) if found.refused or found.noticed else words("summary.nothing_found")
    )
    yield words("summary.unequal", n=len(outcome.unequal)) if outcome.unequal else words("summary.equal")
    if not commit:
        yield words("summary.dry")


def totals_table(words: Words, lines: Sequence[Line], digits: int, *, energy: bool) -> Table:
    """The totals side by side; of many, those that differ and the latest. No figure is cut short: what is wider
    than the terminal goes on beyond its edge (to be printed with `crop=False`)."""
    unequal = [line for line in lines if any(line.difference)]
    chosen = sorted({*unequal[:_MOST_LINES], *lines[-_MOST_LINES:]})
    rows = [
        (line.key.month or words("total.unreadable"), line.key.clerk, _figures(line, digits, energy=energy))
        for line in chosen
    ]
    rows.append((words("total.all"), "", _figures(whole(lines), digits, energy=energy)))
    table = Table(show_edge=False, show_lines=True, padding=0)
    for name in ("month", "clerk"):
        table.add_column(words(f"total.{name}"))
    table.add_column()
    for place, name in enumerate(_COMPARED):
        widest = max(len(figure) for _, _, figures in rows for figure in figures[place].splitlines())
        table.add_column(words(f"total.{name}"), justify="right", min_width=widest)
    of = "\n".join((words("total.rows"), "kWh" if energy else words("total.credit"), words("total.money")))
    for month, clerk, figures in rows:
        table.add_row(month, clerk, of, *figures)
    if len(chosen) < len(lines):
        table.caption = words("summary.more", n=len(lines) - len(chosen))
    return table


def _figures(line: Line, digits: int, *, energy: bool) -> list[str]:
    """What is compared, each as three lines: rows, credit, money."""
    credit_digits = 3 if energy else digits
    sums: list[Sum] = [getattr(line, name) for name in _COMPARED]
    return [
        "\n".join((f"{one.rows:,}", format_decimal(one.credit, credit_digits), format_decimal(one.money, digits)))
        for one in sums
    ]


def _counted(found: Counter[tuple[str, str]]) -> list[dict[str, Any]]:
    return [{"table": table, "reason": reason, "rows": rows} for (table, reason), rows in sorted(found.items())]
