"""The command line as a person meets it: whatever is typed or broken, words and an exit code, never a traceback."""

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import syncserver.cli.run
import till.cli.run
from tests.till.cli.conftest import TARIFF, run

REFUSED, FAILED = 3, 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["vend", "--money", "0"], "zero"),
        (["vend", "--money", "-5"], "-5"),
        (["vend", "--money", "abc"], "abc"),
        (["vend", "--money", "1.234"], "1.234"),
        (["vend", "--energy", "0"], "zero"),
        (["vend", "--energy", "99999"], "3,000"),
        (["vend", "--money", "0.00001"], "0.00001"),
        (["vend", "--money", "99999999999999999999"], "9999"),
        (["vend", "--money", "5", "--id", "till-0002/X"], "till-0001/"),
        (["vend", "--money", "5", "--id", "till-0001/" + "X" * 99], "till-0001/"),
        (["vend", "--money", "5", "--payment", ""], "payment"),
        (["sign-in", "", "--pin", "380512"], "clerk"),
        (["card", "replace", "A1", "--reason", "\n"], "reason"),
        (["vend"], "--money or --energy"),
        (["vend", "--money", "5", "--energy", "5"], "--money or --energy"),
        (["card", "issue", "A9"], "A9"),
        (["card", "replace", "A9"], "A9"),
        (["card", "makeup"], "owed"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_bad_amount_or_account_is_refused_in_words_and_sells_nothing(company, words, said, lang):
    before = company.till("status", "--json").json
    done = company.with_card(0, *words, lang=lang)
    assert done.code in (REFUSED, FAILED), done.text
    if lang == "en":
        assert said in done.text
    else:
        assert any("\u4e00" <= letter <= "\u9fff" for letter in done.text)
    after = company.till("status", "--json").json
    assert (after["vends"], after["head"]) == (before["vends"], before["head"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sign-in", "nobody", "--pin", "380512"], "nobody"),
        (["sign-in", "wang", "--pin", "wrong"], "4 more tries"),
        (["clerk", "lock-after", "0"], "approving"),
        (["clerk", "unlock", "wang", "--by", "wang", "--pin", "380512"], "approving"),
    ],
)
def test_who_may_not_is_told_so_and_it_is_entered(company, tmp_path, words, said):
    data = company.copy(tmp_path)
    before = company.till("status", "--json", data=data).json["head"]
    done = company.till(*words, data=data)
    assert done.code == REFUSED
    assert said in done.text
    assert company.till("status", "--json", data=data).json["head"] == before + 1


def test_every_refusal_is_json_when_asked(company):
    done = company.with_card(0, "vend", "--money", "0", "--json")
    assert set(done.json["refused"]) == {"error", "what", "safe", "next"}


@pytest.mark.parametrize(
    "words",
    [
        ["account", "show", "A9"],
        ["account", "history", "A9"],
        ["account", "freeze", "A9", "--reason", "x"],
        ["account", "open", "--number", "A1", "--name", "x", "--meter", "M7"],
        ["account", "open", "--number", "", "--name", "x", "--meter", "M7"],
        ["account", "open", "--name", "", "--meter", "M7"],
        ["account", "open", "--name", "x", "--meter", ""],
        ["account", "open", "--name", "x", "--meter", "M7", "--limit", "0"],
        ["account", "open", "--name", "x", "--meter", "M7", "--limit", "x"],
        ["account", "open", "--name", "x" * 500, "--meter", "M7"],
        ["account", "open", "--name", "x", "--meter", "M7", "--class", "nobody"],
        ["receipt", "reprint", "R9"],
        ["account", "freeze", "A1", "--reason", ""],
        ["enrol", "--server", "https://127.0.0.1:1", "--code", "x"],
        ["sim", "serve", "/etc/passwd", "--port", "1"],
        ["sim", "insert", "/etc/passwd", "/etc/passwd"],
        ["sim", "cards", "/etc/passwd"],
        ["sim", "meter", "/tmp/never/made", "--number", "M1", "--esam", "/etc/passwd"],
        ["--reader", "x", "card", "read"],
        ["--reader", "sim:/nothing/there", "card", "read"],
        ["--lang", "xx", "account", "show", "A9"],
        ["mirror", "set", "/proc/nothing"],
        ["mirror", "set", "/etc/passwd"],
        ["journal", "export", "/proc/nothing"],
        ["journal", "check", "/etc/passwd", "/etc/passwd"],
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(company, words):
    before = company.till("status", "--json").json["head"]
    done = company.till(*words)
    assert done.code in (2, REFUSED, FAILED), done.text
    assert len(done.text.strip()) > 20
    assert company.till("status", "--json").json["head"] == before


def test_a_folder_without_a_till_says_how_to_make_one(tmp_path):
    done = run(till, "--data", tmp_path / "none", "status")
    assert done.code == REFUSED
    assert "till enrol" in done.text


def test_a_folder_that_cannot_be_made_is_said_so():
    done = run(till, "--data", "/proc/none", "enrol", "--server", "https://127.0.0.1:1", "--code", "x")
    assert done.code == REFUSED
    assert "/proc/none" in done.text


def test_a_card_that_is_no_card(company, tmp_path):
    broken = tmp_path / "broken.card"
    broken.write_bytes(b"\x00\x01garbage")
    done = company.with_card(broken, "card", "read")
    assert done.code in (REFUSED, FAILED), done.text
    assert "broken.card" in done.text


@pytest.mark.parametrize("content", [b"", b"x" * 5_000])
def test_a_file_that_is_no_database(company, tmp_path, content):
    data = company.copy(tmp_path)
    for extra in ("till.db-wal", "till.db-shm"):
        (data / extra).unlink(missing_ok=True)
    (data / "till.db").write_bytes(content)
    done = company.till("status", data=data)
    assert done.code in (REFUSED, FAILED), done.text
    assert "Traceback" not in done.text


def test_a_tampered_journal_names_the_entry_and_sells_nothing(company, tmp_path):
    data = company.copy(tmp_path)
    with closing(sqlite3.connect(data / "till.db")) as db:
        changed = "CAST(replace(CAST(raw AS TEXT), 'M1', 'M2') AS BLOB)"
        db.execute(f"UPDATE entry SET raw = {changed} WHERE instr(CAST(raw AS TEXT), 'account.opened')")
        db.commit()
    done = company.till("journal", "verify", data=data)
    assert done.code == FAILED
    assert "entry 3" in done.text


def test_a_newer_database_is_not_touched(company, tmp_path):
    data = company.copy(tmp_path)
    with closing(sqlite3.connect(data / "till.db")) as db:
        db.execute("PRAGMA user_version = 99")
    done = company.till("status", data=data)
    assert (done.code, "newer" in done.text) == (FAILED, True)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_full_disk_with_no_room_kept_free_sells_nothing_and_says_so(company, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    assert os.system(f"mount -t tmpfs -o size=8m tmpfs {disk}") == 0
    try:
        shutil.copytree(company.data, disk / "till", ignore=shutil.ignore_patterns("reserve"))
        card = shutil.copy(company.cards[0], tmp_path / "card")
        filler = disk / "filler"
        with filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError:
                pass
        image = Path(card).read_bytes()
        done = company.with_card(card, "vend", "--money", "10", data=disk / "till")
        assert done.code == FAILED, done.text
        assert "disk is full" in done.text
        assert Path(card).read_bytes() == image
        filler.unlink()
        assert company.with_card(card, "vend", "--money", "10", data=disk / "till").code == 0
    finally:
        assert os.system(f"umount {disk}") == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["init", "--name", "x"], "already"),
        (["init", "--name", "x", "--zone", "Mars/Olympus"], "time zone"),
        (["till", "enrol-code", "--branch", "two words", "--name", "x"], "branch"),
        (["till", "enrol-code", "--branch", "hill", "--name", ""], "name"),
        (["till", "enrol-code", "--branch", "hill", "--name", "x", "--again", "till-0099"], "till-0099"),
        (["till", "revoke", "till-0099", "--reason", "x"], "till-0099"),
        (["till", "revoke", "till-0001", "--reason", ""], "reason"),
        (["cards", "allot", "--branch", "hill"], "card"),
        (["cards", "allot", "--branch", "hill", "123"], "16 digits"),
        (["cards", "allot", "--branch", "hill", "6201000000000001"], "6201000000000001"),
        (["cards", "allot", "--branch", "no such", "--count", "1"], "branch"),
        (["cards", "personalise", "--out", "/proc/nothing/x"], "/proc/nothing"),
        (["export", "till-0099"], "till-0099"),
        (["export", "till-0001", "/proc/nothing"], "/proc/nothing"),
        (["serve", "--host", "203.0.113.1"], "203.0.113.1"),
    ],
)
def test_the_office_refuses_in_words(company, words, said):
    done = company.office(*words)
    assert done.code == REFUSED, done.text
    assert said in done.text


@pytest.mark.parametrize(
    "content",
    [
        "",
        "x",
        'tariff = "t"',
        TARIFF.replace("0.538", "0"),
        TARIFF.replace("0.538", "-1"),
        TARIFF.replace("0.538", "1.23456789"),
        TARIFF.replace('"2760"', '"x"'),
        TARIFF.replace(', up_to = "2760"', ""),
        TARIFF.replace("+08:00", ""),
        TARIFF.replace("residential = [", "residential = [5, "),
        TARIFF.replace('"t1"', '""'),
        TARIFF,
    ],
)
def test_a_tariff_that_is_none_is_not_published(company, tmp_path, content):
    path = tmp_path / "tariff.toml"
    path.write_text(content)
    done = company.office("tariff", "publish", path)
    assert done.code == REFUSED, done.text


def test_an_office_that_is_not_there(tmp_path):
    for words in (["serve"], ["verify"], ["till", "list"]):
        done = run(syncserver, "--data", tmp_path, *words)
        assert (done.code, "no office" in done.text) == (REFUSED, True)


def test_an_office_with_a_damaged_database(company, tmp_path):
    shutil.copytree(company.folder / "office", tmp_path / "office")
    for extra in ("office.db-wal", "office.db-shm"):
        (tmp_path / "office" / extra).unlink(missing_ok=True)
    (tmp_path / "office" / "office.db").write_bytes(b"x" * 10_000)
    done = run(syncserver, "--data", tmp_path / "office", "verify")
    assert done.code == FAILED
    (tmp_path / "office" / "office.db").unlink()
    done = run(syncserver, "--data", tmp_path / "office", "verify")
    assert (done.code, "backup" in done.text) == (REFUSED, True)


def test_which_of_reader_and_card_is_bad_is_said_before_anybody_guesses(company, tmp_path):
    data = company.copy(tmp_path)
    broken = tmp_path / "broken.card"
    shutil.copy(company.cards[1], broken)
    spoiled = json.loads(broken.read_text())
    assert company.with_card(0, "card", "read", data=data).code == 0
    broken.write_text(json.dumps(spoil(spoiled)))
    for _ in range(3):
        assert company.with_card(broken, "card", "read", data=data).code == FAILED
    health = company.till("reader", "health", "--json", data=data).json
    assert [(reader["reader"], reader["failures"] >= 3) for reader in health] == [("simulated", True)]


def spoil(card):
    """Both slots broken: nothing can be read any more."""
    for file in card["files"]:
        if file["short_id"] in (2, 3):
            file["data"] = "ab" * (len(file["data"]) // 2)
    return card
