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
        "totals": {name: getattr(every, name)._asdict() for name in ("old", "refused", "imported", "difference")},
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
    """The totals side by side; of many, those that differ and the latest."""
    unequal = [line for line in lines if any(line.difference)]
    chosen = sorted({*unequal[:_MOST_LINES], *lines[-_MOST_LINES:]})
    table = Table(show_edge=False)
    for name in ("month", "clerk"):
        table.add_column(words(f"total.{name}"))
    for name in ("old", "refused", "imported", "difference"):
        table.add_column(words(f"total.{name}"), justify="right")

    def shown(found: Sum) -> str:
        credit = format_decimal(found.credit, 3 if energy else digits)
        parts = (f"{found.rows:,}", credit + (" kWh" if energy else ""), format_decimal(found.money, digits))
        return "  ".join(parts)

    def row(names: tuple[str, str], line: Line) -> None:
        table.add_row(*names, *(shown(found) for found in (line.old, line.refused, line.imported, line.difference)))

    for line in chosen:
        row((line.key.month, line.key.clerk) if line.key.month else (words("total.unreadable"), ""), line)
    table.add_section()
    row((words("total.all"), ""), whole(lines))
    if len(chosen) < len(lines):
        table.caption = words("summary.more", n=len(lines) - len(chosen))
    return table


def _counted(found: Counter[tuple[str, str]]) -> list[dict[str, Any]]:
    return [{"table": table, "reason": reason, "rows": rows} for (table, reason), rows in sorted(found.items())]
