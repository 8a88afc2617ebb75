"""The till's cells: a sale while one of its two disks fails, at each step of it."""

import shutil
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from common.account import JobState
from common.chain import public_hex
from tests.disks.cell import How, Killed, Left, Which
from tests.disks.disk import Disk
from tests.till.branch import Branch, Clock, Counter, OfficeVoice
from till.journal.errors import JournalError
from till.operations.cards import read_card
from till.operations.desk import Desk
from till.operations.opening import Enrolment, TillFolder, open_desk
from till.operations.refusals import LeftInDoubt, NotEnrolled, NothingWritten
from till.operations.spare import keep_spare, set_spare_keys
from till.operations.steps import Step
from till.operations.takeover import heal_or_come_back, take_over
from till.operations.vend import Amount, vend
from till.store import Store, StoreError
from till.store.rebuild import rebuild
from till.store.reserve import keep_reserve, reserve_used

WHEN = {"before it starts": None, "between sales": None, "once started": Step.STARTED, "once written": Step.WRITTEN}
ERRORS = (StoreError, JournalError, NotEnrolled, NothingWritten, LeftInDoubt)


class TillSide:
    """A till on two disks."""

    def __init__(self, folder: Path, disks: dict[Which, Disk]) -> None:
        self.disks = disks
        clock = Clock()
        office = OfficeVoice(clock)
        self.mirror_folder = disks[Which.MIRROR].place / "journal"
        self.mirror_folder.mkdir()
        counter = Counter("till-0002", disks[Which.FIRST].place / "till", office, self.mirror_folder)
        self.branch = Branch(folder, clock, office, counter)
        self.counter = counter
        self.card = self.branch.customer()
        self.sold: list[str] = []
        self.home = TillFolder(counter.folder)
        self._enrol(public_hex(office.key))
        keep_reserve(counter.folder)
        self.sell()
        with counter.desk() as desk:
            keep_spare(desk, self.home)
        self.sell()

    def _enrol(self, key: str) -> None:
        with self.counter.desk() as desk, desk.store.transaction():
            enrolment = Enrolment(
                till=self.counter.till, branch="B1", name="x", epoch=1, office="office", office_key=key, url="", pin=""
            )
            desk.store.set_setting("enrolment", enrolment)
            desk.store.set_setting("mirror", str(self.mirror_folder))
            set_spare_keys(desk.store, unlocked=True)
        with self.home.store() as store:
            open_desk(self.home, store)

    def sell(self, at: Step | None = None, fault: Callable[[], None] = lambda: None) -> bool:
        """Sell, with a fault at a step of it; None: before it. Returns whether a mirror's failure was told."""
        self.branch.insert(self.card)

        def observe(step: Step) -> None:
            if step is at:
                fault()

        with self._desk(observe) as desk, self.counter.card(self.card) as driver:
            if at is None:
                fault()
            sold = vend(desk, driver, Amount(energy=1_000))
            self.sold.append(str(sold.receipt))
            return desk.journal.mirror_problem is not None or reserve_used(self.counter.folder)

    def _desk(self, observe: Callable[[Step], None]) -> "_Open":
        if not self.counter.database.exists():
            raise NotEnrolled(str(self.counter.folder))
        return _Open(self.counter, observe)

    def run(self, which: Which, how: How, when: str) -> Left:
        disk, told = self.disks[which], False
        dies = how in (How.TORN, How.FLIPPED)
        fault = {
            How.GONE: disk.fail if which is Which.FIRST else disk.pull,
            How.FULL: disk.fill,
            How.READ_ONLY: disk.fail,
        }.get(how, _die)
        work = "the sale went on"
        try:
            if when == "before it starts":
                if not dies:
                    disk.replace() if how is How.GONE and which is Which.FIRST else fault()
                else:
                    with suppress(Killed):
                        self.sell(None, _die)
                    self._damage(which, how)
                told = self.sell()
            else:
                told = self.sell(WHEN[when], fault)
        except ERRORS as error:
            work, told = f"refused: {type(error).__name__}", True
            if which is Which.FIRST and how in (How.GONE, How.READ_ONLY):
                work = self._take_over(how, disk)
        except Killed:
            work = "killed"
            self._damage(which, how)
        return self._afterwards(which, how, work, told)

    def _take_over(self, how: How, disk: Disk) -> str:
        if how is How.GONE:
            disk.pull()
        took = take_over(self.home, self.mirror_folder, TillFolder(self.mirror_folder / "till"), last=self.sold[-1])
        assert took.sells
        assert took.read is (how is How.READ_ONLY)
        self.counter.folder = Path(took.folder)
        self.sell()
        return "taken over, the sale went on"

    def _damage(self, which: Which, how: How) -> None:
        """What a power failure left of the last writes."""
        lines = self.mirror_folder / "till-0002-1.journal"
        if which is Which.MIRROR:
            content = lines.read_bytes()
            lines.write_bytes(content[:-70] if how is How.TORN else _flip(content, len(content) // 2))
            return
        lose_memory(self.counter.folder)
        if how is How.TORN:
            log = self.counter.database.with_name("till.db-wal")
            if log.exists() and log.stat().st_size:
                log.write_bytes(log.read_bytes()[:-2_000])
        else:
            _flip_entry(self.counter.database)

    def _afterwards(self, which: Which, how: How, work: str, told: bool) -> Left:
        disk, healed = self.disks[which], []
        taken_over = self.counter.folder != self.home.path
        if how is How.GONE:
            disk.replace()
            if which is Which.FIRST:
                take_over(self.home, self.mirror_folder)
            else:
                self.mirror_folder.mkdir()
        elif how is How.FULL:
            disk.free()
            keep_reserve(self.counter.folder)
        elif how is How.READ_ONLY:
            disk.restart()
        if taken_over:
            healed.append("came back to the first disk")
            self.counter.folder = self.home.path
        found = heal_or_come_back(self.home)
        healed += [
            f"{name.replace('_', ' ')} {value if isinstance(value, int) else len(value)}"
            for name in ("disk_lacked", "mirror_lacked", "disk_damaged", "mirror_damaged")
            if (value := getattr(found, name))
        ]
        acknowledged, kept = self._check()
        damage = how in (How.TORN, How.FLIPPED)
        return Left(work, told or damage, acknowledged, kept, ", ".join(healed) or "by itself")

    def _check(self) -> tuple[int, int]:
        """What was acknowledged is there, the card agrees, both disks are the same, and the till goes on."""
        with self.counter.desk() as desk, self.counter.card(self.card) as driver:
            read_card(desk, driver)
        with self.counter.desk() as desk, self.counter.card(self.card) as driver:
            facts = desk.store.account("A1")
            assert facts is not None
            purchases = desk.store.purchases("A1", 100)
            receipts = {purchase.receipt for purchase in purchases}
            lost = [receipt for receipt in self.sold if receipt not in receipts]
            assert not lost, f"acknowledged and gone: {lost}"
            serial = driver.serial()
            key = desk.keyring.key(serial)
            assert key is not None
            driver.unlock(key)
            image = driver.read().image
            assert image is not None
            assert image.count == len(purchases), (image.count, len(purchases))
            assert not [job for job in facts.jobs.values() if job.state is JobState.DOUBT]
            assert rebuild(desk.store, check=True, progress=lambda _: None) == []
            desk.journal.verify(lambda _: None)
            lines = b"".join(signed.line for signed in desk.store.entries("till-0002", 1))
        assert (self.mirror_folder / "till-0002-1.journal").read_bytes() == lines
        acknowledged = len(self.sold)
        assert not self.sell()
        return acknowledged, acknowledged - len(lost)


class _Open:
    """A desk that is abandoned, not closed, when the power fails: what is in its log stays there."""

    def __init__(self, counter: Counter, observe: Callable[[Step], None]) -> None:
        self._stack = ExitStack()
        self._open = counter.desk(observe)

    def __enter__(self) -> Desk:
        return self._stack.enter_context(self._open)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Killed):
            _ABANDONED.append(self._stack.pop_all())
            return
        with suppress(StoreError):
            self._stack.close()


_ABANDONED: list[ExitStack] = []


def lose_memory(folder: Path) -> None:
    """The files as they are on the disk, without what a process shares with another through memory."""
    before = folder.rename(folder.with_name("before"))
    shutil.copytree(before, folder, ignore=shutil.ignore_patterns("*.db-shm"))
    shutil.rmtree(before)


def _die() -> None:
    raise Killed


def _flip(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def _flip_entry(database: Path) -> None:
    store = Store.open(database)
    (key, raw) = next(store.database.execute("SELECT id, raw FROM entry WHERE started IS NOT NULL LIMIT 1"))
    with store.transaction():
        store.database.execute("UPDATE entry SET raw = ? WHERE id = ?", (_flip(raw, 40), key))
    store.close()
