"""The office's mirror: it has every entry before the office says so, and each disk heals the other."""

import pytest

from syncserver.audit.rebuild import rebuild
from syncserver.audit.verify import verify
from syncserver.cli.app import Session
from syncserver.ingest.batch import read_batch
from syncserver.ingest.queue import IngestQueue
from syncserver.mirror.attach import attach_mirror, lines_of, mirror_setting, set_mirror
from syncserver.mirror.both import keep_both
from syncserver.mirror.heal import heal
from syncserver.mirror.mend import is_unfolded
from syncserver.mirror.renew import open_or_renew
from syncserver.office import grants
from syncserver.office.errors import OfficeError
from syncserver.office.leases import grant_lease
from syncserver.office.office import Office
from tests.benchmarks.fleet import Seller, enrol
from tests.postgresql import hand
from tests.postgresql.stores import only_postgresql, only_sqlite
from tests.till.branch import ZHEJIANG


def silent(_):
    return None


class Held:
    """An office with a mirror, and a till that sells."""

    def __init__(self, office, disk):
        self.office, self.disk = office, disk
        set_mirror(office.folder, disk)
        attach_mirror(office)
        self.seller = Seller("till-0100", "hill", accounts=5)
        enrol(office, [self.seller])
        self.send(self.seller.opening())
        self.send(self.seller.sold(20))

    def send(self, lines):
        queue = IngestQueue(self.office.store, self.office.keys.signing, self.office.clock)
        head = queue.take_now(self.seller.till, 1, read_batch(b"".join(lines)))
        assert head == self.seller.head
        return head

    def lines(self):
        return b"".join(path.read_bytes() for path in sorted(self.disk.glob("entries-*.lines")))

    def healed(self, **how):
        self.office.close()
        office = open_or_renew(self.office.folder, self.mirror, **how)
        try:
            return heal(office, self.mirror, "aside")
        finally:
            office.close()

    @property
    def mirror(self):
        return lines_of(self.office.folder, mirror_setting(self.office.folder))

    def reopen(self):
        self.office.close()
        self.office = Office.open(self.office.folder, self.office.clock)
        attach_mirror(self.office)

    def check(self, dump):
        """Both disks have all, and it holds."""
        self.reopen()
        assert self.office.problems() == []
        assert dumped(self.office) == dump
        with self.office.store.read() as reading:
            rows = [b"%d %s" % (entry.position, entry.line) for entry in reading.ingested()]
        assert self.lines() == b"".join(rows)
        verify(self.office.store, silent)
        assert rebuild(self.office.store, check=True, progress=silent) == []
        self.send(self.seller.sold(2))
        assert len(self.lines().splitlines()) == len(rows) + 2


def dumped(office):
    with office.store.read() as reading:
        return (
            [(e.position, e.hash, e.raw) for e in reading.ingested()],
            reading.writers(),
            list(reading.all_accounts()),
        )


@pytest.fixture
def held(office, tmp_path):
    made = Held(office, tmp_path / "disk")
    yield made
    made.office.close()


def test_what_is_acknowledged_is_on_both_disks(held):
    held.send(held.seller.sold(2))
    assert held.lines().splitlines()[-1].endswith(_last(held.office))
    with held.office.change() as intake:
        grants.publish_tariff(intake, ZHEJIANG)
    assert b"tariff.published" in held.lines().splitlines()[-1]


def _last(office):
    with office.store.read() as reading:
        return list(reading.ingested())[-1].raw


def test_a_mirror_that_is_out_stops_nothing_and_is_told(held):
    away = held.disk.rename(held.disk.with_name("away"))
    held.send(held.seller.sold(2))
    assert "fails: No such" in held.office.problems()[0].text
    away.rename(held.disk)
    held.send(held.seller.sold(2))
    assert held.office.problems() == []
    held.check(dumped(held.office))


def test_a_torn_line_is_written_again(held):
    path = sorted(held.disk.glob("entries-*"))[-1]
    path.write_bytes(path.read_bytes()[:-7])
    held.reopen()
    held.check(dumped(held.office))


def test_several_processes_add_in_the_offices_order(held):
    other = Office.open(held.office.folder, held.office.clock)
    attach_mirror(other)
    for office in (other, held.office) * 3:
        with office.change() as intake:
            grant_lease(intake, held.seller.till, office.clock())
        held.send(held.seller.sold(2))
    other.close()
    held.check(dumped(held.office))


def test_a_database_that_is_lost_is_filled_from_the_mirror(held):
    dump = dumped(held.office)
    held.office.close()
    hand.lose(held.office)
    found = held.healed()
    assert found.disk_lacked == found.entries == len(dump[0])
    held.check(dump)


@only_sqlite
@pytest.mark.parametrize("lost", ["the file is no database", "damaged within"])
def test_a_database_that_is_damaged_is_filled_from_the_mirror(held, lost):
    dump = dumped(held.office)
    held.office.close()
    if lost == "the file is no database":
        hand.lose(held.office)
        held.office.folder.database.write_bytes(b"garbage" * 1000)
    found = held.healed(anew=lost == "damaged within")
    assert found.disk_lacked == found.entries == len(dump[0])
    held.check(dump)


