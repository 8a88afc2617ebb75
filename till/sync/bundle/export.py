"""A till's bundle for the office: all of its journal that the office has not acknowledged, and what it has heard."""

import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from common.bundle.document import MOST_WANTED, OWN, RETURNED, Heard, JournalManifest, write_document
from common.bundle.sealed import seal_bundle
from common.chunks import KEY_BYTES
from common.entries import TillEnrolled
from common.progress import Progress, unseen
from till import VERSION
from till.journal.fork import FORK, Fork
from till.journal.writer import Journal
from till.store import Store
from till.sync.bundle.stick import bundle_path, write_whole
from till.sync.errors import NoOfficeBox
from till.sync.restored import BUNDLE_SERIAL
from till.sync.runs import heard_run, pay_with


class Exported(Struct, frozen=True, kw_only=True):
    """A bundle that was written.

    Attributes:
        entries: of this till's journal.
        returned: of others', handed back to an office that was restored.
        bytes: its size.
    """

    path: str
    serial: int
    entries: int
    returned: int
    bytes: int


def export_bundle(
    store: Store,
    journal: Journal,
    signing: Ed25519PrivateKey,
    target: Path,
    now: datetime,
    progress: Progress = unseen,
) -> Exported:
    """Write all that the office may lack: into a file, or a folder. What it acknowledged later is passed over there, so
    that a stick lost, or brought twice, does no harm.

    Args:
        progress: told how many entries are written, and of how many.

    Raises:
        NoOfficeBox: this till has not heard yet what to seal bundles with.
        StickFailed: the file cannot be written; what was there before still is.
        StoreError: nothing was written.
    """
    utility = store.utility()
    if utility is None or not utility.box:
        raise NoOfficeBox
    journal.catch_up()
    heard = _heard(store, journal)
    export = _Export(store, journal, returns=pay_with(store, heard.serial), progress=progress)
    manifest = JournalManifest(
        till=journal.head.writer,
        box=utility.box,
        heard=heard,
        head=journal.head,
        enrolled=_enrolled(store, journal),
        made=now,
        version=VERSION,
    )
    path = bundle_path(target, f"{journal.head.writer}-to-office")
    document = write_document(signing, manifest, export.lines())
    size = write_whole(path, seal_bundle(utility.box, secrets.token_bytes(KEY_BYTES), document))
    return Exported(path=str(path), serial=heard.serial, entries=export.entries, returned=export.returned, bytes=size)


class _Export:
    """The lines, and how many there were."""

    def __init__(self, store: Store, journal: Journal, *, returns: bool, progress: Progress) -> None:
        self._store = store
        self._returns = returns
        self._head = journal.head
        self._progress = progress
        # Of a journal that forked nobody here knows for sure what the office has.
        self._after = 0 if store.setting(FORK, Fork) is not None else min(store.acked(), journal.head.seq)
        self.entries = self.returned = 0

    def lines(self) -> Iterator[tuple[bytes, bytes]]:
        head, total = self._head, self._head.seq - self._after
        if self._returns:
            for signed in self._store.of_others(head.writer, head.epoch):
                self.returned += 1
                yield RETURNED, signed.line[:-1]
        for signed in self._store.entries(head.writer, head.epoch, after=self._after, limit=total):
            self.entries += 1
            self._progress(self.entries, total)
            yield OWN, signed.line[:-1]


def _heard(store: Store, journal: Journal) -> Heard:
    """What this till has heard, under the next number."""
    epoch = journal.head.epoch
    with store.transaction():
        before, serial = store.setting(BUNDLE_SERIAL, tuple[int, int]) or (epoch, 0)
        serial = serial + 1 if before == epoch else 1
        store.set_setting(BUNDLE_SERIAL, (epoch, serial))
    position = store.feed_position()
    return Heard(
        epoch=epoch,
        serial=serial,
        run=heard_run(store),
        position=position,
        fresh=position == 0 and not store.find("", 1),
        wants=store.bases.outdated()[:MOST_WANTED],
    )


def _enrolled(store: Store, journal: Journal) -> str:
    """The entry that enrolled this till's epoch; empty where it came back beside the office's journal."""
    office = store.setting("office", tuple[str, int, str])
    if office is None:
        return ""
    for signed in store.entries(office[0], office[1]):
        body = signed.entry.body
        if isinstance(body, TillEnrolled) and (body.till, body.epoch) == (journal.head.writer, journal.head.epoch):
            return signed.line.decode().removesuffix("\n")
    return ""
