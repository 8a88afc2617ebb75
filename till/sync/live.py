"""In touch with the office for a while: what it says is here as soon as it is said (the feed's long poll)."""

import asyncio
from collections.abc import Callable

from till.journal.writer import Journal
from till.store import Store
from till.sync.client import OfficeClient, Session
from till.sync.report import SyncReport

POLL_SECONDS = 25
"""How long one request waits for news: below what lines and their boxes forget an idle connection after."""


def run_follow(
    store: Store, journal: Journal, client: OfficeClient, seconds: float, told: Callable[[SyncReport], None]
) -> SyncReport:
    """`follow`, where there is no event loop."""
    return asyncio.run(follow(store, journal, client, seconds, told))


async def follow(
    store: Store, journal: Journal, client: OfficeClient, seconds: float, told: Callable[[SyncReport], None]
) -> SyncReport:
    """Sync, then stay in touch: send what was written here meanwhile, take what is new, as soon as there is something.

    Args:
        told: hears of each round that brought or sent anything.

    Returns:
        What all rounds did.

    Raises:
        SyncError, FeedRefused: see till.sync.client; what was acknowledged and taken stays so.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    async with Session(store, journal, client) as session:
        total = await session.sync()
        told(total)
        while (left := until - loop.time()) > 0:
            report = await session.sync(wait=min(POLL_SECONDS, max(1, int(left))))
            if report.sent or report.received:
                told(report)
            total = report.after(total)
    return total
