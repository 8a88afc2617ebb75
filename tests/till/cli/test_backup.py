"""Backups and moves: nothing that was sold is lost, and never do two machines sell as one till."""

import shutil
import threading
from pathlib import Path

import pytest

from common.entries import ClockCompared
from till.journal.errors import TillHasMoved
from till.operations import backup as module
from till.operations.backup import move_in, move_out
from till.operations.opening import TillFolder, open_desk
from till.store.rebuild import rebuild

SECRET = ("--passphrase", "correct horse")


@pytest.fixture
def data(company, tmp_path):
    return company.copy(tmp_path)


def done(result):
    assert result.code == 0, result.text
    return result


def opened(company, data, number):
    return company.till(
        "account", "open", "--number", number, "--name", "王", "--meter", f"M{number}", "--limit", "3", data=data
    )


def head(company, data):
    return done(company.till("status", "--json", data=data)).json["head"]


def test_a_backup_and_the_mirror_bring_everything_back(company, data, tmp_path):
    disk, file = tmp_path / "disk", tmp_path / "stick" / "till.backup"
    done(company.till("mirror", "set", disk, data=data))
    text = done(company.till("backup", file, *SECRET, data=data)).text
    assert "was read back" in text
    done(opened(company, data, "A5"))
    last = head(company, data)
    shutil.rmtree(data)
    done(company.till("restore", file, "--mirror", disk, *SECRET, data=data))
    assert head(company, data) == last
    assert "A5" in done(company.till("account", "show", "A5", data=data)).text
    done(opened(company, data, "A6"))
    with TillFolder(data).store() as store:
        assert rebuild(store, check=True, progress=lambda _: None) == []


def test_without_the_mirror_it_waits_for_the_office(company, data, tmp_path):
    file = tmp_path / "till.backup"
    done(company.till("backup", file, *SECRET, data=data))
    new = tmp_path / "new"
    assert "Sync before it sells" in done(company.till("restore", file, *SECRET, data=new)).text
    refused = opened(company, new, "A5")
    assert refused.code == 3
    assert "restored from a backup" in refused.text
    done(company.till("sync", data=new))
    done(opened(company, new, "A5"))


def test_the_passphrase_hides_everything_and_the_keys_stay_out_without_one(company, data, tmp_path):
    file, plain = tmp_path / "till.backup", tmp_path / "plain.backup"
    done(company.till("backup", file, *SECRET, data=data))
    assert b"SQLite format" not in file.read_bytes()
    assert "keys are not in it" in done(company.till("backup", plain, "--plain", data=data)).text
    assert b"PRIVATE KEY" not in plain.read_bytes()
    refused = company.till("restore", file, "--passphrase", "wrong", data=tmp_path / "new")
    assert refused.code == 4
    assert "passphrase is another" in refused.text
    assert not (tmp_path / "new" / "till.db").exists()
    done(company.till("restore", plain, "--plain", data=tmp_path / "new"))
    assert "keys cannot be read" in company.till("status", data=tmp_path / "new").text
    shutil.copytree(data / "keys", tmp_path / "new" / "keys")
    assert head(company, tmp_path / "new") == head(company, data)


@pytest.mark.parametrize("damage", ["cut", "flipped", "another file"])
def test_a_damaged_backup_is_refused_and_nothing_is_half_done(company, data, tmp_path, damage):
    file = tmp_path / "till.backup"
    done(company.till("backup", file, *SECRET, data=data))
    whole = file.read_bytes()
    middle = len(whole) // 2
    file.write_bytes(
        {
            "cut": whole[:middle],
            "flipped": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
            "another file": b"x" * 1000,
        }[damage]
    )
    new = tmp_path / "new"
    assert company.till("restore", file, *SECRET, data=new).code == 4
    assert not (new / "till.db").exists()
    file.write_bytes(whole)
    done(company.till("restore", file, *SECRET, data=new))
    assert "already" in company.till("restore", file, *SECRET, data=new).text


def test_a_backup_is_of_one_moment_while_the_till_works(company, data, tmp_path):
    stop = threading.Event()
    entered = []

    def work():
        with TillFolder(data).store() as store:
            journal = open_desk(TillFolder(data), store).journal
            while not stop.is_set():
                entered.extend(journal.commit(ClockCompared(offset_ms=len(entered))))

    worker = threading.Thread(target=work)
    worker.start()
    try:
        for n in range(3):
            done(company.till("backup", tmp_path / f"{n}.backup", *SECRET, data=data))
    finally:
        stop.set()
        worker.join()
    assert len(entered) > 3
    for n in range(3):
        new = tmp_path / f"new-{n}"
        done(company.till("restore", tmp_path / f"{n}.backup", *SECRET, data=new))
        done(company.till("journal", "verify", data=new))
        with TillFolder(new).store() as store:
            assert rebuild(store, check=True, progress=lambda _: None) == []


def test_a_till_moves_and_only_the_new_machine_sells(company, data, tmp_path):
    file, new = tmp_path / "till.move", tmp_path / "new"
    done(company.till("move", "out", file, *SECRET, data=data))
    refused = opened(company, data, "A5")
    assert refused.code == 4
    assert "has moved to another machine" in refused.text
    done(company.till("sync", data=data))
    last = head(company, data)
    done(company.till("move", "in", file, *SECRET, data=new))
    assert not file.exists()
    assert head(company, new) == last + 1
    done(opened(company, new, "A5"))
    done(company.till("sync", data=new))
    assert opened(company, data, "A6").code == 4
    assert "already" in company.till("move", "in", file, *SECRET, data=new).text
    with TillFolder(new).store() as store:
        assert rebuild(store, check=True, progress=lambda _: None) == []


class Killed(BaseException):
    """The machine lost power here."""


CUTS = (
    "till.operations.backup.back_up",
    "till.operations.backup.write_whole",
    "till.operations.backup._verify",
    "till.operations.backup.put_back",
    "till.operations.backup._manifest",
    "till.operations.backup.os.replace",
    "till.operations.backup.shutil.rmtree",
    "till.operations.backup.open_desk",
    "till.operations.backup.no_longer_restored",
)


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("cut", CUTS)
def test_a_move_that_is_cut_anywhere_leaves_one_or_none_that_sells(company, data, tmp_path, monkeypatch, cut, late):
    file, new = tmp_path / "till.move", tmp_path / "new"
    name = cut.rpartition(".")[2]
    owner = {"os.replace": module.os, "shutil.rmtree": module.shutil}.get(cut.partition("backup.")[2], module)
    real = getattr(owner, name)

    def killed(*arguments, **named):
        if late:
            real(*arguments, **named)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(owner, name, killed)
        try:
            move(data, new, file)
        except Killed:
            pass
        else:
            pytest.fail("it was not cut")
    assert [place for place in (data, new) if sells(place)] in ([], [data], [new])
    if not sells(new):
        move(data, new, file)
    assert sells(new)
    assert not sells(data)


def move(data: Path, new: Path, file: Path) -> None:
    """Out and in, as far as either is still to be done."""
    if not (new / "till.db").exists() and not file.exists():
        with TillFolder(data).store() as store:
            move_out(open_desk(TillFolder(data), store), TillFolder(data), file, "x")
    move_in(TillFolder(new), file, "x")


def sells(place: Path) -> bool:
    """Whether something can be entered there."""
    if not (place / "till.db").exists():
        return False
    with TillFolder(place).store() as store:
        try:
            open_desk(TillFolder(place), store).journal.commit(ClockCompared(offset_ms=0))
        except TillHasMoved:
            return False
    return True
