"""Folds every entry afresh, in a database of its own, and compares the read models; or puts the fresh ones there."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice, zip_longest
from pathlib import Path

from common.entries import account_of, type_of
from syncserver.ingest.projector import Projector
from syncserver.office.finding import renew
from syncserver.store import MasterStore, Place, Reading, ReadModel, StoredEntry, Writing

_BATCH = 1_000
_MOST_TOLD = 20


def rebuild(store: MasterStore, *, check: bool, progress: Callable[[int], None]) -> list[str]:
    """Fold every entry again. With `check`, only say what differs; else put it right as well.

    Returns:
        What differed, in words, a line each.
    """
    with _folded(store, progress) as (fresh, astray):
        differences = _astray(astray) + _differences(store, fresh)
        if check or not differences:
            return differences
        if not astray:
            _replace(store, fresh)
            return differences
    # Accounts were looked for along the wrong thread: put the threads right, then fold once more.
    with store.write() as writing:
        writing.mend(astray)
    with _folded(store, progress) as (fresh, _):
        _replace(store, fresh)
    return differences


@contextmanager
def _folded(store: MasterStore, progress: Callable[[int], None]) -> Iterator[tuple[MasterStore, list[Place]]]:
    """The read models in a store of their own, and which entries are not where the journal says that they belong."""
    with tempfile.TemporaryDirectory(prefix="kilotill-rebuild-") as folder:
        fresh = MasterStore.create(Path(folder) / "fresh.db")
        try:
            with store.read() as reading, fresh.write() as writing:
                astray = _fold(reading, writing, progress)
            yield fresh, astray
        finally:
            fresh.close()


def _fold(reading: Reading, writing: Writing, progress: Callable[[int], None]) -> list[Place]:
    for row in reading.writers():
        writing.add_writer(row)
    astray: list[Place] = []
    done = 0
    entries = reading.ingested()
    while batch := list(islice(entries, _BATCH)):
        astray += _fold_batch(batch, Projector(writing, reading))
        done += len(batch)
        progress(done)
    return astray


def _fold_batch(batch: list[StoredEntry], projector: Projector) -> list[Place]:
    signed = [stored.signed for stored in batch]
    previous = projector.place([account_of(found.entry.body) for found in signed], batch[0].position - 1)
    right = [
        Place(stored.position, type_of(found.entry.body), account_of(found.entry.body), before)
        for stored, found, before in zip(batch, signed, previous, strict=True)
    ]
    projector.project(zip((stored.position for stored in batch), signed, previous, strict=True))
    projector.flush()
    return [place for place, stored in zip(right, batch, strict=True) if place != stored.place]


def _astray(astray: list[Place]) -> list[str]:
    lines = [f"journal {place.position}: does not stand where the entry belongs" for place in astray[:_MOST_TOLD]]
    return lines + ["journal: and more"] * (len(astray) > _MOST_TOLD)


def _differences(store: MasterStore, fresh: MasterStore) -> list[str]:
    return [line for model in ReadModel for line in _compare(store, fresh, model)]


def _compare(store: MasterStore, fresh: MasterStore, model: ReadModel) -> list[str]:
    lines: list[str] = []
    with store.read() as held, fresh.read() as right:
        for found, wanted in zip_longest(held.rows(model), right.rows(model)):
            if found == wanted:
                continue
            lines.append(f"{model.value} {(wanted or found or ('',))[0]}: not what the entries say")
            if len(lines) == _MOST_TOLD or found is None or wanted is None or found[0] != wanted[0]:
                return [*lines, f"{model.value}: and perhaps more"]
    return lines


def _replace(store: MasterStore, fresh: MasterStore) -> None:
    with store.write() as writing, fresh.read() as right:
        for model in ReadModel:
            writing.replace(model, right.rows(model))
        renew(writing)
