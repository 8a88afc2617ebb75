"""The mirror: a second disk that follows, gives back what the first lost, and never stops a sale."""

import pytest

from tests.till.branch import freeze
from till.journal.errors import MirrorDiverged
from till.journal.heal import heal
from till.journal.mirror import Mirror
from till.operations.accounts import open_account
from till.operations.vend import Amount, vend


@pytest.fixture
def mirrored(branch, tmp_path):
    disk = tmp_path / "second-disk"
    disk.mkdir()
    branch.counter = branch.new_till("till-0002", disk)
    return branch.counter


def file_of(counter):
    return counter.mirror / "till-0002-1.journal"


def lines_of_store(counter):
    with counter.desk() as desk:
        return b"".join(signed.line for signed in desk.store.entries("till-0002", 1))


def test_each_entry_is_on_the_mirror_when_the_card_is_touched(branch, mirrored):
    card = branch.customer()
    seen = []

    def observe(step):
        seen.append((step.value, len(file_of(mirrored).read_bytes().splitlines())))

    with mirrored.desk(observe) as desk, mirrored.card(card) as driver:
        vend(desk, driver, Amount(energy=1000))
        head = desk.journal.head.seq
    assert ("started", head - 1) in seen
    assert ("completed", head) in seen
    assert file_of(mirrored).read_bytes() == lines_of_store(mirrored)


def test_a_mirror_that_was_away_catches_up(branch, mirrored):
    branch.customer()
    kept = file_of(mirrored).read_bytes()
    away = mirrored.mirror.rename(mirrored.mirror.with_name("away"))
    with mirrored.desk() as desk:
        open_account(desk, number="A2", name="x", meter="M2", tariff_class="residential", limit=1000)
        assert desk.journal.mirror_problem is not None
    away.rename(mirrored.mirror)
    assert file_of(mirrored).read_bytes() == kept
    with mirrored.desk() as desk:
        assert desk.journal.mirror_problem is None
    assert file_of(mirrored).read_bytes() == lines_of_store(mirrored)


def test_a_mirror_that_comes_back_while_the_till_works(branch, mirrored):
    branch.customer()
    with mirrored.desk() as desk:
        away = mirrored.mirror.rename(mirrored.mirror.with_name("away"))
        open_account(desk, number="A2", name="x", meter="M2", tariff_class="residential", limit=1000)
        assert desk.journal.mirror_problem is not None
        away.rename(mirrored.mirror)
        freeze(desk, "A2", "test")
        assert desk.journal.mirror_problem is None
    assert file_of(mirrored).read_bytes() == lines_of_store(mirrored)


def test_a_torn_line_is_written_again(branch, mirrored):
    branch.customer()
    whole = file_of(mirrored).read_bytes()
    file_of(mirrored).write_bytes(whole[:-7])
    with mirrored.desk() as desk:
        assert desk.journal.mirror_problem is None
    assert file_of(mirrored).read_bytes() == whole


def test_a_disk_that_lost_its_end_gets_it_back(branch, mirrored, tmp_path):
    with mirrored.desk() as desk:
        desk.store.database.execute("VACUUM INTO ?", (str(tmp_path / "old.db"),))
    card = branch.customer()
    with mirrored.desk() as desk, mirrored.card(card) as driver:
        vend(desk, driver, Amount(energy=1000))
        head = desk.journal.head
    mirrored.database.write_bytes((tmp_path / "old.db").read_bytes())
    for leftover in mirrored.folder.glob("till.db-*"):
        leftover.unlink()
    with mirrored.desk() as desk:
        assert desk.journal.head == head
        assert desk.store.totals().vends == 1
        assert desk.journal.verify(lambda _: None) == head


def test_a_mirror_with_another_story_stops_the_till(branch, mirrored):
    branch.customer()
    lines = file_of(mirrored).read_bytes().splitlines(keepends=True)
    file_of(mirrored).write_bytes(b"".join(lines[:-1]) + lines[0])
    with mirrored.desk() as desk:
        assert desk.journal.head.seq == len(lines)
    other = lines[1].replace(b'"seq":2', b'"seq":9')
    file_of(mirrored).write_bytes(b"".join(lines) + other)
    with pytest.raises(MirrorDiverged), mirrored.desk():
        pass


def test_garbage_on_the_mirror_is_told_and_stops_nothing(branch, mirrored):
    branch.customer()
    file_of(mirrored).write_bytes(b"garbage\n")
    with mirrored.desk() as desk:
        assert desk.journal.mirror_problem is not None
        freeze(desk, "A1", "test")


@pytest.mark.parametrize("spoil", [lambda line: line.replace(b"A1", b"A7"), lambda _: b"", lambda line: line + line])
def test_a_difference_before_the_mirrors_end_is_shown_at_the_start_and_goes_on_being_shown(branch, mirrored, spoil):
    branch.customer()
    lines = file_of(mirrored).read_bytes().splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines[:-1]) if b'"A1"' in line)
    lines[place] = spoil(lines[place])
    file_of(mirrored).write_bytes(b"".join(lines))
    with mirrored.desk() as desk:
        told = desk.journal.mirror_problem
        assert told is not None
        freeze(desk, "A1", "test")
        assert desk.journal.mirror_problem == told
        assert file_of(mirrored).read_bytes().endswith(next(desk.store.entries("till-0002", 1, after=len(lines))).line)
        mirror = Mirror(file_of(mirrored))
        key = desk.keys.signing.public_key()
        heal(desk.store, "till-0002", 1, key, mirror)
        open_account(desk, number="A2", name="x", meter="M2", tariff_class="residential", limit=1000)
        assert desk.journal.mirror_problem is None
    with mirrored.desk() as desk:
        assert desk.journal.mirror_problem is None
    assert file_of(mirrored).read_bytes() == lines_of_store(mirrored)


def test_what_the_caller_takes_back_never_reaches_the_mirror(branch, mirrored):
    branch.customer()
    before = file_of(mirrored).read_bytes()
    with mirrored.desk() as desk:
        with pytest.raises(ZeroDivisionError), desk.store.transaction():
            freeze(desk, "A1", "never said")
            raise ZeroDivisionError
        assert file_of(mirrored).read_bytes() == before
        freeze(desk, "A1", "said")
        kept = b"".join(signed.line for signed in desk.store.entries("till-0002", 1))
    assert file_of(mirrored).read_bytes() == kept
