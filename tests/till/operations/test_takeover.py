"""A till whose own disk fails goes on from the second: with all that it told anybody, and never in two places."""

import shutil
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import pytest

from tests.till.branch import freeze
from till.journal.errors import FirstDiskWorks, MirrorAbsent, NothingToTakeOver, TakenOver
from till.journal.keysafe import lock_keys
from till.journal.seat import in_use
from till.operations import takeover as module
from till.operations.opening import TillFolder, open_desk
from till.operations.refusals import NotEnrolled
from till.operations.spare import keep_spare, set_spare_keys
from till.operations.takeover import heal_or_come_back, take_over
from till.operations.vend import Amount, vend
from till.store.rebuild import rebuild
from till.sync.restored import is_restored

CARD = 0


@contextmanager
def opened(folder, clock):
    with folder.store() as store:
        yield open_desk(folder, store, clock)


@pytest.fixture
def home(sold):
    """The till's folder, with a spare on the second disk, and sold to since."""
    folder = TillFolder(sold.folder)
    with opened(folder, sold.office.clock) as desk:
        set_spare_keys(desk.store, unlocked=True)
        assert keep_spare(desk, folder)
        freeze(desk, "A9", "since the spare")
    return folder


@pytest.fixture
def fails(monkeypatch):
    """Folders on a disk that cannot be written: as root writes anywhere, only said so."""
    failing = set()
    works = module.can_be_written
    monkeypatch.setattr(module, "can_be_written", lambda folder: folder not in failing and works(folder))
    return failing


def sell(branch, counter):
    branch.insert(branch.folder / "6201000000000000.card")
    with counter.desk() as desk, counter.card(branch.blank(CARD)) as driver:
        return str(vend(desk, driver, Amount(energy=1000)).receipt)


def head_of(folder, clock):
    with opened(folder, clock) as desk:
        assert desk.journal.mirror_problem is None
        assert rebuild(desk.store, check=True, progress=lambda _: None) == []
        return desk.journal.head


def last_of(folder):
    with folder.store() as store:
        return f"till-0002-{store.receipts.next() - 1:08d}"


def test_from_a_disk_that_can_be_read_all_of_it_goes_on_whatever_the_mirror_lacked(branch, sold, home, fails):
    away = sold.mirror.rename(sold.mirror.with_name("away"))
    receipt = sell(branch, sold)
    away.rename(sold.mirror)
    fails.add(home.path)
    took = take_over(home)
    assert (took.read, took.sells, took.last) == (True, True, receipt)
    assert in_use(home.path).samefile(took.folder)
    sold.folder = in_use(home.path)
    assert sell(branch, sold) > receipt
    head_of(TillFolder(sold.folder), sold.office.clock)


def test_a_program_that_had_the_till_open_writes_nothing_more(sold, home, fails):
    clock = sold.office.clock
    with opened(home, clock) as desk:
        fails.add(home.path)
        take_over(home)
        with pytest.raises(TakenOver):
            freeze(desk, "A8", "too late")
        assert desk.store.account("A8") is None


def test_the_disk_that_was_left_sells_no_more_nor_when_the_second_is_out(sold, home, fails):
    clock = sold.office.clock
    fails.add(home.path)
    there = TillFolder(Path(take_over(home).folder))
    with pytest.raises(TakenOver), opened(home, clock):
        pass
    head_of(there, clock)  # from here on the first disk, if it can be written, says so itself
    away = sold.mirror.rename(sold.mirror.with_name("away"))
    with pytest.raises(TakenOver), opened(home, clock):
        pass
    with pytest.raises(MirrorAbsent):
        heal_or_come_back(home)
    away.rename(sold.mirror)


