"""A till restored from a backup sells nothing before it knows what came after the backup: from its mirror, or from the
office, over a line or with the answer to a bundle that it wrote since."""

from common.bundle.document import Heard
from till.store import Store

BUNDLE_SERIAL = "bundle_serial"
"""The setting with the epoch and the number of the last bundle for the office."""

_RESTORED = "restored"
_SKIPPED = 1_000
"""Bundles that may have been written after the backup: their numbers are not given again."""


def note_restored(store: Store) -> None:
    """This store is from a backup."""
    with store.transaction():
        epoch, serial = store.setting(BUNDLE_SERIAL, tuple[int, int]) or (0, 0)
        store.set_setting(BUNDLE_SERIAL, (epoch, serial + _SKIPPED))
        store.set_setting(_RESTORED, serial + _SKIPPED)


def is_restored(store: Store) -> bool:
    """Whether it is, and nobody has said yet what came after."""
    return store.setting(_RESTORED, int) is not None


def no_longer_restored(store: Store) -> None:
    """What came after is known."""
    if is_restored(store):
        store.drop_setting(_RESTORED)


def answers_restored(store: Store, heard: Heard) -> None:
    """The office has taken the till's bundles up to this one: was it written since?"""
    since = store.setting(_RESTORED, int)
    if since is not None and heard.serial > since:
        store.drop_setting(_RESTORED)
