"""What the till's reports are made from: its own journal, and what it heard of the others of its branch."""

from datetime import datetime
from zoneinfo import ZoneInfo

from common.documents import Words
from common.entries import OFFICE
from common.reports.calendar import Calendar
from common.reports.source import Source
from till.operations.refusals import NotEnrolled
from till.store.reports import ReportReading, clerk_names


def source_of(reading: ReportReading, language: str) -> Source:
    """What a report in this language is made from.

    Raises:
        NotEnrolled: the office has not said yet who the utility is.
        StoreError: see there.
    """
    utility, words = reading.store.utility(), Words(language)
    if utility is None:
        raise NotEnrolled(str(reading.store.path.parent))
    return Source(
        words=words,
        utility=utility,
        heads=reading.heads(),
        at=_newest(reading),
        clerks=clerk_names(reading.store),
        notes=_notes(reading, words),
    )


def calendar_of(reading: ReportReading, source: Source) -> Calendar:
    """The utility's days. Other tills' clocks are taken as they were: only the office knows how far they were off."""
    words = reading.clock_words()
    return Calendar(source.zone, lambda writer: words.get(writer, []))


def _newest(reading: ReportReading) -> datetime:
    """The time of the newest entry; of the till's own, by the office's clock."""
    words = reading.clock_words()
    calendar = Calendar(ZoneInfo("UTC"), lambda writer: words.get(writer, []))
    entries = [signed.entry for signed in reading.last_entries()]
    return max(calendar.time_at(entry.writer, entry.epoch, entry.seq, entry.at) for entry in entries)


def _notes(reading: ReportReading, words: Words) -> list[str]:
    own = reading.store.owner
    tills = {head.writer for head in reading.heads()} - {OFFICE, "" if own is None else own.till}
    summed = reading.summed_up()
    notes = [words("note.other_clocks")] if tills else []
    return notes + ([words("note.summed_up", n=f"{summed:,}")] if summed else [])
