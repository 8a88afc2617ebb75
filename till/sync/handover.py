"""Handing over all that the office lacks of a journal before its till goes on under another epoch."""

import asyncio
from contextlib import suppress

from common.entries import BadEntry
from till.journal.mirror import Mirror
from till.journal.writer import Journal
from till.store import Store
from till.sync.client import OfficeClient, send_all, send_lines
from till.sync.errors import JournalForked


def hand_over(store: Store, journal: Journal, client: OfficeClient, mirror: Mirror | None) -> None:
    """Send the mirror's entries that this disk does not have, then the disk's own. Sets `fork` where the two, or the
    office's, have other branches.

    Raises:
        SyncError: not all of it is at the office.
    """
    asyncio.run(hand_over_all(store, journal, client, mirror))


async def hand_over_all(store: Store, journal: Journal, client: OfficeClient, mirror: Mirror | None) -> None:
    """As `hand_over`, within an event loop."""
    if mirror is not None:
        own = journal.head
        # A mirror that cannot be read has nothing to hand over; it stays as it is.
        with suppress(OSError, BadEntry):
            kept = [
                signed
                for signed in mirror.after(0)
                if store.entry_hash(own.writer, own.epoch, signed.entry.seq) != signed.hash
            ]
            if kept:
                await send_lines(store, journal, client, kept)
    with suppress(JournalForked):  # then the setting says so, and all is there
        await send_all(store, journal, client)
