"""What the till handed out and counted: the register of its receipts, its shifts, and one shift."""

from common.documents import Document
from common.entries import ShiftClosed, ShiftOpened
from common.reports.calendar import Month
from common.reports.line import Line, lines_of
from common.reports.register import register
from common.reports.shifts import ShiftWord, replay, shifts_report, z_report
from common.reports.source import Source
from till.operations.refusals import BadField
from till.reports.source import calendar_of
from till.store.reports import ReportReading

_SHIFT = '"type":"shift.'


def receipts(reading: ReportReading, source: Source, month: Month) -> Document:
    """Every receipt that this till gave out in a month: of other tills it does not hear all."""
    till, calendar = _till(reading), calendar_of(reading, source)
    return register(source, month, reading.lines(), calendar, tills={till}, scope={"till": till})


def shifts(reading: ReportReading, source: Source, month: Month) -> Document:
    """Every drawer that was counted at this till in a month."""
    return shifts_report(source, month, _words(reading, source), {"till": _till(reading)})


def shift(reading: ReportReading, source: Source, number: int, epoch: int | None = None) -> Document:
    """One shift by the number of its Z report; by default of the latest epoch that has one.

    Raises:
        BadField: this till has closed none of that number.
    """
    before, words = 0, _words(reading, source)
    chosen = epoch or max((word.epoch for word in words), default=0)
    for word in words:
        if word.epoch != chosen or not isinstance(word.body, ShiftClosed):
            continue
        if word.body.number == number:
            entries = reading.store.entries(word.writer, chosen, after=before, limit=word.seq - before)
            found = replay(entries, lambda job: _line(reading, job))
            if found:
                return z_report(source, found[-1], word.writer, chosen)
        before = word.seq
    raise BadField("number", "no_such_shift")


def _words(reading: ReportReading, source: Source) -> list[ShiftWord]:
    calendar, own, words = calendar_of(reading, source), _till(reading), []
    for signed in reading.told(_SHIFT):
        entry, body = signed.entry, signed.entry.body
        if entry.writer == own and isinstance(body, ShiftOpened | ShiftClosed):
            at = calendar.time_at(entry.writer, entry.epoch, entry.seq, entry.at)
            words.append(ShiftWord(writer=entry.writer, epoch=entry.epoch, seq=entry.seq, at=at, body=body))
    return words


def _line(reading: ReportReading, name: str) -> Line | None:
    job = reading.store.job(name)
    facts = None if job is None else reading.store.whole_account(job.account)
    found = [] if facts is None else lines_of([name], {}, facts)
    return next((line for line in found if line.job == name), None)


def _till(reading: ReportReading) -> str:
    owner = reading.store.owner
    return "" if owner is None else owner.till
