"""How the window opens the till of a data folder."""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from till.journal.errors import JournalError
from till.journal.keys import load_keys
from till.journal.seat import in_use
from till.journal.writer import Journal
from till.operations.card_source import card_source
from till.operations.desk import Desk
from till.operations.office import stay_in_touch
from till.operations.opening import TillFolder, enrolment_of, expect_in_use, open_desk, utc_now
from till.operations.printers import printer_of, printer_setup
from till.operations.spare import keep_spare
from till.operations.takeover import can_be_written, heal_or_come_back, take_over
from till.screens.work.hub import Setup
from till.screens.work.prefs import Prefs, load_prefs
from till.simulator.tray import Tray
from till.store import Store, StoreError
from till.sync.errors import SyncError
from till.sync.report import SyncReport

ANY_READER = "pcsc"

_SESSION_SECONDS = 300
"""How long one connection to the office is used: with the next, the clocks are compared again."""


def setup_of(data: Path, reader: str, language: str) -> Setup:
    """A window on the till in this folder.

    Args:
        reader: which cards, as till.operations.card_source; ANY_READER: as the window was set.
        language: of a window that was never set.

    Raises:
        NotEnrolled, StoreError, BadField: see there.
    """

    def folder() -> TillFolder:
        return TillFolder(in_use(data))  # another after a disk has failed, and when it is back

    with folder().store() as store:
        enrolment_of(store, data)
        prefs = load_prefs(store) or Prefs(language=language, reader=reader)
        printer = printer_of(printer_setup(store), folder().receipts)
    if reader != ANY_READER:
        prefs = msgspec.structs.replace(prefs, reader=reader)
    source = card_source(prefs.reader)
    opened: list[Store] = []

    def open_() -> Desk:
        place = folder()
        opened.append(Store.open(place.database))
        return open_desk(place, opened[-1])

    def close() -> None:
        while opened:
            with suppress(sqlite3.Error):  # of a disk that is gone
                opened.pop().close()

    async def follow(told: Callable[[SyncReport], None]) -> SyncReport:
        # As another program would, with a store and a journal of its own; the mirror is the desk's.
        # Each time anew: a supervisor may have set another address, and each enrolment has keys of its own.
        place = folder()
        with place.store() as store:
            enrolment = enrolment_of(store, place.path)
            expect_in_use(place, store, enrolment)
            keys = load_keys(place.path / enrolment.keys)
            journal = Journal(store, keys, enrolment.till, enrolment.epoch, utc_now, None)
            journal.start()
            _keep_spare(
                Desk(till=enrolment.till, clerk="", store=store, journal=journal, keys=keys, now=utc_now), place
            )
            return await stay_in_touch(store, journal, enrolment, keys, _SESSION_SECONDS, told)

    return Setup(
        open=open_,
        close=close,
        source=source,
        printer=printer,
        follow=follow,
        prefs=prefs,
        receipts=folder().receipts,
        heal=lambda progress: heal_or_come_back(TillFolder(data), progress),
        disk_fails=lambda: not can_be_written(folder().path),
        take_over=lambda known, progress: take_over(TillFolder(data), known=known, progress=progress),
        tray=source if isinstance(source, Tray) else None,
    )


def _keep_spare(desk: Desk, folder: TillFolder) -> None:
    """Have the second disk keep what the till could go on from. That it cannot, the mirror's state tells already."""
    with suppress(SyncError, JournalError, StoreError):
        keep_spare(desk, folder)
