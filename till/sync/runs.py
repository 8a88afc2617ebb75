"""The office's runs, as a till hears of them: how it notices that the office was restored from an older backup, and
what it then owes it (syncserver/PROTOCOL.md, "The office's loss")."""

from msgspec import Struct

from common.bundle.document import Heard
from till.store import Store

_RUN = "feed_run"
_HELD = "feed_held"
_SNAPSHOT = "snapshot"
_OWED = "hand_back"
"""Set while entries are owed: the number of the first bundle that brings them, 0 before it is written."""


class Progress(Struct, frozen=True):
    """How far the snapshot has come: the last account of the last page, "" when none is on its way, and the feed's
    position at the first one."""

    after: str
    position: int


def snapshot_progress(store: Store) -> Progress:
    """How far it has come."""
    return store.setting(_SNAPSHOT, Progress) or Progress("", 0)


def set_snapshot_progress(store: Store, progress: Progress) -> None:
    """It has come so far."""
    store.set_setting(_SNAPSHOT, progress)


def heard_run(store: Store) -> str:
    """The run of the office that this till last heard; empty: none."""
    return store.setting(_RUN, str) or ""


def hear_run(store: Store, run: str) -> None:
    """This run goes on with what was heard."""
    if run != heard_run(store):
        store.set_setting(_RUN, run)


def held_until(store: Store) -> int:
    """Up to where the feed of the run last heard has all that this till got from others. Further than the till has
    taken it while a snapshot is on its way, and where the office was restored and the entries were handed back: it may
    be restored once more."""
    return max(store.feed_position(), store.setting(_HELD, int) or 0)


def hold_until(store: Store, position: int) -> None:
    """The office holds all of that, up to here in its feed."""
    store.set_setting(_HELD, position)


def rewind(store: Store, position: int, run: str) -> None:
    """The office was restored: its feed is what this till heard only up to a position. What was handed back before is
    lost again."""
    with store.transaction():
        store.bases.rewind(position)
        progress = snapshot_progress(store)
        if progress.position > position:
            set_snapshot_progress(store, Progress(progress.after, position))
        store.set_feed_position(min(position, store.feed_position()))
        store.set_setting(_RUN, run)
        store.set_setting(_HELD, 0)


def owe_entries(store: Store) -> None:
    """All entries of others that this till has are to be handed back."""
    store.set_setting(_OWED, 0)


def owes_entries(store: Store) -> bool:
    """Whether they are."""
    return store.setting(_OWED, int) is not None


def pay_with(store: Store, serial: int) -> bool:
    """Whether this bundle must bring them: the office has not said yet that it took one that did."""
    owed = store.setting(_OWED, int)
    if owed == 0:
        store.set_setting(_OWED, serial)
    return owed is not None


def settle_debt(store: Store, heard: Heard, end: int) -> None:
    """The office has taken the till's bundles up to this one; its feed went up to `end` then."""
    owed = store.setting(_OWED, int)
    owner = store.owner
    if owed and owner is not None and heard.epoch == owner.epoch and heard.serial >= owed:
        with store.transaction():
            store.drop_setting(_OWED)
            hold_until(store, end)


def paid(store: Store, end: int) -> None:
    """They are at the office, whose feed goes up to `end` now."""
    with store.transaction():
        if owes_entries(store):
            store.drop_setting(_OWED)
        hold_until(store, end)
