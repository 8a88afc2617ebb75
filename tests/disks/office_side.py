"""The office's cells: a till's batch while one of the office's two disks fails, at each commit of it."""

import gc
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

from common.chain import Head
from common.entries import UtilitySet
from syncserver.audit.rebuild import rebuild
from syncserver.audit.verify import verify
from syncserver.ingest.batch import read_batch
from syncserver.ingest.queue import IngestQueue
from syncserver.mirror.attach import attach_mirror, lines_of, mirror_setting, set_mirror
from syncserver.mirror.heal import heal
from syncserver.mirror.renew import open_or_renew
from syncserver.office.errors import OfficeError
from syncserver.office.folder import OfficeFolder
from syncserver.office.office import Office
from syncserver.store import StoreUnavailable
from tests.benchmarks.fleet import Seller, enrol
from tests.disks.cell import How, Killed, Left, Which
from tests.disks.disk import Disk
from tests.disks.till_side import lose_memory
from tests.till.branch import Clock

WHEN = ("before it starts", "between batches", "in the transaction", "between database and mirror")


class OfficeSide:
    """An office on two disks, and a till that sends."""

    def __init__(self, folder: Path, disks: dict[Which, Disk]) -> None:
        self.disks, self.safe, self.clock = disks, folder / "safe", Clock()
        self.fault: Callable[[], None] | None = None
        self._at = ""
        self.folder = OfficeFolder(disks[Which.FIRST].place / "office")
        utility = UtilitySet(name="x", currency="CNY", digits=2, zone="UTC")
        Office.create(self.folder, utility, [], self._now).close()
        shutil.copytree(self.folder.path / "keys", self.safe)
        self.mirror_folder = disks[Which.MIRROR].place / "entries"
        set_mirror(self.folder, self.mirror_folder)
        self.setting = mirror_setting(self.folder)
        self.seller = Seller("till-0100", "hill", accounts=3)
        self.sent: list[bytes] = []
        self.acknowledged = Head.empty("till-0100", 1)
        self.start()
        enrol(self.office, [self.seller])
        self.send(self.seller.opening())
        self.send(self.seller.sold(6))

    def _now(self):  # called within the transaction too
        if self.fault is not None and self._at == "in the transaction":
            fault, self.fault = self.fault, None
            fault()
        return self.clock()

    def start(self) -> None:
        self.office = Office.open(self.folder, self._now)
        attach_mirror(self.office)

    def send(self, lines: list[bytes]) -> None:
        """Send what the office lacks, and hear what it acknowledges."""
        self.sent += lines
        with self.office.store.read() as reading:
            held = reading.writer(self.seller.till, 1).seq
        queue = IngestQueue(self.office.store, self.office.keys.signing, self._now)
        self.acknowledged = queue.take_now(self.seller.till, 1, read_batch(b"".join(self.sent[held:])))

    def run(self, which: Which, how: How, when: str) -> Left:
        disk, self._at = self.disks[which], when
        fault = {
            How.GONE: disk.fail if which is Which.FIRST else disk.pull,
            How.FULL: disk.fill,
            How.READ_ONLY: disk.fail,
        }.get(how, _die)
        work, told = "the batch was acknowledged", False
        try:
            if when == "before it starts":
                if how not in (How.TORN, How.FLIPPED):
                    self.office.close()
                self._fail_before(which, how, disk, fault)
                self.start()
            elif when == "between batches":
                fault()
            elif when == "between database and mirror":
                self._before_mirror(fault)
            self.fault = fault if when == "in the transaction" else None
            self.send(self.seller.sold(6))
            told = bool(self.office.problems())
            if not told:  # both had it before the disk failed: the next batch says so
                self.send(self.seller.sold(2))
        except (StoreUnavailable, OfficeError) as error:
            work, told = f"refused: {type(error).__name__}", True
        except Killed:
            work = "killed"
            self._damage(which, how)
        return self._afterwards(which, how, disk, work, told)

    def _fail_before(self, which: Which, how: How, disk: Disk, fault: Callable[[], None]) -> None:
        if how in (How.TORN, How.FLIPPED):
            self._damage(which, how)
        elif how is How.GONE and which is Which.FIRST:
            disk.replace()
        else:
            fault()

    def _before_mirror(self, fault: Callable[[], None]) -> None:
        follow = self.office.store.on_commit

        def failing(store):
            self.office.store.on_commit = follow
            fault()
            follow(store)

        self.office.store.on_commit = failing

    def _damage(self, which: Which, how: How) -> None:
        if which is Which.MIRROR:
            (path,) = self.mirror_folder.glob("entries-*")
            content = path.read_bytes()
            place = len(content) // 2
            flipped = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
            path.write_bytes(content[:-70] if how is How.TORN else flipped)
            return
        lose_memory(self.folder.path)
        if how is How.TORN:
            log = self.folder.database.with_name("office.db-wal")
            if log.exists() and log.stat().st_size:
                log.write_bytes(log.read_bytes()[:-2_000])
        else:
            with sqlite3.connect(self.folder.database) as connection:
                change = "CAST(substr(raw, 1, 40) || '#' || substr(raw, 42) AS BLOB)"
                connection.execute(f"UPDATE journal SET raw = {change} WHERE position = 9")
            connection.close()

    def _afterwards(self, which: Which, how: How, disk: Disk, work: str, told: bool) -> Left:
        if work != "killed":
            self.office.close()
        gc.collect()
        healed = []
        if how is How.GONE:
            disk.replace()
            if which is Which.FIRST:
                shutil.copytree(self.safe, self.folder.path / "keys")
                healed.append("filled from the mirror and the keys")
            else:
                self.mirror_folder.mkdir()
        elif how is How.FULL:
            disk.free()
        elif how is How.READ_ONLY:
            disk.restart()
        lines = lines_of(self.folder, self.setting)
        office = open_or_renew(self.folder, lines)
        found = heal(office, lines, "aside")
        office.close()
        if mirror_setting(self.folder) is None:
            set_mirror(self.folder, self.mirror_folder)
        healed += [
            f"{name.replace('_', ' ')} {value if isinstance(value, int) else len(value)}"
            for name in ("disk_lacked", "mirror_lacked", "disk_damaged", "mirror_damaged")
            if (value := getattr(found, name))
        ]
        acknowledged = self.acknowledged.seq
        kept = self._check()
        damage = how in (How.TORN, How.FLIPPED)
        return Left(work, told or damage, acknowledged, kept, ", ".join(healed) or "by itself")

    def _check(self) -> int:
        """Before the till sends again: what was acknowledged is there, and both disks are the same."""
        acknowledged = self.acknowledged
        self.start()
        with self.office.store.read() as reading:
            kept = reading.writer(self.seller.till, 1).seq
            held = reading.hashes(self.seller.till, 1, acknowledged.seq, acknowledged.seq)
            rows = b"".join(b"%d %s" % (entry.position, entry.line) for entry in reading.ingested())
        assert held == {acknowledged.seq: acknowledged.hash}, "acknowledged and gone"
        assert b"".join(path.read_bytes() for path in sorted(self.mirror_folder.glob("entries-*"))) == rows
        verify(self.office.store, lambda _: None)
        assert rebuild(self.office.store, check=True, progress=lambda _: None) == []
        self.send(self.seller.sold(2))
        assert self.acknowledged == self.seller.head
        assert self.office.problems() == []
        self.office.close()
        return min(kept, acknowledged.seq)


def _die() -> None:
    raise Killed