@pytest.mark.parametrize("lost", ["gone", "no database", "torn"])
def test_from_the_spare_and_the_mirror_by_the_last_receipt(sold, home, lost):
    clock = sold.office.clock
    head, last = head_of(home, clock), last_of(home)
    if lost == "gone":
        shutil.rmtree(home.path)
    elif lost == "torn":
        whole = home.database.read_bytes()
        home.database.write_bytes(whole[: len(whole) // 2])
    else:
        home.database.unlink()
    took = take_over(home, sold.mirror, last=last)
    assert (took.read, took.sells, took.last) == (False, True, last)
    assert took.folder == str(home.path)
    assert head_of(home, clock) == head


@pytest.mark.parametrize("said", [None, "till-0002-00000009", "till-0001-00000001", "till-0002-x"])
def test_it_waits_for_the_office_while_nobody_knows_that_the_mirror_has_all(sold, home, said):
    last = last_of(home)
    shutil.rmtree(home.path)
    took = take_over(home, sold.mirror, last=said)
    assert not took.sells
    with home.store() as store:
        assert is_restored(store)
    assert take_over(home, last=last).sells
    with pytest.raises(FirstDiskWorks):
        take_over(home, last=last)


def test_who_was_at_work_when_the_disk_went_knows_it(sold, home):
    head = head_of(home, sold.office.clock)
    shutil.rmtree(home.path)
    assert take_over(home, sold.mirror, known=head).sells


def test_a_mirror_without_the_last_entry_that_was_told_does_not_sell(sold, home):
    away = sold.mirror.rename(sold.mirror.with_name("away"))
    with opened(home, sold.office.clock) as desk:
        freeze(desk, "A8", "the mirror is out")
        head = desk.journal.head
    away.rename(sold.mirror)
    shutil.rmtree(home.path)
    assert not take_over(home, sold.mirror, known=head).sells


def test_keys_lie_on_the_second_disk_only_locked_or_where_somebody_said_so(sold, home):
    with opened(home, sold.office.clock) as desk:
        set_spare_keys(desk.store, unlocked=False)
        assert keep_spare(desk, home)
        assert not keep_spare(desk, home)
    safe = shutil.copytree(home.path / "keys", sold.mirror.with_name("safe"))
    shutil.rmtree(home.path)
    with pytest.raises(NothingToTakeOver) as told:
        take_over(home, sold.mirror)
    assert told.value.reason == "no_keys"
    shutil.copytree(safe, home.path / "keys")
    assert take_over(home, sold.mirror).till == "till-0002"


def test_locked_keys_go_along_and_the_spare_follows_the_lock(sold, home):
    lock_keys(home.path, "a good long passphrase")
    with opened(home, sold.office.clock) as desk:
        assert keep_spare(desk, home)
    head, last = head_of(home, sold.office.clock), last_of(home)
    shutil.rmtree(home.path)
    assert take_over(home, sold.mirror, last=last).sells
    assert not list(home.path.glob("keys/*.pem"))
    assert head_of(home, sold.office.clock) == head


def test_a_good_disk_is_not_left(sold, home):
    with pytest.raises(FirstDiskWorks):
        take_over(home)


def test_without_a_spare_nothing_is_made(sold, home):
    (sold.mirror / "till-0002.spare").unlink()
    shutil.rmtree(home.path)
    with pytest.raises(NothingToTakeOver):
        take_over(home, sold.mirror)
    with pytest.raises(NotEnrolled), opened(home, sold.office.clock):
        pass
    with pytest.raises(MirrorAbsent):
        take_over(home, sold.mirror / "elsewhere")


@pytest.mark.parametrize("empty", [False, True], ids=["the same disk", "an empty one"])
def test_it_comes_back_with_all_that_was_sold_meanwhile(branch, sold, home, fails, empty):
    clock = sold.office.clock
    fails.add(home.path)
    sold.folder = there = Path(take_over(home).folder)
    receipt = sell(branch, sold)
    fails.clear()
    if empty:
        shutil.rmtree(home.path)
        take_over(home, sold.mirror)
    heal_or_come_back(home)
    assert not there.exists()
    assert last_of(home) == receipt
    sold.folder = home.path
    assert sell(branch, sold) > receipt
    assert in_use(home.path) == home.path
    head_of(home, clock)


CUTS = ["make_claim", "copy_database", "_copy_keys", "is_apart", "_put_in_place", "heal_mirror", "os.replace"]


class Cut(BaseException):
    """The power fails here."""


def cut_at(monkeypatch, cut, late):
    owner = module.os if cut == "os.replace" else module
    name = cut.rpartition(".")[2]
    real = getattr(owner, name)

    def cutting(*words, **named):
        if late:
            real(*words, **named)
        raise Cut

    monkeypatch.setattr(owner, name, cutting)


def sellers(places, clock):
    """In which of these folders the till can be opened."""
    found = []
    for place in places:
        try:
            with opened(TillFolder(place), clock):
                found.append(place)
        except (TakenOver, NotEnrolled):
            pass
    return found


def test_coming_back_may_be_cut_anywhere(branch, sold, home, fails):
    clock = sold.office.clock
    for cut, late in product(CUTS, (False, True)):
        fails.add(home.path)
        sold.folder = there = Path(take_over(home).folder)
        receipt = sell(branch, sold)
        fails.clear()
        with pytest.MonkeyPatch.context() as patch, pytest.raises(Cut):
            cut_at(patch, cut, late)
            heal_or_come_back(home)
        assert len(sellers([home.path, there], clock)) <= 1, (cut, late)
        heal_or_come_back(home)
        assert sellers([home.path, there], clock) == [home.path], (cut, late)
        assert last_of(home) == receipt
    head_of(home, clock)


def test_taking_over_may_be_cut_anywhere(sold, home, fails):
    clock = sold.office.clock
    head = head_of(home, clock)
    for cut, late in product(["_copy_files", "is_sound", "make_claim", "_put_in_place", "os.replace"], (False, True)):
        fails.add(home.path)
        with pytest.MonkeyPatch.context() as patch, pytest.raises(Cut):
            cut_at(patch, cut, late)
            take_over(home)
        there = Path(take_over(home).folder)
        assert sellers([home.path, there], clock) == [there], (cut, late)
        assert head_of(TillFolder(there), clock) == head
        fails.clear()
        heal_or_come_back(home)
