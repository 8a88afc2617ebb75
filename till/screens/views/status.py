"""The bar that is always there: clerk, line, entries waiting, lease left, reader, printer."""

from collections.abc import Sequence
from dataclasses import dataclass

from common.lease import LeaseState
from till.messages import Figures
from till.screens.work.line import LineSeen
from till.screens.work.status import Status
from till.screens.work.watch import ReaderSeen


@dataclass(frozen=True)
class Sign:
    """One part of the bar. `tone`: of till.screens.look."""

    name: str
    icon: str
    text: str
    tone: str


def signs(
    status: Status, line: LineSeen | None, reader: ReaderSeen | None, printer: Exception | None, figures: Figures
) -> Sequence[Sign]:
    """All six, in their order; a mirror that is lost is a seventh."""
    words = figures.words
    clerk = words("status.nobody") if status.clerk is None else status.clerk.name
    return (
        Sign("clerk", "clerk", clerk, "ink" if status.clerk else "muted"),
        _line(status, line, figures),
        Sign(
            "waiting", "entries", words("status.waiting", n=status.waiting), "ink" if status.waiting < 200 else "warn"
        ),
        _lease(status, figures),
        _reader(reader, figures),
        _printer(status, printer, figures),
        *([Sign("mirror", "alert", words("status.mirror_lost"), "danger")] if status.mirror_problem else []),
        *([Sign("disk", "alert", words("status.disk_full"), "danger")] if status.disk_full else []),
        *([Sign("second", "alert", words("status.on_second"), "danger")] if status.on_second else []),
    )


def _line(status: Status, line: LineSeen | None, figures: Figures) -> Sign:
    words = figures.words
    if status.revoked is not None:
        return Sign("line", "alert", words("status.revoked"), "danger")
    if line is None:
        return Sign("line", "line_down", words("status.no_line"), "muted")
    if line.up is None:
        return Sign("line", "sync", words("status.line_first"), "muted")
    since = figures.since(line.since, status.now)
    if line.up:
        return Sign("line", "line_up", words("status.line_up", since=since), "accent")
    return Sign("line", "line_down", words("status.line_down", since=since), "warn")


def _lease(status: Status, figures: Figures) -> Sign:
    words, lease = figures.words, status.lease
    if lease.state is LeaseState.CLOCK_BACK:
        return Sign("lease", "alert", words("status.clock_back"), "danger")
    if lease.state is LeaseState.OVER:
        return Sign("lease", "lease", words("status.lease_over"), "danger")
    text = words("status.lease", span=figures.span(lease.time_left), money=figures.money(lease.money_left))
    return Sign("lease", "lease", text, "warn" if lease.state is LeaseState.LOW else "ink")


def _reader(reader: ReaderSeen | None, figures: Figures) -> Sign:
    words = figures.words
    if reader is None:
        return Sign("reader", "reader", words("status.reader_wait"), "muted")
    if reader.trouble is not None or not reader.names:
        return Sign("reader", "reader_bad", words("status.reader_none"), "danger")
    return Sign("reader", "reader", words("status.card_in" if reader.card else "status.reader_empty"), "ink")


def _printer(status: Status, printer: Exception | None, figures: Figures) -> Sign:
    words = figures.words
    if printer is not None:
        return Sign("printer", "printer_bad", words("status.printer_bad", n=status.receipts), "danger")
    if status.receipts:
        return Sign("printer", "printer", words("status.receipts_wait", n=status.receipts), "warn")
    return Sign("printer", "printer", words("status.printer_good"), "ink")
