"""A till comes back under its next epoch: its disk was restored to an older image, it was copied, or its keys are to
change."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from common.chain import read_line
from common.wire import FeedItem
from till import VERSION
from till.journal.errors import MirrorFailed
from till.journal.fork import FORK, Fork
from till.journal.keys import TillKeys, create_keys, keys_exist, load_keys
from till.journal.mirror import Mirror
from till.journal.seat import seat_of, sit_down
from till.journal.writer import Journal
from till.operations.opening import Enrolment, TillFolder, enrolment_of, mirror_of, utc_now
from till.store import Owner, Store
from till.store.rebuild import rebuild


def re_enrol(folder: TillFolder, code: str, *, without_mirror: bool = False) -> Enrolment:
    """Send the office all that it lacks of both this disk and its mirror, and go on under new keys and another epoch.
    Safe to repeat with the same code, wherever it was cut.

    Args:
        without_mirror: go on though the mirror is not there, for it is lost.

    Raises:
        MirrorAbsent: it is not there; nothing was changed.
        NotEnrolled, StoreError, JournalError: nothing was changed.
        BadCode, SyncError: nothing was changed; what was sent is at the office.
    """
    # Imported here: the HTTP client takes as long to load as a command without the network takes to run.
    from till.sync.client import OfficeClient
    from till.sync.enrol import enrol, proven_pin
    from till.sync.handover import hand_over

    with folder.store() as store:
        before = enrolment_of(store, folder.path)
        keys = load_keys(folder.path / before.keys)
        journal = Journal(store, keys, before.till, before.epoch, utc_now, None)
        journal.start()
        # The code proves the office, whatever certificate it showed before.
        pin = proven_pin(before.url, code)
        client = OfficeClient(before.url, pin, before.till, keys.signing, utc_now)
        hand_over(store, journal, client, None if without_mirror else mirror_of(store, before))
        name = f"keys-{hashlib.sha256(code.encode()).hexdigest()[:16]}"
        place = folder.path / name
        new_keys = load_keys(place) if keys_exist(place) else create_keys(place)
        reply = enrol(before.url, code, new_keys, VERSION).reply
        after = msgspec.structs.replace(
            before, till=reply.till, branch=reply.branch, name=reply.name, epoch=reply.epoch, keys=name, pin=pin.hex()
        )
        _sit_down(folder, store, after)
        begin_epoch(store, before, after, new_keys, utc_now, mirror_of(store, after), reply.enrolled)
        return after


def _sit_down(folder: TillFolder, store: Store, enrolment: Enrolment) -> None:
    """Go on here, though another folder had taken over: all that it wrote is at the office, or on the mirror."""
    seat = seat_of(folder.path)
    mirror = store.setting("mirror", str) or ("" if seat is None else seat.mirror)
    if not mirror:
        return
    place = Path(mirror)
    try:
        sit_down(folder.path, enrolment.till, place)
    except OSError as error:
        raise MirrorFailed(str(place), error.strerror or str(error)) from error


def keep_enrolment(store: Store, journal: Journal, enrolled: str) -> None:
    """Keep the entry that enrolled this till, ahead of the feed.

    Raises:
        FeedRefused, BadEntry: it is not the office's; nothing was kept.
    """
    if enrolled:
        position = store.feed_position()
        journal.accept([FeedItem(position, read_line(enrolled.encode()))], position)


def begin_epoch(
    store: Store,
    before: Enrolment,
    after: Enrolment,
    keys: TillKeys,
    clock: Callable[[], datetime],
    mirror: Mirror | None = None,
    enrolled: str = "",
) -> Journal:
    """Set this disk's branch aside, to make room for the office's, and open the new journal: all of it or nothing.

    Everything that this till wrote before must be at the office.

    Args:
        enrolled: the office's entry that enrolled it, as a journal line: an office that loses it gets it back.
    """
    with store.transaction():
        fork = store.setting(FORK, Fork)
        if fork is not None:
            store.set_aside(before.till, before.epoch, fork.common)
            store.drop_setting(FORK)
        store.begin_epoch(Owner(till=after.till, branch=after.branch, epoch=after.epoch))
        store.set_setting("enrolment", after)
        journal = Journal(store, keys, after.till, after.epoch, clock, mirror)
        journal.open_first(after.branch, VERSION)
        keep_enrolment(store, journal, enrolled)
        if after.till != before.till:  # what another sold is not this till's
            rebuild(store, check=False, progress=lambda _: None)
            store.set_setting("acked_money", 0)
    journal.start()
    return journal
