"""Backups of the office: of one moment, secret on request, and nothing acknowledged is lost after one is restored."""

import threading

import pytest
from typer.testing import CliRunner

import syncserver.cli.run
from syncserver.audit.rebuild import rebuild
from syncserver.audit.verify import verify
from syncserver.backup.backup import back_up, restore
from syncserver.mirror.heal import heal
from syncserver.mirror.lines import MirrorLines
from syncserver.office.errors import OfficeError
from syncserver.office.folder import OfficeFolder
from syncserver.office.office import Office
from syncserver.office.runs import runs_of
from tests.syncserver.test_mirror import Held, dumped, silent


@pytest.fixture
def held(office, tmp_path):
    made = Held(office, tmp_path / "disk")
    yield made
    made.office.close()


def checked(folder):
    office = Office.open(folder)
    verify(office.store, silent)
    assert rebuild(office.store, check=True, progress=silent) == []
    return office


def test_a_restored_office_is_the_one_that_was_backed_up(held, tmp_path):
    told = []
    said = back_up(held.office, tmp_path / "b", "secret", lambda done, of: told.append((done, of)))
    assert told[-1][0] == told[-1][1]
    content = (tmp_path / "b").read_bytes()
    assert b"SQLite" not in content
    assert b"PRIVATE" not in content
    folder = OfficeFolder(tmp_path / "new")
    assert restore(folder, tmp_path / "b", "secret") == said
    office = checked(folder)
    assert dumped(office) == dumped(held.office)
    with office.store.read() as there, held.office.store.read() as here:
        assert len(runs_of(there)) == len(runs_of(here)) + 1  # tills notice
    office.close()
    with pytest.raises(OfficeError, match="already"):
        restore(folder, tmp_path / "b", "secret")


def test_with_the_mirror_nothing_that_was_acknowledged_is_lost(held, tmp_path):
    back_up(held.office, tmp_path / "b", "secret")
    held.send(held.seller.sold(10))
    dump = dumped(held.office)
    folder = OfficeFolder(tmp_path / "new")
    restore(folder, tmp_path / "b", "secret")
    office = Office.open(folder)
    assert heal(office, MirrorLines(held.disk), "aside").disk_lacked == 10
    assert dumped(office) == dump
    office.close()
    checked(folder).close()


def test_a_backup_is_of_one_moment_while_the_office_takes_entries(held, tmp_path):
    stop = threading.Event()

    def work():
        while not stop.is_set():
            held.send(held.seller.sold(10))

    worker = threading.Thread(target=work)
    worker.start()
    try:
        for n in range(3):
            back_up(held.office, tmp_path / f"{n}", "secret")
    finally:
        stop.set()
        worker.join()
    for n in range(3):
        restore(OfficeFolder(tmp_path / f"new-{n}"), tmp_path / f"{n}", "secret")
        checked(OfficeFolder(tmp_path / f"new-{n}")).close()


@pytest.mark.parametrize("damage", ["cut", "flipped", "passphrase", "another file", "nothing"])
def test_what_cannot_be_used_is_refused_and_nothing_is_half_done(held, tmp_path, damage):
    file = tmp_path / "b"
    back_up(held.office, file, "secret")
    whole = file.read_bytes()
    half = len(whole) // 2
    changed = {
        "cut": whole[:half],
        "flipped": whole[:half] + bytes([whole[half] ^ 1]) + whole[half + 1 :],
        "another file": b"x" * 500,
    }
    if damage == "nothing":
        file.unlink()
    else:
        file.write_bytes(changed.get(damage, whole))
    with pytest.raises(OfficeError, match="cannot be used"):
        restore(OfficeFolder(tmp_path / "new"), file, "wrong" if damage == "passphrase" else "secret")
    assert not (tmp_path / "new").exists()


def test_without_a_passphrase_the_keys_stay_out(held, tmp_path):
    assert not back_up(held.office, tmp_path / "b", None).secrets
    assert b"PRIVATE" not in (tmp_path / "b").read_bytes()
    restore(OfficeFolder(tmp_path / "new"), tmp_path / "b", None)
    with pytest.raises(OfficeError, match="no office"):
        Office.open(OfficeFolder(tmp_path / "new"))


def test_by_commands(tmp_path, each_store):
    def run(folder, *words):
        return CliRunner().invoke(syncserver.cli.run.app, ["--data", str(tmp_path / folder), *map(str, words)])

    named = ("--store", each_store.empty()) if each_store.is_postgresql else ()
    assert run("office", *named, "init", "--name", "x").exit_code == 0
    told = run("office", "backup", tmp_path / "b", "--passphrase", "s").output
    assert "was read back" in told
    assert ("pg_basebackup" in told) == each_store.is_postgresql
    told = run("new", "restore", tmp_path / "b", "--passphrase", "s").output
    assert "is back" in told
    assert ("migrate-store" in told) == each_store.is_postgresql
    if each_store.is_postgresql:
        moved = run("new", "migrate-store", tmp_path / "new" / "office.db", each_store.empty())
        assert "from now on" in moved.output
    assert "hold" in run("new", "verify").output
    assert run("other", "restore", tmp_path / "b", "--passphrase", "t").exit_code == 3
    assert "keys are not in it" in run("office", "backup", tmp_path / "p", "--plain").output
    assert "Put its keys" in run("third", "restore", tmp_path / "p", "--plain").output
