"""The line to the office, as the counter uses it."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from common.clerks import Action
from till.journal.keys import TillKeys
from till.journal.writer import Journal
from till.operations.clerks import authorize
from till.operations.desk import Desk
from till.operations.opening import ENROLMENT, Enrolment, utc_now
from till.operations.refusals import BadField, NotEnrolled
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

    return run_sync(store, journal, office_client(store, enrolment, keys))


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

    return run_follow(store, journal, office_client(store, enrolment, keys), seconds, told)


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

    return await follow(store, journal, office_client(store, enrolment, keys), seconds, told)


def address_of(store: Store) -> str:
    """Where the office is, as an URL; "" for a till that is not enrolled."""
    known = store.setting(ENROLMENT, Enrolment)
    return "" if known is None else known.url


def set_address(desk: Desk, address: str) -> None:
    """The same office has moved to another address: its certificate, which the till has pinned, still has to be shown.

    Raises:
        NotAllowed, NobodySignedIn: only a supervisor may.
        BadField: it is no address; nothing was changed.
        NotEnrolled: see there.
    """
    authorize(desk, Action.APPROVE)
    found = urlsplit(address)
    try:
        usable = found.scheme == "https" and bool(found.hostname) and found.port != 0
    except ValueError:  # a port that is none
        usable = False
    if not usable or found.path.strip("/") or found.query or found.fragment or found.username:
        raise BadField("address", "address_form")
    known = desk.store.setting(ENROLMENT, Enrolment)
    if known is None:
        raise NotEnrolled(desk.till)
    moved = msgspec.structs.replace(known, url=f"https://{found.netloc}")
    desk.store.set_setting(ENROLMENT, moved)


def office_client(store: Store, enrolment: Enrolment, keys: TillKeys) -> "OfficeClient":
    """How this till reaches its office: by the certificate that it knows, or the one that the office said would follow.

    Once that is shown it is the one that the till knows.
    """
    # Imported here: the HTTP client takes as long to load as a command without the network takes to run.
    from till.sync.client import OfficeClient
    from till.sync.transport import Transport

    def changed(pin: bytes) -> None:
        known = store.setting(ENROLMENT, Enrolment) or enrolment
        store.set_setting(ENROLMENT, msgspec.structs.replace(known, pin=pin.hex()))

    utility = store.utility()
    following = b"" if utility is None else bytes.fromhex(utility.next_pin)
    line = partial(Transport, next_pin=following, changed=changed)
    return OfficeClient(enrolment.url, bytes.fromhex(enrolment.pin), enrolment.till, keys.signing, utc_now, line)
