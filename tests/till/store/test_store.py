"""The till's database: what was committed stays, what is broken is named, what is folded can be folded again."""

import itertools
import shutil
import sqlite3

import pytest

from common.account import pack, standing
from common.chain import ChainError
from common.entries import AccountOpened, ClockCompared, ClockStepped
from till.operations.cards import read_card
from till.operations.vend import Amount, vend
from till.simulator.meter import MeterOutcome
from till.store import Store, StoreFull, StoreNewer, StoreTampered, StoreUnreadable
from till.store.rebuild import rebuild


def sell_and_load(branch, counter, card, energy=1000):
    with counter.desk() as desk, counter.card(card) as driver:
        vend(desk, driver, Amount(energy=energy))
    assert branch.insert(card) is MeterOutcome.LOADED


def test_history_leaves_the_recent_segment_and_nothing_changes(branch, counter):
    card = branch.customer()
    for _ in range(30):
        sell_and_load(branch, counter, card)
    with counter.desk() as desk:
        recent, whole = desk.store.account("A1"), desk.store.whole_account("A1")
        assert recent.history.vends == 28
        assert len(recent.jobs) == 1 + 2
        assert len(whole.jobs) == 31
        short, full = standing(recent), standing(whole)
        assert short.books == full.books
        assert short.cards == full.cards
        assert short.active == full.active
        assert full.books.energy.sold == 30_000
        first = min(job for job in whole.jobs if whole.jobs[job].amount)
        assert desk.store.job(first).amount == 54
        assert rebuild(desk.store, check=True, progress=lambda _: None) == []


def test_a_store_of_garbage_is_named_and_left_alone(tmp_path):
    path = tmp_path / "till.db"
    path.write_bytes(b"garbage" * 1000)
    with pytest.raises(StoreUnreadable, match="not a database"):
        Store.open(path)
    assert path.read_bytes() == b"garbage" * 1000


def test_a_database_of_another_program_is_left_alone(tmp_path):
    path = tmp_path / "till.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE mine (x)")
    other.close()
    with pytest.raises(StoreUnreadable, match="another program"):
        Store.open(path)


def test_a_newer_schema_is_refused(tmp_path):
    path = tmp_path / "till.db"
    Store.open(path).close()
    with sqlite3.connect(path) as newer:
        newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(StoreNewer):
        Store.open(path)


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(StoreUnreadable):
        Store.open(tmp_path / "nowhere" / "till.db")


@pytest.mark.parametrize("room", range(1))
def test_a_full_disk_leaves_nothing_by_halves(branch, counter, room):
    """SQLite's own limit on the file's pages gives the error that a full disk gives, at the same places."""
    card = branch.customer()
    with counter.desk() as desk, counter.card(card) as driver:
        fill(desk, room)
        head = desk.journal.head
        with pytest.raises(StoreFull):
            vend(desk, driver, Amount(energy=1000))
        started = desk.store.open_jobs()
        assert desk.journal.head.seq == head.seq + len(started)
        assert desk.store.totals().vends == 0
        desk.store.database.execute("PRAGMA max_page_count = 1000000")
    with counter.desk() as desk, counter.card(card) as driver:
        image = read_card(desk, driver).contents.image
        assert desk.store.open_jobs() == []
        assert desk.store.totals().vends == len(started) == image.count
        assert desk.journal.verify(lambda _: None) == desk.journal.head
        assert rebuild(desk.store, check=True, progress=lambda _: None) == []


def fill(desk, room):
    """Leave the database so little room that the next few entries do not fit."""
    database = desk.store.database
    pages = database.execute("PRAGMA page_count").fetchone()[0]
    database.execute(f"PRAGMA max_page_count = {pages + 20}")
    with pytest.raises(StoreFull):
        desk.journal.commit(*(filler(number) for number in range(1000)))
    with pytest.raises(StoreFull):
        commit_for_ever(desk, filler)
    with pytest.raises(StoreFull):
        commit_for_ever(desk, lambda _: ClockStepped(by_ms=-1))
    limit = database.execute("PRAGMA page_count").fetchone()[0]
    database.execute(f"PRAGMA max_page_count = {limit + room}")


