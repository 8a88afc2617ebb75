"""A till whose disk was restored to an older image, or that was copied: found out, told, and back with one command."""

import shutil

import pytest

from common.account import standing
from common.chain import ChainError
from common.entries import AccountFrozen
from syncserver.office import grants
from syncserver.office.office import Office
from syncserver.store import WriterState
from tests.till.sync.conftest import serving
from tests.till.sync.enrolled import Enrolled, again_code, agrees, opened_at
from tests.till.sync.test_client import code_of
from till.journal.errors import MirrorAbsent
from till.journal.fork import FORK, Fork
from till.journal.keys import load_keys
from till.journal.mirror import Mirror
from till.journal.writer import Journal
from till.messages import explain, languages
from till.operations.lease import check_not_revoked
from till.operations.opening import TillFolder
from till.operations.reenrol import re_enrol
from till.operations.refusals import TillIsForked
from till.store import StoreTampered
from till.sync.client import run_sync
from till.sync.errors import JournalForked, JournalNotTaken


@pytest.fixture
def utc(monkeypatch, clock):
    monkeypatch.setattr("till.operations.reenrol.utc_now", clock)


def test_a_restored_disk_is_found_out_and_both_branches_are_everywhere_after_one_command(tmp_path, office, utc):
    with serving(office) as url:
        till = Enrolled(tmp_path / "till", office, url)
        till.open_account("A1")
        till.sync()
        with till.copied(tmp_path / "image") as older:
            till.open_account("A2", "M2")
            till.sync()
            till.store.close()
            older.open_account("A3", "M3")
            older.journal.commit(AccountFrozen(account="A1", reason="moved", clerk="wang"))
            with pytest.raises(JournalForked) as told:
                older.sync()
            assert (told.value.seq, told.value.office_seq) == (2, 3)
            assert opened_at(office) == ["A1", "A2", "A3"]
            with pytest.raises(TillIsForked):
                check_not_revoked(older.desk)
            back = older.back(again_code(office, "till-0001"))
            check_not_revoked(back.desk)
            assert (back.journal.head.writer, back.journal.head.epoch) == ("till-0001", 2)
            agrees(back, office)
            back.open_account("A4", "M4")
            assert back.sync().sent == 1
            agrees(back, office)
            assert back.store.setting(FORK, Fork) is None
            back.store.close()


def test_a_disk_from_before_that_wrote_nothing_is_found_out_too(tmp_path, office, utc):
    with serving(office) as url:
        till = Enrolled(tmp_path / "till", office, url)
        till.sync()
        with till.copied(tmp_path / "image") as older:
            till.open_account("A1")
            till.sync()
            with pytest.raises(JournalForked) as told:
                older.sync()
            assert (told.value.seq, told.value.office_seq) == (1, 2)
            back = older.back(again_code(office, "till-0001"))
            agrees(back, office)
            # The machine that went on has sales that nobody else has: they are not lost either.
            till.open_account("A2", "M2")
            with pytest.raises(JournalForked):
                till.sync()
            assert opened_at(office) == ["A1", "A2"]
            back.sync()
            agrees(back, office)
            back.store.close()
            till.store.close()


def test_of_a_till_that_was_copied_each_machine_comes_back_as_a_till_of_its_own(tmp_path, office, utc):
    with serving(office) as url:
        till = Enrolled(tmp_path / "till", office, url)
        till.open_account("A1")
        till.sync()
        with till.copied(tmp_path / "copy") as copy:
            till.open_account("A2", "M2")
            copy.open_account("A3", "M3")
            till.sync()
            with pytest.raises(JournalForked):
                copy.sync()
            other = copy.back(code_of(office, b"new0123456"))
            assert (other.journal.head.writer, other.journal.head.epoch) == ("till-0002", 1)
            assert other.store.totals().receipts == 0
            agrees(other, office)
            with pytest.raises(JournalForked):
                till.sync()  # stopped when the fork was found: nobody knows which of the two is the copy
            back = till.back(again_code(office, "till-0001"))
            for each in (back, other, back):
                run_sync(each.store, each.journal, each.client)
            agrees(back, office)
            agrees(other, office)
            back.store.close()
            other.store.close()


