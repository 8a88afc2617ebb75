"""What the office's reports are made from: all journals up to the heads that it holds."""

from datetime import datetime

import msgspec
from msgspec import Struct

from common.documents import JournalHead, Words
from common.reports.calendar import Calendar, ClockLine
from common.reports.source import Source
from syncserver.office.clerks import clerks
from syncserver.office.utility import utility_of
from syncserver.store import Reading


class _Written(Struct):
    """Of an entry, when it was written."""

    at: datetime
    epoch: int
    seq: int


_decoder = msgspec.json.Decoder(_Written)


def source_of(reading: Reading, language: str) -> Source:
    """What a report in this language is made from.

    Raises:
        OfficeError: the office has not said who the utility is.
    """
    rows = [row for row in reading.writers() if row.seq]
    return Source(
        words=Words(language),
        utility=utility_of(reading),
        heads=[JournalHead.whole(row.head) for row in rows],
        at=_newest(reading),
        clerks={name: clerk.name for name, clerk in clerks(reading).items()},
    )


def calendar_of(reading: Reading, source: Source) -> Calendar:
    """The utility's days."""
    return Calendar(source.zone, reading.clock_words)


def _newest(reading: Reading) -> datetime:
    """The time of the newest entry, by the office's clock."""
    words = reading.all_clock_words()
    times = []
    for (writer, _), raw in reading.head_entries().items():
        written = _decoder.decode(raw)
        times.append(written.at - ClockLine(words.get(writer, [])).ahead((written.epoch, written.seq)))
    return max(times)