@only_postgresql
def test_postgresqls_database_is_filled_anew_in_an_empty_one(held):
    with pytest.raises(OfficeError, match="holds an office"):
        held.healed(anew=True)


def test_a_database_put_back_to_a_backup_gets_its_end_back(held, tmp_path):
    held.office.close()
    put_back = hand.keep(held.office, tmp_path / "backup.db")
    held.reopen()
    held.send(held.seller.sold(10))
    dump = dumped(held.office)
    held.office.close()
    put_back()
    with pytest.raises(OfficeError, match="10 entries that this disk lost"):
        held.reopen()
    assert held.healed().disk_lacked == 10
    held.check(dump)


@pytest.mark.parametrize("place", [3, 300, 3_000, -2])
def test_a_byte_flipped_on_the_mirror_is_put_right(held, place):
    dump = dumped(held.office)
    path = sorted(held.disk.glob("entries-*"))[0]
    whole = bytearray(path.read_bytes())
    whole[place] ^= 4
    path.write_bytes(bytes(whole))
    assert held.healed().mirror_damaged
    assert (held.disk / "aside" / path.name).read_bytes() == bytes(whole)
    held.check(dump)


def spoil(held, position, raw=None):
    held.office.close()
    if raw is None:
        hand.change(held.office, "DELETE FROM journal WHERE position = ?", position)
    else:
        hand.change(held.office, "UPDATE journal SET raw = ? WHERE position = ?", raw, position)


@pytest.mark.parametrize("raw", [None, b"{}", b"\0\xff"])
@pytest.mark.parametrize("position", [2, 12, -1])
def test_an_entry_spoiled_in_the_database_is_put_back(held, position, raw):
    dump = dumped(held.office)
    spoil(held, position % len(dump[0]) + (position < 0), raw)
    found = held.healed()
    assert len(found.disk_damaged) + found.disk_lacked == 1
    held.check(dump)


@pytest.mark.parametrize(
    ("column", "value"), [("hash", "0" * 64), ("writer", "till-0999"), ("epoch", 7), ("seq", 9_000), ("type", "x")]
)
def test_what_an_entry_is_found_by_is_put_right_beside_sound_bytes(held, column, value):
    dump = dumped(held.office)
    hand.change(held.office, f"UPDATE journal SET {column} = ? WHERE position = ?", value, 9)
    assert held.healed().disk_damaged == [9]
    held.check(dump)


def test_an_entry_spoiled_on_both_is_told(held):
    before = held.lines()
    rows = before.splitlines(keepends=True)
    bad = rows[4][:200] + b"#" + rows[4][201:]
    sorted(held.disk.glob("entries-*"))[0].write_bytes(b"".join([*rows[:4], bad, *rows[5:]]))
    spoil(held, 5, b"{}")
    with pytest.raises(OfficeError, match="Entry 5 proves itself neither"):
        held.healed()


def test_two_stories_are_shown_and_both_are_kept(held, tmp_path):
    """A database from a backup went on without its mirror."""
    held.office.close()
    put_back = hand.keep(held.office, tmp_path / "backup.db")
    held.reopen()
    with held.office.change() as intake:
        grants.publish_tariff(intake, ZHEJIANG)
    held.send(held.seller.sold(4))
    lost = held.lines().splitlines()
    held.office.close()
    put_back()
    away = held.disk.rename(held.disk.with_name("away"))
    held.reopen()
    with held.office.change() as intake:
        grant_lease(intake, held.seller.till, held.office.clock())
    away.rename(held.disk)
    with pytest.raises(OfficeError, match="lost|another story"):
        held.reopen()
    with pytest.raises(OfficeError, match=r"go on differently.*lease\.granted of office.*tariff\.published of office"):
        held.healed()
    office = Office.open(held.office.folder, held.office.clock)
    assert keep_both(office, held.mirror, "aside") == 5
    office.close()
    held.reopen()
    with held.office.store.read() as reading:
        assert [tariff.tariff for tariff in reading.tariffs()] == [ZHEJIANG.tariff]
        assert reading.writer(held.seller.till, 1).head == held.seller.head
    assert (held.disk / "aside").is_dir()
    assert len(lost) > 5
    held.check(dumped(held.office))


def test_a_healing_that_was_stopped_is_finished_before_anything_else(held, monkeypatch):
    dump = dumped(held.office)
    held.office.close()
    hand.lose(held.office)

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("syncserver.mirror.mend.rebuild", killed)
        with pytest.raises(KeyboardInterrupt):
            held.healed()
    office = Office.open(held.office.folder)
    assert is_unfolded(office)
    office.close()
    with pytest.raises(OfficeError, match="stopped before its end"), Session(held.office.folder).office():
        pass
    held.healed()
    held.check(dump)