def test_what_only_the_mirror_has_is_handed_over_too(tmp_path, office, utc):
    """The disk was put back to an older image while the mirror was out: neither has all."""
    with serving(office) as url:
        till = Enrolled(tmp_path / "till", office, url)
        till.sync()
        with till.copied(tmp_path / "image") as older:
            (tmp_path / "stick").mkdir()
            mirror = Mirror(tmp_path / "stick" / "till-0001-1.journal")
            till.journal = Journal(till.store, till.keys, "till-0001", 1, till.clock, mirror)
            till.journal.start()
            till.open_account("A1")  # never sent
            till.store.close()
            older.open_account("A2", "M2")
            older.store.set_setting("mirror", str(tmp_path / "stick"))
            (tmp_path / "stick").rename(tmp_path / "drawer")
            with pytest.raises(MirrorAbsent):
                older.back(again_code(office, "till-0001", b"without678"))
            (tmp_path / "drawer").rename(tmp_path / "stick")
            older = older.on(older.folder)
            back = older.back(again_code(office, "till-0001"))
            assert opened_at(office) == ["A1", "A2"]
            agrees(back, office)
            assert (tmp_path / "stick" / "till-0001-2.journal").exists()
            back.store.close()


def test_what_only_the_mirror_has_is_handed_over_though_the_office_lacks_what_comes_before(tmp_path, office, utc):
    """Both branches have an entry that was never sent, and go different ways from there (seed 3148)."""
    with serving(office) as url:
        till = Enrolled(tmp_path / "till", office, url)
        till.sync()
        till.open_account("A1")
        with till.copied(tmp_path / "image") as older:
            (tmp_path / "stick").mkdir()
            mirror = Mirror(tmp_path / "stick" / "till-0001-1.journal")
            till.journal = Journal(till.store, till.keys, "till-0001", 1, till.clock, mirror)
            till.journal.start()
            till.open_account("A2", "M2")
            till.store.close()
            older.open_account("A3", "M3")
            older.store.set_setting("mirror", str(tmp_path / "stick"))
            back = older.back(again_code(office, "till-0001"))
            assert opened_at(office) == ["A1", "A2", "A3"]
            agrees(back, office)
            back.store.close()


def test_what_only_the_mirror_of_a_later_epoch_has_is_handed_over_too(tmp_path, office, utc):
    """The image is from before the till was enrolled again; what it sold since, and never sent, is on the mirror."""
    with serving(office) as url:
        till = Enrolled(tmp_path / "till", office, url)
        (tmp_path / "stick").mkdir()
        till.store.set_setting("mirror", str(tmp_path / "stick"))
        till.sync()
        with till.copied(tmp_path / "image") as older:
            back = till.back(again_code(office, "till-0001"))
            mirror = Mirror(tmp_path / "stick" / "till-0001-2.journal")
            back.journal = Journal(back.store, back.keys, "till-0001", 2, till.clock, mirror)
            back.journal.start()
            back.open_account("A1")  # never sent
            back.store.close()
            third = older.back(again_code(office, "till-0001", b"third56789"))
            assert third.journal.head.epoch == 3
            assert opened_at(office) == ["A1"]
            agrees(third, office)
            third.store.close()


def test_a_till_may_be_enrolled_again_without_a_fork(tmp_path, office, utc):
    with serving(office) as url:
        till = Enrolled(tmp_path / "till", office, url)
        till.open_account("A1")  # not sent yet
        back = till.back(again_code(office, "till-0001"))
        assert opened_at(office) == ["A1"]
        agrees(back, office)
        back.store.close()


def test_the_same_code_again_after_a_cut_gives_the_same_epoch(tmp_path, office, utc, monkeypatch):
    class Cut(Exception):
        pass

    def cut(*_):
        raise Cut

    with serving(office) as url:
        till = Enrolled(tmp_path / "till", office, url)
        till.open_account("A1")
        code = again_code(office, "till-0001")
        with monkeypatch.context() as patch, pytest.raises(Cut):
            patch.setattr("till.operations.reenrol.begin_epoch", cut)
            till.back(code)
        back = till.on(till.folder).back(code)
        assert back.journal.head.epoch == 2
        with office.store.read() as reading:
            states = [row.state for row in reading.writers() if row.id == "till-0001"]
        assert states == [WriterState.STOPPED, WriterState.ACTIVE]
        back.store.close()


def test_a_changed_journal_is_refused_by_the_office_and_the_entry_named(tmp_path, office):
    with serving(office) as url:
        till = Enrolled(tmp_path / "till", office, url)
        for number in range(4):
            till.open_account(f"A{number}", f"M{number}")
        raw = bytes(till.store.database.execute("SELECT raw FROM entry WHERE id = (1 << 40) + 3").fetchone()[0])
        till.store.database.conn.execute(
            "UPDATE entry SET raw = ? WHERE id = (1 << 40) + 3", (raw.replace(b"3000000", b"9000000"),)
        )
        with pytest.raises(JournalNotTaken) as told:
            till.sync()
        assert told.value.seq in (3, 4)
        assert opened_at(office) == []
        with pytest.raises(StoreTampered) as found:
            till.journal.start()
        assert found.value.seq == 3
        till.store.close()


