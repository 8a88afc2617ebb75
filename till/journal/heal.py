"""Healing: the journal on the till's disk and its mirror compared entry by entry, each put right from the other.

What proves itself is kept: an entry that follows the one before and is signed by this till. Where only one of the two
does, it heals the other. Where both do and are not the same, the journal was written on twice: that is told, and
nobody chooses.
"""

from collections.abc import Iterable, Iterator
from itertools import zip_longest

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Struct

from common.chain import ChainError, Head, SignedEntry, digest, follow, read_line, signature_holds
from common.entries import BadEntry
from common.progress import Progress, unseen
from till.journal.errors import MirrorAbsent, MirrorDiverged
from till.journal.mirror import Mirror, in_short
from till.journal.writer import RESTORED
from till.store import Store
from till.store.rebuild import rebuild

_MOST_TOLD = 20


class Healed(Struct, frozen=True, kw_only=True):
    """What a healing found and did.

    Attributes:
        entries: of the journal, on both disks now.
        disk_lacked, mirror_lacked: entries at the end that only the other one had.
        disk_damaged, mirror_damaged: entries that did not prove themselves there and were put right; the first ones.
    """

    entries: int
    disk_lacked: int
    mirror_lacked: int
    disk_damaged: list[int]
    mirror_damaged: list[int]


def heal(
    store: Store, writer: str, epoch: int, key: Ed25519PublicKey, mirror: Mirror, progress: Progress = unseen
) -> Healed:
    """Compare both to their ends, then put right what proves itself on one of them only.

    Raises:
        MirrorAbsent: its disk is not there.
        MirrorDiverged: both go on from an entry, and not the same way. Nothing was changed.
        ChainError: an entry proves itself on neither. Nothing was changed.
        OSError: the mirror cannot be read or written.
        StoreError: the disk cannot.
    """
    if mirror.absent:
        raise MirrorAbsent(str(mirror.path.parent))
    comparing = _Comparing(store, Head.empty(writer, epoch), key, progress)
    comparing.run(store.stored_lines(writer, epoch), mirror.lines())
    comparing.heal_disk()
    if comparing.mirror_damaged or comparing.mirror_lacked:
        mirror.rewrite(store.entries(writer, epoch))
    return Healed(
        entries=comparing.head.seq,
        disk_lacked=len(comparing.disk_lacks),
        mirror_lacked=comparing.mirror_lacked,
        disk_damaged=[signed.entry.seq for signed in comparing.disk_damaged[:_MOST_TOLD]],
        mirror_damaged=comparing.mirror_damaged[:_MOST_TOLD],
    )


class _Comparing:
    """Both, entry by entry, from the first on."""

    def __init__(self, store: Store, head: Head, key: Ed25519PublicKey, progress: Progress) -> None:
        self.head = head
        self._store = store
        self._key = key
        self._progress = progress
        self._total = store.last_seq(head.writer, head.epoch)
        self._last: SignedEntry | None = None
        self.disk_lacks: list[SignedEntry] = []
        self.disk_damaged: list[SignedEntry] = []
        self.mirror_lacked = 0
        self.mirror_damaged: list[int] = []

    def run(self, disk: Iterable[tuple[bytes, bool]], mirror: Iterable[bytes]) -> None:
        lines = zip_longest(disk, mirror)
        for stored, mirrored in lines:
            held, filed = stored or (None, True)
            if held == mirrored and held is not None:
                self._same(held)
            elif not self._differ(held, mirrored):
                break
            if not filed and self._last is not None and self._last not in self.disk_damaged[-1:]:
                self.disk_damaged.append(self._last)
            self._progress(self.head.seq, max(self._total, self.head.seq))
        self._ended(lines)
        self._prove_last()

    def heal_disk(self) -> None:
        """Entries that the disk lost or spoiled, from the mirror; then all that is folded from them."""
        with self._store.transaction():
            for signed in self.disk_damaged:
                self._store.mend(signed)
            for signed in self.disk_lacks:
                self._store.append(signed, doubt=RESTORED)
        if self.disk_damaged:
            rebuild(self._store, check=False, progress=lambda _: None)

    def _same(self, line: bytes) -> None:
        """The same on both disks: it must follow; the signature after it proves it (common/JOURNAL.md)."""
        signed = self._follows(line)
        if signed is None:
            raise ChainError(self.head.writer, self.head.seq + 1, "it does not hold, on the disk nor on the mirror")
        self._go_on(signed)

    def _differ(self, held: bytes | None, mirrored: bytes | None) -> bool:
        """Whether one of the two proves itself here, and the journal goes on."""
        on_disk, on_mirror = self._proved(held), self._proved(mirrored)
        if on_disk is not None and on_mirror is not None:
            raise MirrorDiverged(on_disk.entry.seq, in_short(on_disk), in_short(on_mirror))
        if on_disk is not None:
            if mirrored is None:
                self.mirror_lacked += 1
            else:
                self.mirror_damaged.append(on_disk.entry.seq)
            self._go_on(on_disk)
        elif on_mirror is not None:
            (self.disk_lacks if held is None else self.disk_damaged).append(on_mirror)
            self._go_on(on_mirror)
        elif held is not None:
            raise ChainError(self.head.writer, self.head.seq + 1, "it does not hold, on the disk nor on the mirror")
        else:  # rubbish at the mirror's end, such as a torn line
            self.mirror_damaged.append(self.head.seq + 1)
            return False
        return True

    def _ended(self, lines: Iterator[tuple[tuple[bytes, bool] | None, bytes | None]]) -> None:
        """Nothing that proves itself may stand after what does not."""
        for _, mirrored in lines:
            if mirrored is not None and self._parsed(mirrored) is not None:
                raise ChainError(
                    self.head.writer, self.head.seq + 1, "it does not hold on the mirror, and others follow"
                )

    def _prove_last(self) -> None:
        if self._last is not None and not signature_holds(self._key, self._last):
            raise ChainError(self.head.writer, self.head.seq, "the signature is not the writer's")

    def _go_on(self, signed: SignedEntry) -> None:
        self.head, self._last = signed.head, signed

    def _proved(self, line: bytes | None) -> SignedEntry | None:
        signed = None if line is None else self._follows(line)
        return signed if signed is not None and signature_holds(self._key, signed) else None

    def _follows(self, line: bytes) -> SignedEntry | None:
        signed = self._parsed(line)
        try:
            return None if signed is None else next(follow(self.head, [signed]))
        except ChainError:
            return None

    def _parsed(self, line: bytes) -> SignedEntry | None:
        try:
            signed = read_line(line)
        except BadEntry:
            return None
        return signed if line.endswith(b"\n") and digest(signed.raw) == signed.hash else None
