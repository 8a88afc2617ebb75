"""Healing: what proves itself on one disk puts the other right; where both do and differ, nobody chooses."""

import shutil

import pytest

from common.chain import ChainError
from common.progress import unseen
from tests.till.branch import freeze
from tests.till.journal.test_mirror import file_of, lines_of_store, mirrored  # noqa: F401
from till.journal.errors import MirrorAbsent, MirrorDiverged
from till.journal.heal import heal
from till.journal.keys import load_keys
from till.journal.mirror import Mirror
from till.operations.vend import Amount, vend
from till.store import Store, StoreTampered
from till.store.rebuild import rebuild


@pytest.fixture
def sold(branch, mirrored):  # noqa: F811
    """A till that has sold, with a mirror that has all of it."""
    card = branch.customer()
    with mirrored.desk() as desk, mirrored.card(card) as driver:
        vend(desk, driver, Amount(energy=1000))
    return mirrored


def healed(counter, progress=unseen):
    store = Store.open(counter.database)
    try:
        key = load_keys(counter.keys_folder).signing.public_key()
        return heal(store, counter.till, 1, key, Mirror(file_of(counter)), progress)
    finally:
        store.close()


def spoil(counter, seq, change):
    """Change an entry's bytes on the till's own disk."""
    store = Store.open(counter.database)
    number = store.database.execute("SELECT number FROM journal WHERE writer = ? AND aside = 0", (counter.till,))
    key = next(number)[0] << 40 | seq
    (raw,) = next(store.database.execute("SELECT raw FROM entry WHERE id = ?", (key,)))
    with store.transaction():
        if change is None:
            store.database.execute("DELETE FROM entry WHERE id = ?", (key,))
        else:
            store.database.execute("UPDATE entry SET raw = ? WHERE id = ?", (change(raw), key))
    store.close()


def flip(raw):
    return raw[:50] + bytes([raw[50] ^ 1]) + raw[51:]


def emptied(_):
    return b"{}"


def check(counter, lines):
    assert file_of(counter).read_bytes() == lines == lines_of_store(counter)
    with counter.desk() as desk:
        assert desk.journal.mirror_problem is None
        assert rebuild(desk.store, check=True, progress=lambda _: None) == []
        desk.journal.verify(lambda _: None)


def test_two_good_disks_are_left_as_they_are(sold):
    lines = file_of(sold).read_bytes()
    told = []
    found = healed(sold, lambda done, of: told.append((done, of)))
    assert (found.entries, found.disk_lacked, found.mirror_lacked) == (len(lines.splitlines()), 0, 0)
    assert (found.disk_damaged, found.mirror_damaged) == ([], [])
    assert told[-1] == (found.entries, found.entries)
    check(sold, lines)


@pytest.mark.parametrize("what", ["flipped", "cut out", "other bytes"])
def test_an_entry_spoiled_on_the_disk_is_put_back(sold, what):
    lines = file_of(sold).read_bytes()
    spoil(sold, 3, {"flipped": flip, "cut out": None, "other bytes": emptied}[what])
    with pytest.raises(StoreTampered), sold.desk():
        pass
    assert healed(sold).disk_damaged == [3]
    check(sold, lines)


@pytest.mark.parametrize("place", [0, 129, 2000, -1])
def test_a_byte_flipped_anywhere_on_the_mirror_is_put_right(sold, place):
    lines = file_of(sold).read_bytes()
    file_of(sold).write_bytes(bytes([lines[0] ^ 1]) + lines[1:] if place == 0 else flipped(lines, place))
    assert healed(sold).mirror_damaged
    check(sold, lines)


def flipped(lines, place):
    place %= len(lines)
    return lines[:place] + bytes([lines[place] ^ 4]) + lines[place + 1 :]


def test_both_spoiled_at_different_places_heal_each_other(sold):
    lines = file_of(sold).read_bytes()
    rows = lines.splitlines(keepends=True)
    file_of(sold).write_bytes(b"".join(rows[:4]) + flipped(rows[4], 200) + b"".join(rows[5:]))
    spoil(sold, 2, flip)
    found = healed(sold)
    assert (found.disk_damaged, found.mirror_damaged) == ([2], [5])
    check(sold, lines)


def test_a_mirror_without_its_end_gets_it(sold):
    lines = file_of(sold).read_bytes()
    file_of(sold).write_bytes(b"".join(lines.splitlines(keepends=True)[:2]))
    assert healed(sold).mirror_lacked == len(lines.splitlines()) - 2
    check(sold, lines)


def test_an_empty_new_mirror_gets_all(sold):
    lines = file_of(sold).read_bytes()
    file_of(sold).unlink()
    assert healed(sold).mirror_lacked == len(lines.splitlines())
    check(sold, lines)


def test_a_disk_without_its_end_gets_it(branch, sold, tmp_path):
    with sold.desk() as desk:
        desk.store.database.execute("VACUUM INTO ?", (str(tmp_path / "old.db"),))
        freeze(desk, "A1", "here")
    lines = file_of(sold).read_bytes()
    for leftover in sold.folder.glob("till.db*"):
        leftover.unlink()
    (tmp_path / "old.db").rename(sold.database)
    assert healed(sold).disk_lacked == 1
    check(sold, lines)


def test_an_entry_spoiled_on_both_is_told_and_nothing_is_changed(sold):
    lines = file_of(sold).read_bytes()
    rows = lines.splitlines(keepends=True)
    bad = b"".join(rows[:2]) + flipped(rows[2], 200) + b"".join(rows[3:])
    file_of(sold).write_bytes(bad)
    spoil(sold, 3, emptied)
    with pytest.raises(ChainError, match="entry 3"):
        healed(sold)
    assert file_of(sold).read_bytes() == bad


def test_two_stories_are_shown_and_nobody_chooses(branch, sold, tmp_path):
    shutil.copytree(sold.folder, tmp_path / "copy")
    with sold.desk() as desk:
        freeze(desk, "A1", "here")
    mirror = file_of(sold).read_bytes()
    shutil.rmtree(sold.folder)
    (tmp_path / "copy").rename(sold.folder)
    away = sold.mirror.rename(sold.mirror.with_name("away"))
    with sold.desk() as desk:
        freeze(desk, "A1", "there")
    away.rename(sold.mirror)
    with pytest.raises(MirrorDiverged) as told:
        healed(sold)
    assert told.value.on_disk.startswith("account.frozen")
    assert told.value.on_disk != told.value.on_mirror
    assert file_of(sold).read_bytes() == mirror
    with pytest.raises(MirrorDiverged), sold.desk():
        pass


def test_a_mirror_whose_disk_is_out_is_not_written_beside_its_place(sold, tmp_path):
    """An empty mount point is on the first disk: a copy there would be none."""
    mirror = Mirror(file_of(sold), apart_from=sold.database)
    assert mirror.absent
    with pytest.raises(OSError, match="No such device"):
        mirror.append([])
    with pytest.raises(OSError, match="No such device"):
        mirror.last()
    assert not Mirror(file_of(sold)).absent
    shutil.rmtree(sold.mirror)
    with pytest.raises(MirrorAbsent):
        healed(sold)
