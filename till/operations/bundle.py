"""Sync on a stick, as the counter uses it."""

from pathlib import Path

from common.progress import Progress, unseen
from till.operations.desk import Desk
from till.sync.bundle.export import Exported, export_bundle
from till.sync.bundle.stick import bundles_in
from till.sync.bundle.take import Imported, import_bundle
from till.sync.errors import BundleRefused

_OF_OTHERS = ("not_for_us", "another_kind")
"""What a stick for a whole branch holds besides: other tills' bundles, and those to the office."""


def bundle_to_stick(desk: Desk, target: Path, progress: Progress = unseen) -> Exported:
    """Write all that the office may lack into a file, or a folder.

    Raises:
        NoOfficeBox, StickFailed, StoreError: nothing was written.
    """
    return export_bundle(desk.store, desk.journal, desk.keys.signing, target, desk.now(), progress)


def bundle_from_stick(desk: Desk, place: Path, progress: Progress = unseen) -> list[Imported]:
    """Take the office's bundle in a file, or those in a folder that are for this till.

    Raises:
        BundleRefused: there is none for this till, or one is damaged; nothing of that was taken.
        BundleSaysForked, StickFailed, NoBundleThere, FeedRefused, StoreError: what was taken before stays.
    """
    taken: list[Imported] = []
    passed: BundleRefused | None = None
    for path in bundles_in(place):
        try:
            taken.append(import_bundle(desk.store, desk.journal, desk.keys.box, path, progress))
        except BundleRefused as refused:
            if refused.reason not in _OF_OTHERS:
                raise
            passed = refused
    if not taken and passed is not None:
        raise passed
    return taken
