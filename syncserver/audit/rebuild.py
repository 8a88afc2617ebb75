"""Folds every entry afresh, in a database of its own, and compares the read models; or puts the fresh ones there."""

import tempfile
from collections.abc import Callable
from itertools import islice, zip_longest
from pathlib import Path

from syncserver.ingest.projector import Projector
from syncserver.store import MasterStore, ReadModel

_BATCH = 1_000
_MOST_TOLD = 20


def rebuild(store: MasterStore, *, check: bool, progress: Callable[[int], None]) -> list[str]:
    """Fold every entry again. With `check`, only say what differs; else put it right as well.

    Returns:
        What differed, in words, a line each.
    """
    with tempfile.TemporaryDirectory(prefix="kilotill-rebuild-") as folder:
        fresh = MasterStore.create(Path(folder) / "fresh.db")
        try:
            _fold(store, fresh, progress)
            differences = [line for model in ReadModel for line in _compare(store, fresh, model)]
            if differences and not check:
                _replace(store, fresh)
        finally:
            fresh.close()
    return differences


def _fold(store: MasterStore, fresh: MasterStore, progress: Callable[[int], None]) -> None:
    with store.read() as reading, fresh.write() as writing:
        for row in reading.writers():
            writing.add_writer(row)
        done = 0
        entries = reading.ingested()
        while batch := list(islice(entries, _BATCH)):
            writing.add_entries(batch)
            projector = Projector(writing)
            projector.project((stored.position, stored.signed) for stored in batch)
            projector.flush()
            done += len(batch)
            progress(done)


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
