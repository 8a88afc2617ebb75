"""The line to the office, as the counter uses it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from till.journal.keys import TillKeys
from till.journal.writer import Journal
from till.operations.opening import Enrolment, utc_now
from till.store import Store
from till.sync.report import SyncReport

if TYPE_CHECKING:
    from till.sync.client import OfficeClient


def sync_with_office(store: Store, journal: Journal, enrolment: Enrolment, keys: TillKeys) -> SyncReport:
    """Send what waits and fetch what is new.

    Raises:
        SyncError: see till.sync.errors; what was acknowledged and taken stays so.
        FeedRefused: the feed has an entry that does not prove itself.
    """
    from till.sync.client import run_sync

    return run_sync(store, journal, _client(enrolment, keys))


def follow_office(
    store: Store,
    journal: Journal,
    enrolment: Enrolment,
    keys: TillKeys,
    seconds: float,
    told: Callable[[SyncReport], None],
) -> SyncReport:
    """Stay in touch for so many seconds: what the office says is here as soon as it is said.

    Args:
        told: hears of each round that brought or sent anything.

    Raises:
        SyncError, FeedRefused: as `sync_with_office`.
    """
    from till.sync.live import run_follow

    return run_follow(store, journal, _client(enrolment, keys), seconds, told)


async def stay_in_touch(
    store: Store,
    journal: Journal,
    enrolment: Enrolment,
    keys: TillKeys,
    seconds: float,
    told: Callable[[SyncReport], None],
) -> SyncReport:
    """`follow_office`, where there is an event loop; may be cancelled at any time."""
    from till.sync.live import follow

    return await follow(store, journal, _client(enrolment, keys), seconds, told)


def _client(enrolment: Enrolment, keys: TillKeys) -> "OfficeClient":
    # Imported here: the HTTP client takes as long to load as a command without the network takes to run.
    from till.sync.client import OfficeClient

    return OfficeClient(enrolment.url, bytes.fromhex(enrolment.pin), enrolment.till, keys.signing, utc_now)
