"""What tills handed out and counted: the register of receipts, shifts, and one shift."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

import msgspec

from common.documents import Document
from common.entries import ShiftClosed, ShiftOpened
from common.reports.calendar import Calendar, Month
from common.reports.line import REVERSAL, Line
from common.reports.register import register
from common.reports.shifts import ShiftWord, replay, shifts_report, z_report
from common.reports.source import Source
from common.shift import VOIDED
from syncserver.office.errors import OfficeError
from syncserver.reports.day import spans_of
from syncserver.reports.hours import day_of
from syncserver.reports.source import calendar_of
from syncserver.store import Reading, ShiftRow

_decoder = msgspec.json.Decoder(ShiftOpened | ShiftClosed)


def receipts(reading: Reading, source: Source, month: Month, branch: str = "") -> Document:
    """Every receipt that the tills of a branch, or of all (""), gave out in a month."""
    tills = _tills(reading, branch)
    found = {line.job: line for till in sorted(tills) for line in _lines(reading, source, month, till)}
    names = [*found, *(line.receipt for line in found.values() if line.receipt)]
    found.update((line.job, line) for line in reading.lines_for(names) if line.kind in (REVERSAL, VOIDED))
    return register(
        source, month, found.values(), calendar_of(reading, source), tills=tills, scope=source.scope(branch)
    )


def shifts(reading: Reading, source: Source, month: Month, branch: str = "") -> Document:
    """Every drawer that was counted in a month. Reads every shift of these tills: some hundreds a year."""
    tills, calendar = _tills(reading, branch), calendar_of(reading, source)
    rows = (row for till in sorted(tills) for row in reading.shift_rows(till))
    words = [_word(row, calendar) for row in rows]
    return shifts_report(source, month, words, source.scope(branch))


def shift(reading: Reading, source: Source, till: str, number: int, epoch: int | None = None) -> Document:
    """One shift by the number of its Z report; by default of the till's latest epoch that has one.

    Raises:
        OfficeError: there is none.
    """
    before, rows = 0, reading.shift_rows(till)
    chosen = epoch or max((row.epoch for row in rows), default=0)
    for row in rows:
        body = _decoder.decode(row.value)
        if row.epoch != chosen or isinstance(body, ShiftOpened):
            continue
        if body.number == number:
            entries = islice(reading.entries(till, chosen, after=before), row.seq - before)
            found = replay((entry.signed for entry in entries), reading.line)
            if found:
                return z_report(source, found[-1], till, chosen)
        before = row.seq
    raise OfficeError(f"{till} has closed no shift {number}.", "See: syncserver report shifts")


def _tills(reading: Reading, branch: str) -> set[str]:
    return {row.id for row in reading.writers() if row.is_till and branch in ("", row.branch)}


def _lines(reading: Reading, source: Source, month: Month, till: str) -> Iterator[Line]:
    """What a till did in a month by its own clock or the office's, and what else has a receipt numbered between."""
    begin, end = day_of(month.first, source.zone)[0], day_of(month.last, source.zone)[1]
    receipts = []
    for line in reading.lines_between(till, spans_of(reading.clock_words(till), begin, end)):
        yield line
        if line.receipt and line.receipt.startswith(f"{till}-"):
            receipts.append(line.receipt)
    if receipts:
        yield from reading.lines_numbered(min(receipts), max(receipts))


def _word(row: ShiftRow, calendar: Calendar) -> ShiftWord:
    at = calendar.time_at(row.writer, row.epoch, row.seq, datetime.fromisoformat(row.at))
    return ShiftWord(writer=row.writer, epoch=row.epoch, seq=row.seq, at=at, body=_decoder.decode(row.value))
