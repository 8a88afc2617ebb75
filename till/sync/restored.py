"""A till restored from a backup sells nothing before it knows what came after the backup: from its mirror, or from the
office, over a line or with the answer to a bundle that it wrote since."""

from common.bundle.document import Heard
from till.store import Store

BUNDLE_SERIAL = "bundle_serial"
"""The setting with the epoch and the number of the last bundle for the office."""

_RESTORED = "restored"
_PAST = "past_unknown"
"""The setting of a till that was enrolled again on an empty disk, until it has heard what it wrote before."""
_SKIPPED = 1_000
"""Bundles that may have been written after the backup: their numbers are not given again."""


def note_restored(store: Store) -> None:
    """This store is from a backup."""
    with store.transaction():
        epoch, serial = store.setting(BUNDLE_SERIAL, tuple[int, int]) or (0, 0)
        store.set_setting(BUNDLE_SERIAL, (epoch, serial + _SKIPPED))
        store.set_setting(_RESTORED, serial + _SKIPPED)


def note_past_unknown(store: Store) -> None:
    """This till wrote before, on a disk that is lost: it does not know which receipt numbers it has given."""
    store.set_setting(_PAST, True)


def past_is_known(store: Store) -> None:
    """All that the office has for this till was taken."""
    if store.setting(_PAST, bool) is not None:
        store.drop_setting(_PAST)


def is_restored(store: Store) -> bool:
    """Whether it is, and nobody has said yet what came after; or what came before, to a new disk."""
    return store.setting(_RESTORED, int) is not None or store.setting(_PAST, bool) is not None


def no_longer_restored(store: Store) -> None:
    """What came after is known."""
    if is_restored(store):
        store.drop_setting(_RESTORED)


def answers_restored(store: Store, heard: Heard) -> None:
    """The office has taken the till's bundles up to this one: was it written since?"""
    since = store.setting(_RESTORED, int)
    if since is not None and heard.serial > since:
        store.drop_setting(_RESTORED)
