"""Any byte of an entry on the till's own disk may be another: it is told at the start, and the mirror puts it right."""

from contextlib import closing

import pytest

from tests.till.journal.test_mirror import file_of
from till.operations.mirror import heal_mirror
from till.operations.opening import TillFolder
from till.store import Store, StoreError, StoreTampered
from till.store.rebuild import rebuild


def rows_of(store, till):
    query = (
        "SELECT id, raw, CAST(hash AS BLOB), signature, CAST(started AS BLOB) FROM entry WHERE id >> 40 ="
        " (SELECT number FROM journal WHERE writer = ?) ORDER BY id"
    )
    return store.database.execute(query, (till,)).fetchall()


def flip(store, row, place):
    """Change the byte at this place of all that is kept of an entry."""
    key, *columns = row
    changed = []
    for column in columns:
        if column is not None and 0 <= place < len(column):
            column = column[:place] + bytes([column[place] ^ 1]) + column[place + 1 :]
            place = -1
        elif column is not None:
            place -= len(column)
        changed.append(column)
    query = "UPDATE entry SET raw = ?, hash = CAST(? AS TEXT), signature = ?, started = CAST(? AS TEXT) WHERE id = ?"
    store.database.execute(query, (*changed, key))


def test_whichever_byte_of_an_entry_is_flipped_the_mirror_puts_it_right(sold):
    """Places all over an entry, another one of each entry at a time."""
    lines = file_of(sold).read_bytes()
    with closing(Store.open(sold.database)) as store:
        rows = rows_of(store, sold.till)
    longest = max(sum(len(column or b"") for column in row[1:]) for row in rows)
    stride = longest // len(rows) + 1
    for place in range(0, stride, 3):
        with closing(Store.open(sold.database)) as store:
            for number, row in enumerate(rows):
                flip(store, row, place + number * stride)
            spoiled = [new[0] & 0xFFFF for old, new in zip(rows, rows_of(store, sold.till), strict=True) if old != new]
        assert spoiled
        assert heal_mirror(TillFolder(sold.folder)).disk_damaged == spoiled
        with closing(Store.open(sold.database)) as store:
            assert rows_of(store, sold.till) == rows
    assert file_of(sold).read_bytes() == lines
    with sold.desk() as desk:
        assert rebuild(desk.store, check=True, progress=lambda _: None) == []
        desk.journal.verify(lambda _: None)


def test_a_damaged_entry_stops_the_start_after_an_upgrade_and_not_its_healing(sold):
    with closing(Store.open(sold.database)) as store:
        row = rows_of(store, sold.till)[2]
        flip(store, row, 40)
    with pytest.raises(StoreTampered, match="entry 3"), TillFolder(sold.folder).store():
        pass
    assert heal_mirror(TillFolder(sold.folder)).disk_damaged == [3]
    with TillFolder(sold.folder).store():
        pass


@pytest.mark.parametrize("column", [2, 3])
def test_a_hash_or_a_signature_that_is_another_is_told_at_the_start(sold, column):
    with closing(Store.open(sold.database)) as store:
        row = rows_of(store, sold.till)[-1]
        flip(store, row, sum(len(part) for part in row[1:column]) + 5)
    with pytest.raises(StoreError), sold.desk():
        pass
