"""The mirror, as the counter uses it: chosen, watched, healed."""

from pathlib import Path

from common.progress import Progress, unseen
from till.journal.errors import MirrorAbsent, MirrorFailed
from till.journal.heal import Healed, heal
from till.journal.keys import load_keys
from till.journal.mirror import is_apart
from till.operations.opening import TillFolder, enrolment_of, mirror_of
from till.operations.refusals import BadField
from till.store import Store


def set_mirror(store: Store, folder: Path) -> None:
    """Keep a second copy of the journal in a folder from the next opening on.

    Raises:
        BadField: there is no such folder.
    """
    if not folder.is_dir():
        raise BadField("folder", "no_folder", str(folder))
    with store.transaction():
        store.set_setting("mirror", str(folder.resolve()))
        store.set_setting("mirror_apart", is_apart(folder, store.path))


def heal_mirror(folder: TillFolder, progress: Progress = unseen) -> Healed:
    """Compare the journal on this disk with its mirror from end to end, and put each right from the other.

    Raises:
        MirrorAbsent: there is none, or its disk is out.
        MirrorDiverged, ChainError: nobody can tell which is right; nothing was changed.
        MirrorFailed, StoreError: a disk cannot be read or written.
    """
    with folder.store_as_it_is() as store:
        enrolment = enrolment_of(store, folder.path)
        key = load_keys(folder.path / enrolment.keys).signing.public_key()
        mirror = mirror_of(store, enrolment)
        if mirror is None:
            raise MirrorAbsent("")
        try:
            return heal(store, enrolment.till, enrolment.epoch, key, mirror, progress)
        except OSError as error:
            raise MirrorFailed(str(mirror.path.parent), error.strerror or str(error)) from error