def commit_for_ever(desk, body):
    for number in itertools.count():
        desk.journal.commit(body(number))


def filler(number):
    return AccountOpened(
        account=f"F{number}", name="x" * 300, meter="M9", tariff_class="residential", limit=1, clerk="w"
    )


def edit(counter, statement, *values):
    with sqlite3.connect(counter.database) as hand:
        changed = hand.execute(statement, values).rowcount
    hand.close()
    assert changed > 0


def changed(old, new):
    return f"CAST(replace(CAST(raw AS TEXT), '{old}', '{new}') AS BLOB)"


def test_a_tampered_last_entry_stops_the_till(branch, counter):
    branch.customer()
    other_account = changed("A1", "A2")
    edit(counter, f"UPDATE entry SET raw = {other_account} WHERE id = 1099511627780")
    with pytest.raises(StoreTampered), counter.desk():
        pass


def test_a_cut_off_end_stops_the_till(branch, counter):
    branch.customer()
    edit(counter, "DELETE FROM entry WHERE id = 1099511627779")
    with pytest.raises(StoreTampered), counter.desk():
        pass


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE entry SET raw = {changed('wang', 'chen')} WHERE id = 1099511627778",
        "UPDATE entry SET hash = replace(hash, substr(hash, 1, 1), 'g') WHERE id = 1099511627778",
        "UPDATE entry SET signature = zeroblob(64) WHERE id = 2199023255554",
        f"UPDATE entry SET raw = {changed('538000', '138000')} WHERE id > 2199023255552",
        "DELETE FROM entry WHERE id = 1099511627778",
    ],
)
def test_verify_finds_a_changed_entry_anywhere(branch, counter, statement):
    branch.customer()
    edit(counter, statement)
    with pytest.raises((ChainError, StoreTampered)), counter.desk() as desk:
        desk.journal.verify(lambda _: None)


@pytest.mark.parametrize("seq", [1, 2, 3, 5])
def test_a_till_whose_journal_was_changed_does_not_open_and_names_the_entry(branch, counter, seq):
    """All that the office has not acknowledged is looked at, each time."""
    branch.customer()
    with counter.desk() as desk:
        keep_note(desk)
    edit(counter, f"UPDATE entry SET raw = {changed('hlc', 'hlx')} WHERE id = {(1 << 40) + seq}")
    with pytest.raises(StoreTampered) as found, counter.desk():
        pass
    assert found.value.seq == seq


def keep_note(desk):
    desk.journal.commit(ClockCompared(offset_ms=20_000))


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM history",
        "DELETE FROM account",
        'UPDATE setting SET value = CAST(\'{"vends":9,"energy":9,"money":9}\' AS BLOB) WHERE name = \'totals\'',
        "UPDATE card SET used = 0",
        "INSERT INTO card VALUES ('6201999999999999', 'A1', 1, '')",
    ],
)
def test_rebuild_finds_and_mends_a_changed_table(branch, counter, statement):
    card = branch.customer()
    for _ in range(7):
        sell_and_load(branch, counter, card)
    with counter.desk() as desk:
        right = pack(desk.store.account("A1"))
    edit(counter, statement)
    with counter.desk() as desk:
        assert rebuild(desk.store, check=True, progress=lambda _: None)
        assert rebuild(desk.store, check=False, progress=lambda _: None)
        assert rebuild(desk.store, check=True, progress=lambda _: None) == []
        assert pack(desk.store.account("A1")) == right
        assert desk.store.totals().money == 377


def test_a_copied_database_keeps_the_old_truth(branch, counter, tmp_path):
    """A backup taken while the till works opens by itself: SQLite's own files only."""
    card = branch.customer()
    with counter.desk() as desk:
        desk.store.database.execute("VACUUM INTO ?", (str(tmp_path / "copy.db"),))
    sell_and_load(branch, counter, card)
    shutil.copy(tmp_path / "copy.db", counter.database)
    for leftover in counter.folder.glob("till.db-*"):
        leftover.unlink()
    with counter.desk() as desk:
        assert desk.store.totals().vends == 0
