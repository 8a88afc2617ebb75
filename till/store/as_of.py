"""The till as it was when its journals ended at other heads: a report of then is made again, byte for byte."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from common.chain import SignedEntry
from common.documents import JournalHead
from till.store.errors import StoreError
from till.store.reports import ReportReading
from till.store.store import Store


class HeadsNotHere(StoreError):
    """The till cannot be made as it was at these heads.

    Attributes:
        writer, epoch, seq: the head that is in the way.
    """

    def __init__(self, writer: str, epoch: int, seq: int) -> None:
        super().__init__(f"{writer} {epoch} {seq}")
        self.writer = writer
        self.epoch = epoch
        self.seq = seq


@contextmanager
def as_of(store: Store, heads: Sequence[JournalHead], progress: Callable[[int], None]) -> Iterator[Store]:
    """A store of its own that knows the entries up to these heads and no others. It is gone at the end.

    Args:
        progress: told how many entries are folded.

    Raises:
        HeadsNotHere: an entry that a head names is not here, or others came since that belong before it: of other
            tills' journals a till hears only what concerns its branch, and may hear it later.
        StoreError: see there.
    """
    wanted = {(head.writer, head.epoch): head for head in heads}
    _check(store, heads)
    with tempfile.TemporaryDirectory(prefix="kilotill-as-of-") as folder:
        then = Store.open(Path(folder) / "till.db")
        try:
            then.begin_as(store, _until(store, wanted, progress))
            found = {(head.writer, head.epoch): head for head in ReportReading(then).heads()}
            for key, head in wanted.items():
                if found.get(key) != head:
                    raise HeadsNotHere(head.writer, head.epoch, head.seq)
            yield then
        finally:
            then.close()


def _check(store: Store, heads: Sequence[JournalHead]) -> None:
    parted = ReportReading(store).is_parted()
    for head in heads:
        if parted or store.entry_hash(head.writer, head.epoch, head.seq) != head.hash:
            raise HeadsNotHere(head.writer, head.epoch, head.seq)


def _until(
    store: Store, wanted: dict[tuple[str, int], JournalHead], progress: Callable[[int], None]
) -> Iterator[SignedEntry]:
    for number, signed in enumerate(store.everything(), 1):
        head = wanted.get((signed.entry.writer, signed.entry.epoch))
        if head is not None and signed.entry.seq <= head.seq:
            yield signed
        progress(number)
