"""The spool of a store that an older version made: what waited for the printer still does, what was out stays out."""

import sqlite3
from contextlib import closing

from till.operations.vend import Amount, vend
from till.store import SheetState, Store


def test_an_older_store_prints_what_had_not_been_printed(branch, counter):
    card = branch.customer()
    receipts = []
    for _ in range(3):
        with counter.desk() as desk, counter.card(card) as driver:
            receipts.append(vend(desk, driver, Amount(money=1_000)).receipt)
        branch.insert(card)
    old = sqlite3.connect(counter.database)
    old.executescript("DROP TABLE sheet; DROP TABLE voided; PRAGMA user_version = 1")
    old.execute("INSERT INTO setting VALUES ('printed', x'31')")
    old.commit()
    old.close()
    for _ in range(2):
        store = Store.open(counter.database)
        assert [sheet.number for sheet in store.spool.sheets(SheetState.WAITING)] == receipts[1:]
        store.close()


def test_what_the_mirror_brings_back_may_have_been_printed(branch, counter, tmp_path):
    """A disk that lost its end forgot what it had printed too: the clerk is asked, and no second original comes."""
    counter.mirror = tmp_path / "mirror"
    counter.mirror.mkdir()
    card = branch.customer()
    with counter.desk():
        pass
    before = counter.database.with_suffix(".before")
    with closing(sqlite3.connect(counter.database)) as here, closing(sqlite3.connect(before)) as there:
        here.backup(there)
    with counter.desk() as desk, counter.card(card) as driver:
        receipt = vend(desk, driver, Amount(money=1_000)).receipt
        [sheet] = desk.store.spool.sheets(SheetState.WAITING)
        desk.store.spool.gone(sheet)
    for left in counter.folder.glob("till.db-*"):
        left.unlink()
    before.replace(counter.database)
    with counter.desk() as desk:
        [sheet] = desk.store.spool.sheets(*SheetState)
        assert (sheet.number, sheet.state, sheet.reason) == (receipt, SheetState.QUESTION, "restored")
