"""The office as it was when its journals ended at other heads: a report of then is made again, byte for byte."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from msgspec.structs import replace

from common.chain import GENESIS
from common.documents import JournalHead
from syncserver.ingest.projector import Projector
from syncserver.office.errors import OfficeError
from syncserver.store import MasterStore, Reading, StoredEntry, WriterRow, Writing

_BATCH = 1_000


@contextmanager
def as_of(store: MasterStore, heads: Sequence[JournalHead], progress: Callable[[int], None]) -> Iterator[MasterStore]:
    """A store of its own that knows the entries up to these heads and no others. It is gone at the end.

    Args:
        progress: told how many entries are folded.

    Raises:
        OfficeError: the office does not have an entry that a head names.
    """
    with tempfile.TemporaryDirectory(prefix="kilotill-as-of-") as folder:
        then = MasterStore.create(Path(folder) / "then.db")
        try:
            with store.read() as reading, then.write() as writing:
                _fold(reading, writing, _rows(reading, heads), progress)
            yield then
        finally:
            then.close()


def _rows(reading: Reading, heads: Sequence[JournalHead]) -> dict[tuple[str, int], WriterRow]:
    """The journals as they ended then."""
    known = {(row.id, row.epoch): row for row in reading.writers()}
    found: dict[tuple[str, int], WriterRow] = {}
    for head in heads:
        row = known.get((head.writer, head.epoch))
        held = {} if row is None else reading.hashes(head.writer, head.epoch, head.seq, head.seq)
        if row is None or held.get(head.seq) != head.hash:
            what = f"The office does not have entry {head.seq} of {head.writer} epoch {head.epoch} with that hash."
            raise OfficeError(what, "Take the heads from a report of this office: syncserver report ... --heads FILE")
        found[head.writer, head.epoch] = replace(row, seq=head.seq, hash=head.hash)
    return found


def _fold(
    reading: Reading,
    writing: Writing,
    rows: Mapping[tuple[str, int], WriterRow],
    progress: Callable[[int], None],
) -> None:
    for row in reading.writers():
        # Whose journal is not named had said nothing yet; which branch it is of is known all the same.
        writing.add_writer(rows.get((row.id, row.epoch)) or replace(row, seq=0, hash=GENESIS))
    entries = (
        entry
        for entry in reading.ingested()
        if (then := rows.get((entry.writer, entry.epoch))) is not None and entry.seq <= then.seq
    )
    done = 0
    while batch := list(islice(entries, _BATCH)):
        _take(batch, writing, done)
        done += len(batch)
        progress(done)


def _take(batch: list[StoredEntry], writing: Writing, after: int) -> None:
    projector = Projector(writing)
    signed = [stored.signed for stored in batch]
    previous = projector.place([stored.account for stored in batch], after)
    placed = list(enumerate(previous, after + 1))
    rows = (
        (position, stored.writer, stored.epoch, stored.seq, stored.hash, stored.signature, stored.raw, stored.type,
         stored.account, before)
        for stored, (position, before) in zip(batch, placed, strict=True)
    )  # fmt: skip
    writing.add_rows(rows, signed[0].entry.at)
    projector.project((position, found, before) for found, (position, before) in zip(signed, placed, strict=True))
    projector.flush()
