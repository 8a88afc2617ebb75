"""The reserve: a full disk stops no sale at once, and it is told."""

from collections import namedtuple

import pytest

from tests.till.branch import freeze
from till.store import StoreFull, reserve
from till.store.reserve import RESERVE_BYTES, keep_reserve, release_reserve, reserve_used

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def full(counter, monkeypatch):
    """A disk on which an entry fits only where the reserve was."""

    def check(desk):
        if (counter.folder / "reserve").exists():
            raise StoreFull(str(counter.database))

    with counter.desk() as desk:
        store, append = desk.store, desk.store.append

        def appended(signed, **how):
            check(desk)
            append(signed, **how)

        monkeypatch.setattr(store, "append", appended)
        yield desk


def test_a_full_disk_gives_the_reserve_and_the_entry_is_there(counter, full):
    keep_reserve(counter.folder)
    assert (counter.folder / "reserve").stat().st_size == RESERVE_BYTES
    head = full.journal.head.seq
    freeze(full, "A1", "x")
    assert full.journal.head.seq == head + 1
    assert reserve_used(counter.folder)
    assert (counter.folder / "reserve.used").stat().st_size == 0


def test_the_reserve_is_taken_again_when_there_is_room(counter, monkeypatch):
    keep_reserve(counter.folder)
    assert release_reserve(counter.folder)
    assert not release_reserve(counter.folder)
    with monkeypatch.context() as patched:
        patched.setattr(reserve.shutil, "disk_usage", lambda _: Usage(1, 1, RESERVE_BYTES))
        keep_reserve(counter.folder)
        assert reserve_used(counter.folder)
    keep_reserve(counter.folder)
    assert not reserve_used(counter.folder)


def test_without_a_reserve_a_full_disk_refuses(counter, monkeypatch):
    with counter.desk() as desk:
        head = desk.journal.head

        def refuse(*_, **__):
            raise StoreFull(str(counter.database))

        monkeypatch.setattr(desk.store, "append", refuse)
        with pytest.raises(StoreFull):
            freeze(desk, "A1", "x")
        assert desk.journal.head == head
