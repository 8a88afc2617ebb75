"""How the till stands with the office, as rows."""

from pathlib import Path

from common.entries import Purpose
from till.journal.mirror import MirrorProblem
from till.messages import Figures, Words
from till.operations.unsent import Unsent
from till.presenting.mirror import mirror_text
from till.printing.setup import PrinterKind, PrinterSetup
from till.screens.work.line import LineSeen
from till.screens.work.status import Status


def office_rows(
    status: Status, line: LineSeen | None, waiting: Unsent | None, figures: Figures
) -> list[tuple[str, str]]:
    """Label and value of all that there is to know."""
    words, lease = figures.words, status.lease
    rows = [(words("office.address"), status.address or "—"), (words("office.till"), status.till)]
    if line is not None and line.up is not None:
        rows.append((words("office.last_sync"), figures.at(line.at)))
        if line.report is not None:
            report = words("office.moved", sent=line.report.sent, received=line.report.received)
            rows.append((words("office.last_moved"), report))
    rows += [
        (words("office.waiting"), f"{status.waiting:,}"),
        *([] if waiting is None or not waiting.kinds else [(words("office.among"), unsent_text(waiting, figures))]),
        (words("office.journal"), f"{status.head:,}"),
        (words("office.lease_until"), "—" if lease.until is None else figures.at(lease.until)),
        (words("office.lease_money"), figures.money(lease.money_left)),
        (words("office.stock"), f"{status.stock:,}"),
        (words("office.mirror"), mirror_line(status.mirror_problem, status.mirror, words)),
        (words("office.clock"), words("office.clock_off", s=round(status.clock_offset_ms / 1000))),
    ]
    return rows


def mirror_line(problem: MirrorProblem | None, folder: str | None, words: Words) -> str:
    """Where the mirror is, or why it is behind."""
    return (folder or words("office.no_mirror")) if problem is None else mirror_text(problem, words)


def printer_line(setup: PrinterSetup, receipts: Path, words: Words) -> str:
    """Which printer there is; where receipts are kept without one."""
    if setup.kind is PrinterKind.NONE:
        return words("printer.files", folder=receipts)
    return words("printer.at", kind=words(f"printer.{setup.kind}"), address=setup.address)


def unsent_text(waiting: Unsent, figures: Figures) -> str:
    """What waits to go, by kind, and the money of it."""
    words = figures.words
    kinds = [
        words(
            "office.kind", n=n, kind=words.known("purpose", kind) if kind in list(Purpose) else words(f"office.{kind}")
        )
        for kind, n in waiting.kinds.items()
    ]
    return words("office.kinds", kinds=words("office.comma").join(kinds), money=figures.money(waiting.money))
