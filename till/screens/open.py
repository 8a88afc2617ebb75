"""How the window opens the till of a data folder."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from till.journal.keys import load_keys
from till.journal.writer import Journal
from till.operations.card_source import card_source
from till.operations.desk import Desk
from till.operations.mirror import heal_mirror
from till.operations.office import stay_in_touch
from till.operations.opening import TillFolder, enrolment_of, open_desk, utc_now
from till.operations.printers import printer_of, printer_setup
from till.screens.work.hub import Setup
from till.screens.work.prefs import Prefs, load_prefs
from till.simulator.tray import Tray
from till.store import Store
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
    folder = TillFolder(data)
    with folder.store() as store:
        enrolment_of(store, data)
        prefs = load_prefs(store) or Prefs(language=language, reader=reader)
        printer = printer_of(printer_setup(store), folder.receipts)
    if reader != ANY_READER:
        prefs = msgspec.structs.replace(prefs, reader=reader)
    source = card_source(prefs.reader)
    opened: list[Store] = []

    def open_() -> Desk:
        opened.append(Store.open(folder.database))
        return open_desk(folder, opened[0])

    def close() -> None:
        for store in opened:
            store.close()

    async def follow(told: Callable[[SyncReport], None]) -> SyncReport:
        # As another program would, with a store and a journal of its own; the mirror is the desk's.
        # Each time anew: a supervisor may have set another address, and each enrolment has keys of its own.
        with folder.store() as store:
            enrolment = enrolment_of(store, data)
            keys = load_keys(data / enrolment.keys)
            journal = Journal(store, keys, enrolment.till, enrolment.epoch, utc_now, None)
            journal.start()
            return await stay_in_touch(store, journal, enrolment, keys, _SESSION_SECONDS, told)

    return Setup(
        open=open_,
        close=close,
        source=source,
        printer=printer,
        follow=follow,
        prefs=prefs,
        receipts=folder.receipts,
        heal=lambda progress: heal_mirror(folder, progress),
        tray=source if isinstance(source, Tray) else None,
    )
