"""The office's bundle for this till: what it acknowledges, and its feed."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from msgspec import Struct

from common.bundle.document import (
    ACCOUNT,
    END,
    FEED,
    PAGE,
    FeedManifest,
    Lines,
    Manifest,
    check_document,
    read_document,
)
from common.bundle.sealed import BadBundle, open_bundle
from common.chain import public_key, read_line
from common.entries import BadEntry
from common.progress import Progress, unseen
from common.wire import FeedItem, read_feed_line
from till.journal.fork import FORK, Fork
from till.journal.writer import Journal
from till.store import Store
from till.sync.bundle.stick import reading
from till.sync.errors import BundleRefused, BundleSaysForked
from till.sync.past import Past
from till.sync.restored import answers_restored, past_is_known
from till.sync.runs import hear_run, heard_run, held_until, owe_entries, rewind, settle_debt

_BATCH = 1_000
"""Lines of the feed that are taken in one transaction."""


class Imported(Struct, frozen=True, kw_only=True):
    """A bundle that was taken.

    Attributes:
        received: entries and accounts that this till did not have.
        acknowledged: the last entry of this till's journal that the office is known to hold.
        waiting: entries of the journal after it.
        stale: it was older than what this till had heard already; nothing was in it.
        restored: it says that the office lost what it had: the next bundle to it brings all that this till knows.
    """

    path: str
    received: int
    acknowledged: int
    waiting: int
    stale: bool
    restored: bool


def import_bundle(
    store: Store,
    journal: Journal,
    box: X25519PrivateKey,
    path: Path,
    progress: Progress = unseen,
) -> Imported:
    """Take the office's bundle in this file. Checked from end to end before anything of it is taken; taken again, or
    after a later one, it changes nothing.

    Args:
        progress: told how many bytes are done, and of how many.

    Raises:
        BundleRefused: it is not the office's for this till, or damaged; nothing was taken.
        BundleSaysForked: the office has another branch of this till's journal; the next bundle to it brings all.
        StickFailed: it cannot be read; what was taken before stays.
        FeedRefused, StoreError: as with a sync.
    """
    with reading(path) as file:
        size = max(1, path.stat().st_size)
        done = 0

        def read(count: int) -> bytes:
            nonlocal done
            piece = file.read(count)
            done += len(piece)
            progress(done, 2 * size)
            return piece

        try:
            manifest = check_document(open_bundle(box, read), lambda found: _office_key(store, journal, found))
            assert isinstance(manifest, FeedManifest)
            file.seek(0)
            taking = _Taking(store, journal, manifest, str(path))
            report = taking.take(read_document(open_bundle(box, read)))
        except BadBundle as error:
            raise BundleRefused(str(path), error.reason) from error
        except BadEntry as error:
            raise BundleRefused(str(path), "bundle_damaged") from error
    progress(2 * size, 2 * size)
    return report


def _office_key(store: Store, journal: Journal, manifest: Manifest) -> Ed25519PublicKey:
    """The key that must have signed.

    Raises:
        BadBundle: it is not for this till.
    """
    if not isinstance(manifest, FeedManifest):
        raise BadBundle("another_kind")
    office = store.setting("office", tuple[str, int, str])
    if office is None or (manifest.till, manifest.epoch) != (journal.head.writer, journal.head.epoch):
        raise BadBundle("not_for_us")
    return public_key(office[2])


class _Taking:
    """Taking one bundle that was proved to be the office's."""

    def __init__(self, store: Store, journal: Journal, manifest: FeedManifest, path: str) -> None:
        self._store = store
        self._journal = journal
        self._manifest = manifest
        self._path = path
        self._past = Past(store, journal, path)
        self._received = 0

    def take(self, lines: Lines) -> Imported:
        store, manifest = self._store, self._manifest
        self._journal.catch_up()
        same = manifest.same_feed(heard_run(store), held_until(store))
        if same is None:
            return self._report(stale=True, restored=False)
        restored = same < held_until(store)
        if manifest.after > same and not (manifest.snapshot and self._past.is_wanted):
            raise BundleRefused(self._path, "gap")
        newer = manifest.runs[-1][0] != heard_run(store)
        if restored:
            with store.transaction():
                rewind(store, same, manifest.runs[-1][0])
                owe_entries(store)
        hear_run(store, manifest.runs[-1][0])
        if manifest.heard is not None:
            settle_debt(store, manifest.heard, manifest.end)
            answers_restored(store, manifest.heard)
        known = store.feed_position()
        self._acknowledge(may_be_less=newer)
        self._take_feed(lines)
        if store.feed_position() >= manifest.end and not self._past.done.after:
            past_is_known(store)
        return self._report(stale=not restored and not newer and manifest.end < known, restored=restored)

    def _acknowledge(self, *, may_be_less: bool) -> None:
        """What the office holds of this journal is acknowledged; less than before only by an office that was restored.

        Raises:
            BundleSaysForked: it holds other entries under our numbers.
        """
        head, store, own = self._manifest.head, self._store, self._journal.head
        ours = head.seq <= own.seq and (head.seq == 0 or store.entry_hash(own.writer, own.epoch, head.seq) == head.hash)
        if not ours or self._manifest.common is not None:
            common = min(own.seq, head.seq if self._manifest.common is None else self._manifest.common)
            store.set_setting(FORK, Fork(common=common, office=head.seq))
            raise BundleSaysForked(own.writer, common, head.seq)
        contact = store.setting("contact", datetime)
        later = contact is None or self._manifest.now > contact
        if head.seq > store.acked() or may_be_less or (later and head.seq == store.acked()):
            store.set_acked(head, self._manifest.now if later or contact is None else contact)

    def _take_feed(self, lines: Lines) -> None:
        """Pages of the snapshot, the feed, and accounts that were asked for, in this order."""
        for letter, group in groupby(lines, key=lambda line: line[0]):
            carried = (line for _, line in group)
            if letter == PAGE:
                self._take_pages(carried)
            elif letter == FEED:
                self._take_lines(carried)
            elif letter == END:
                self._reach(int(next(carried)))
            elif letter == ACCOUNT:
                self._take_accounts(carried)

    def _take_pages(self, pages: Iterable[bytes]) -> None:
        for page in pages:
            if self._past.is_wanted:
                self._received += self._past.take_next(page)

    def _take_lines(self, lines: Iterable[bytes]) -> None:
        batch: list[FeedItem] = []
        for line in lines:
            item = read_feed_line(line)
            if item.position > self._store.feed_position():
                batch.append(item)
            if len(batch) == _BATCH:
                self._received += self._journal.accept(batch, batch[-1].position)
                batch = []
        if batch:
            self._received += self._journal.accept(batch, batch[-1].position)

    def _reach(self, position: int) -> None:
        if position > self._store.feed_position():
            self._store.set_feed_position(position)

    def _take_accounts(self, lines: Iterable[bytes]) -> None:
        """All entries about an account in its base's place: only while nothing later is known here, which they lack."""
        latest = self._store.feed_position() == self._manifest.end and self._store.acked() == self._manifest.head.seq
        wanted = set(self._store.bases.outdated()) if latest else set()
        for number, group in groupby((line.partition(b" ") for line in lines), key=lambda parts: parts[0]):
            if number.decode() in wanted:
                self._journal.take_whole(number.decode(), [read_line(line) for _, _, line in group])

    def _report(self, *, stale: bool, restored: bool) -> Imported:
        acked = self._store.acked()
        return Imported(
            path=self._path,
            received=self._received,
            acknowledged=acked,
            waiting=self._journal.head.seq - acked,
            stale=stale,
            restored=restored,
        )
