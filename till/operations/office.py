"""The line to the office, as the counter uses it."""

from till.journal.keys import TillKeys
from till.journal.writer import Journal
from till.operations.opening import Enrolment, utc_now
from till.store import Store
from till.sync.report import SyncReport


def sync_with_office(store: Store, journal: Journal, enrolment: Enrolment, keys: TillKeys) -> SyncReport:
    """Send what waits and fetch what is new.

    Raises:
        SyncError: see till.sync.errors; what was acknowledged and taken stays so.
        FeedRefused: the feed has an entry that does not prove itself.
    """
    # Imported here: the HTTP client takes as long to load as a command without the network takes to run.
    from till.sync.client import OfficeClient, run_sync

    client = OfficeClient(enrolment.url, bytes.fromhex(enrolment.pin), enrolment.till, keys.signing, utc_now)
    return run_sync(store, journal, client)