@pytest.mark.parametrize("language", languages())
def test_a_fork_is_told_with_what_to_do(language):
    told = explain(JournalForked("till-0001", 7, 12), language)
    assert "7" in told.what
    assert "12" in told.what
    assert "till re-enrol" in told.next


def test_an_office_restored_from_an_older_backup_gets_back_what_it_wrote_itself(tmp_path, office, clock):
    from tests.till.branch import ZHEJIANG

    with serving(office) as url:
        first = Enrolled(tmp_path / "first", office, url)
        first.sync()
        office.close()
    shutil.copytree(office.folder.path, tmp_path / "backup")
    with serving(again := Office.open(office.folder, clock)) as url:
        second = Enrolled(tmp_path / "second", again, url, b"second6789")
        with again.change() as intake:
            grants.publish_tariff(intake, ZHEJIANG)
        for till in (first, second):
            till.open_account(f"A{till.reply.till[-1]}", f"M{till.reply.till[-1]}")
            till.sync(url)
        first.sync(url)
        with again.store.read() as reading:
            said = [stored.hash for stored in reading.entries("office", 1)]
        again.close()
    shutil.rmtree(office.folder.path)
    shutil.copytree(tmp_path / "backup", office.folder.path)
    restored = Office.open(office.folder, clock)
    with serving(restored) as url:
        for till in (second, first, second):
            till.sync(url)
        with restored.store.read() as reading:
            held = [stored.hash for stored in reading.entries("office", 1)]
            beside = [fork.hash for fork in reading.forks()]
        assert set(said) <= {*held, *beside}
        assert opened_at(restored) == ["A1", "A2"]
        for till in (first, second):
            agrees(till, restored)
            assert [tariff.tariff for tariff in till.store.tariffs()] == [ZHEJIANG.tariff]
            assert standing(till.store.account("A1")) is not None
    restored.close()
    for till in (first, second):
        till.store.close()


def test_a_branch_set_aside_is_verified_too(tmp_path, office, utc):
    with serving(office) as url:
        till = Enrolled(tmp_path / "till", office, url)
        till.sync()
        with till.copied(tmp_path / "image") as older:
            till.open_account("A1")
            till.sync()
            till.store.close()
            older.open_account("A2", "M2")
            back = older.back(again_code(office, "till-0001"))
            db = back.store.database
            (number,) = db.execute("SELECT number FROM journal WHERE aside = 1").fetchone()
            key, raw = db.execute("SELECT id, raw FROM entry WHERE id >> 40 = ?", (number,)).fetchone()
            db.conn.execute("UPDATE entry SET raw = ? WHERE id = ?", (raw.replace(b"wang", b"chen"), key))
            with pytest.raises(ChainError):
                back.journal.verify(lambda _: None)
            back.store.close()


def test_a_till_that_a_restored_office_does_not_know_hands_its_own_enrolment_back(tmp_path, office, clock, utc):
    """It was enrolled again after the backup, and has not been in touch since."""
    with serving(office) as url:
        till = Enrolled(tmp_path / "till", office, url)
        till.open_account("A1")
        till.sync()
        code = again_code(office, "till-0001")
        till.store.close()
        office.close()
    shutil.copytree(office.folder.path, tmp_path / "backup")
    with serving(again := Office.open(office.folder, clock), int(url.rsplit(":", 1)[1])):
        re_enrol(TillFolder(till.folder), code)
        again.close()
    shutil.rmtree(office.folder.path)
    shutil.copytree(tmp_path / "backup", office.folder.path)
    restored = Office.open(office.folder, clock)
    with serving(restored) as url:
        back = till.on(till.folder)
        back.open_account("A2", "M2")
        back.sync(url)
        assert opened_at(restored) == ["A1", "A2"]
        agrees(back, restored)
        back.store.close()
    restored.close()


def test_keys_are_of_one_enrolment(tmp_path, office, utc):
    """The old ones stay where they were, for whoever must prove what they signed."""
    with serving(office) as url:
        till = Enrolled(tmp_path / "till", office, url)
        back = till.back(again_code(office, "till-0001"))
        assert (till.folder / "keys" / "signing.pem").exists()
        assert back.keys.signing.private_bytes_raw() != load_keys(till.folder / "keys").signing.private_bytes_raw()
        back.store.close()
