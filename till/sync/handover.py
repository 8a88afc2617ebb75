"""Handing over all that the office lacks of a journal before its till goes on under another epoch."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from functools import partial

from common.chain import SignedEntry
from common.entries import BadEntry
from till.journal.errors import MirrorAbsent
from till.journal.mirror import Mirror
from till.journal.writer import Journal
from till.store import Store
from till.sync.client import OfficeClient, hand_back, send_all, send_branch
from till.sync.errors import JournalForked


def hand_over(store: Store, journal: Journal, client: OfficeClient, mirror: Mirror | None) -> None:
    """Send the mirror's entries that this disk does not have, of later epochs too, then the disk's own. Sets `fork`
    where the two, or the office's, have other branches.

    Raises:
        MirrorAbsent: it may have what nobody else has; nothing was sent.
        SyncError: not all of it is at the office.
    """
    asyncio.run(hand_over_all(store, journal, client, mirror))


async def hand_over_all(store: Store, journal: Journal, client: OfficeClient, mirror: Mirror | None) -> None:
    """As `hand_over`, within an event loop."""
    if mirror is not None:
        if mirror.absent:
            raise MirrorAbsent(str(mirror.path.parent))
        parting = _parting(store, journal, mirror)
        if parting is not None:
            await send_branch(store, journal, client, partial(_whole, mirror), parting)
        for other in mirror.others(journal.head.writer):
            await hand_back(store, journal, client, _whole(other, 0))
    with suppress(JournalForked):  # then the setting says so, and all is there
        await send_all(store, journal, client)


def _parting(store: Store, journal: Journal, mirror: Mirror) -> int | None:
    """The last entry before the first of the mirror that this disk does not have; None when it has all of them."""
    own = journal.head
    if mirror.path.exists():
        for signed in _whole(mirror, 0):
            if store.entry_hash(own.writer, own.epoch, signed.entry.seq) != signed.hash:
                return signed.entry.seq - 1
    return None


def _whole(mirror: Mirror, after: int) -> Iterator[SignedEntry]:
    with suppress(BadEntry):  # a line that is torn, or none: the mirror ends there
        yield from mirror.after(after)
