"""The spare: a copy of the till on its second disk, which it could go on from; the mirror has what came after it."""

from datetime import timedelta
from pathlib import Path

from msgspec import Struct

from common.locked import lock_id
from common.progress import Progress, unseen
from till.journal.keysafe import LOCKED, is_locked
from till.operations.backup import back_up
from till.operations.desk import Desk
from till.operations.opening import TillFolder, enrolment_of, mirror_of
from till.store import Store

SPARE_EVERY = timedelta(hours=1)
"""How old the spare may be before what the office has said since is copied too."""

_SUFFIX = ".spare"
_KEPT, _KEYS = "spare", "spare_keys"


class _Kept(Struct, frozen=True, kw_only=True):
    """The last spare that was written: where, of what, and when (milliseconds)."""

    folder: str
    epoch: int
    feed: int
    keys: str
    at: int


def spare_path(mirror: Path, till: str) -> Path:
    """Where a till's spare is kept in its mirror's folder."""
    return mirror / f"{till}{_SUFFIX}"


def spares_in(mirror: Path) -> list[str]:
    """The tills whose spares are in a mirror's folder."""
    return sorted(path.name.removesuffix(_SUFFIX) for path in mirror.glob(f"*{_SUFFIX}"))


def set_spare_keys(store: Store, *, unlocked: bool) -> None:
    """Whether the till's keys may lie on the second disk as they are, when nothing locks them."""
    store.set_setting(_KEYS, unlocked)


def keys_in_spare(folder: TillFolder, store: Store) -> str:
    """How the till's keys are in its spare: behind the lock of this id, `open` where somebody said so; "": not."""
    if is_locked(folder.path):
        return lock_id((folder.path / LOCKED).read_bytes())
    return "open" if store.setting(_KEYS, bool) else ""


def keep_spare(desk: Desk, folder: TillFolder, progress: Progress = unseen) -> bool:
    """Write the spare anew where it is not there, or not of how the till stands. Returns whether one was written.

    Raises:
        StickFailed, BackupRefused, StoreError: as `back_up`; what was there before still is.
    """
    store, enrolment = desk.store, enrolment_of(desk.store, folder.path)
    mirror = mirror_of(store, enrolment)
    if mirror is None or mirror.absent:
        return False
    place, keys = mirror.path.parent, keys_in_spare(folder, store)
    path, known = spare_path(place, enrolment.till), store.setting(_KEPT, _Kept)
    now, feed = int(desk.now().timestamp() * 1000), store.feed_position()
    if known is not None and path.exists():
        same = (known.folder, known.epoch, known.keys) == (str(place), enrolment.epoch, keys)
        fresh = known.feed == feed or now - known.at < SPARE_EVERY / timedelta(milliseconds=1)
        if same and fresh:
            return False
    back_up(desk, folder, path, None, progress, keys=bool(keys))
    store.set_setting(_KEPT, _Kept(folder=str(place), epoch=enrolment.epoch, feed=feed, keys=keys, at=now))
    return True
