"""Healing: the office's database and its mirror compared entry by entry, each put right from the other.

What proves itself is kept: an entry that follows its writer's last one and has the writer's signature. Where only one
of the two does, it heals the other. Where both do and are not the same, that is told, and nobody chooses.
"""

from collections.abc import Iterator
from itertools import zip_longest

from msgspec import Struct
from msgspec.structs import astuple

from common.chain import ChainError, Head, SignedEntry, carried, digest, follow, public_hex, public_key, signature_holds
from common.entries import OFFICE, BadEntry, TillEnrolled, type_of
from common.progress import Progress, unseen
from common.wire import FeedItem
from syncserver.ingest.prepare import EntryRow, row_of
from syncserver.mirror.lines import MirrorLines, parsed
from syncserver.mirror.mend import Mending
from syncserver.office.errors import OfficeError
from syncserver.office.office import Office
from syncserver.office.pen import EPOCH
from syncserver.store import StoredEntry

_MOST_TOLD = 20


class Healed(Struct, frozen=True, kw_only=True):
    """What a healing found and did.

    Attributes:
        entries: that both hold now.
        disk_lacked, mirror_lacked: entries at the end that only the other one had.
        disk_damaged, mirror_damaged: positions of entries that did not prove themselves there; the first ones.
    """

    entries: int
    disk_lacked: int
    mirror_lacked: int
    disk_damaged: list[int]
    mirror_damaged: list[int]


def heal(office: Office, lines: MirrorLines, aside: str, progress: Progress = unseen) -> Healed:
    """Compare both from end to end, and put right what proves itself on one of them only. Safe to stop and to repeat.

    Args:
        aside: the name of a folder for the files of a damaged mirror, which is written anew.

    Raises:
        OfficeError: both go on from an entry and not the same way, or an entry proves itself on neither.
        OSError: the mirror cannot be read or written.
        StoreUnavailable: the database cannot.
    """
    with lines.locked():
        comparing = _Comparing(office, progress)
        comparing.run(lines)
        mirror_damaged, mirror_lacked = comparing.mirror_damaged, comparing.mirror_lacked
        if mirror_damaged:
            lines.set_aside(aside)
        if mirror_damaged or mirror_lacked:
            after = 0 if mirror_damaged else comparing.position - mirror_lacked
            with office.store.read() as reading:
                lines.append(reading.lines(after=after))
    return Healed(
        entries=comparing.position,
        disk_lacked=comparing.disk_lacked,
        mirror_lacked=mirror_lacked,
        disk_damaged=comparing.disk_damaged,
        mirror_damaged=mirror_damaged[:_MOST_TOLD],
    )


class _Kept(Struct, frozen=True):
    """An entry in the database: the line that it would be on the mirror, and its row; None where it is missing."""

    line: bytes
    row: EntryRow | None


class _Comparing:
    """Both, entry by entry, from the first on."""

    def __init__(self, office: Office, progress: Progress) -> None:
        self._office = office
        self._progress = progress
        self._heads: dict[tuple[str, int], Head] = {}
        self._keys = {(OFFICE, EPOCH): public_hex(office.keys.signing)}
        self._mending = Mending(office)
        self.position = 0
        self.disk_lacked = self.mirror_lacked = 0
        self.disk_damaged: list[int] = []
        self.mirror_damaged: list[int] = []

    def run(self, lines: MirrorLines) -> None:
        with self._office.store.read() as reading:
            total = reading.last_position()
            mirrored = lines.lines()
            for held, line in zip_longest(_whole(reading.ingested()), mirrored):
                if not self._compare(held, line):
                    break
                if self.position % 1_000 == 0:
                    self._progress(self.position, max(total, self.position))
            for line in mirrored:
                if parsed(line) is not None:
                    raise self._unproved()
        self._mending.finish()
        self._progress(self.position, self.position)

    def _compare(self, held: _Kept | None, line: bytes | None) -> bool:
        """Whether one of the two proves itself here, and they go on."""
        if held is not None and held.line == line:
            item = self._follows(held.line)
            if item is None:
                raise self._unproved()
            self._find_again(held, item)
            self._go_on(item)
            return True
        here, there = None if held is None else self._proved(held.line), self._proved(line)
        if here is not None and there is not None:
            raise self._diverged(here, there)
        if here is not None:
            if line is None:
                self.mirror_lacked += 1
            else:
                self.mirror_damaged.append(here.position)
            if held is not None:
                self._find_again(held, here)
            self._go_on(here)
        elif there is not None:
            if held is None:
                self.disk_lacked += 1
            else:
                self.disk_damaged.append(there.position)
            self._mending.put(there, at_end=held is None)
            self._go_on(there)
        elif held is not None:
            raise self._unproved()
        else:  # rubbish at the mirror's end, such as a torn line
            self.mirror_damaged.append(self.position + 1)
            return False
        return True

    def _find_again(self, held: _Kept, item: FeedItem) -> None:
        """What a sound entry is found by in the database is as sound, or put right."""
        if held.row != row_of(item.signed):
            self.disk_damaged.append(item.position)
            self._mending.put(item, at_end=False)

    def _go_on(self, item: FeedItem) -> None:
        entry = item.signed.entry
        self.position = item.position
        self._heads[entry.writer, entry.epoch] = item.signed.head
        body = (carried(item.signed) or item.signed).entry.body
        if isinstance(body, TillEnrolled):
            self._keys.setdefault((body.till, body.epoch), body.key)

    def _proved(self, line: bytes | None) -> FeedItem | None:
        item = None if line is None else self._follows(line)
        if item is None:
            return None
        key = self._keys.get((item.signed.entry.writer, item.signed.entry.epoch))
        return item if key is not None and signature_holds(public_key(key), item.signed) else None

    def _follows(self, line: bytes) -> FeedItem | None:
        item = parsed(line)
        if item is None or item.position != self.position + 1 or digest(item.signed.raw) != item.signed.hash:
            return None
        entry = item.signed.entry
        head = self._heads.get((entry.writer, entry.epoch)) or Head.empty(entry.writer, entry.epoch)
        try:
            list(follow(head, [item.signed]))
            carried(item.signed)
        except (ChainError, BadEntry):
            return None
        return item

    def _unproved(self) -> OfficeError:
        what = f"Entry {self.position + 1} proves itself neither here nor on the mirror. Nothing was changed."
        return OfficeError(what, "Restore a backup beside this office; tills send again what it lacks.")

    def _diverged(self, here: FeedItem, there: FeedItem) -> OfficeError:
        what = (
            f"Database and mirror go on differently from entry {here.position} on: the database with "
            f"{_in_short(here.signed)}, the mirror with {_in_short(there.signed)}. Nothing was changed."
        )
        advice = "Keep both: syncserver mirror heal --keep-both takes all that the mirror has beside what is here."
        return OfficeError(what, advice)


def _whole(entries: Iterator[StoredEntry]) -> Iterator[_Kept]:
    """What the database keeps; an empty line for each entry that is missing."""
    before = 0
    for entry in entries:
        yield from [_Kept(b"\n", None)] * (entry.position - before - 1)
        yield _Kept(b"%d %s" % (entry.position, entry.line), astuple(entry)[1:-1])
        before = entry.position


def _in_short(signed: SignedEntry) -> str:
    entry = signed.entry
    return f"{type_of(entry.body)} of {entry.writer} at {entry.at:%Y-%m-%d %H:%M:%S} UTC"
