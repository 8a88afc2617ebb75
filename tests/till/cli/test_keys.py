"""Keys at rest: a till whose keys are locked sells for whoever knows the passphrase, and for nobody else."""

import os
import pty
import subprocess
import sys
import time

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import PasswordDeleteError

import common.locked
from till.journal import keysafe

PHRASE, OTHER = "three wise monkeys", "four wise monkeys"


class Ring(KeyringBackend):
    """A keyring in memory."""

    priority = 1.0

    def __init__(self):
        super().__init__()
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError


@pytest.fixture
def ring():
    made = Ring()
    keyring.set_keyring(made)
    return made


@pytest.fixture(autouse=True)
def _another_day(monkeypatch):
    """No keyring, and a process that has opened nothing yet."""
    monkeypatch.setattr(common.locked, "_COST", 2**10)
    keyring.set_keyring(NoKeyring())
    keysafe._known.clear()
    yield
    keyring.set_keyring(NoKeyring())
    keysafe._known.clear()


@pytest.fixture
def data(company, tmp_path):
    return company.copy(tmp_path)


def phrase_file(tmp_path, phrase):
    path = tmp_path / f"{phrase.split()[0]}.txt"
    path.write_text(phrase + "\n")
    return path


def done(result):
    assert result.code == 0, result.text
    return result


def lock(company, data, tmp_path, phrase=PHRASE, *more):
    told = done(company.till("keys", "lock", "--passphrase-file", phrase_file(tmp_path, phrase), *more, data=data))
    keysafe._known.clear()
    return told


def sell(company, data):
    return company.till("account", "pay", "A1", "1", data=data)


def keys_on(data):
    return sorted(path.name for path in data.rglob("*.pem"))


def test_locked_keys_are_on_the_disk_in_no_other_way(company, data, tmp_path):
    secret = (data / "keys" / "signing.pem").read_bytes()
    assert "locked" in lock(company, data, tmp_path).text
    assert keys_on(data) == []
    middle = secret.splitlines()[1]
    for path in data.rglob("*"):
        if path.is_file():
            assert middle not in path.read_bytes(), path


def test_without_the_passphrase_the_till_sells_nothing_and_says_why(company, data, tmp_path):
    lock(company, data, tmp_path)
    refused = company.till("sync", data=data)
    assert refused.code == 4
    assert "nobody gave the passphrase" in refused.text
    assert "KILOTILL_KEYS_PASSPHRASE_FILE" in refused.text


def test_with_another_passphrase_neither(company, data, tmp_path, monkeypatch):
    lock(company, data, tmp_path)
    monkeypatch.setenv("KILOTILL_KEYS_PASSPHRASE_FILE", str(phrase_file(tmp_path, OTHER)))
    refused = company.till("sync", data=data)
    assert refused.code == 4
    assert "the passphrase is another" in refused.text


def test_a_file_opens_them_for_a_sync_that_nobody_watches(company, data, tmp_path, monkeypatch):
    lock(company, data, tmp_path)
    monkeypatch.setenv("KILOTILL_KEYS_PASSPHRASE_FILE", str(phrase_file(tmp_path, PHRASE)))
    done(company.till("sync", data=data))


def test_so_does_what_systemd_hands_in(company, data, tmp_path, monkeypatch):
    lock(company, data, tmp_path)
    (tmp_path / "credentials").mkdir()
    phrase_file(tmp_path, PHRASE).rename(tmp_path / "credentials" / "kilotill-till")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    done(company.till("sync", data=data))


def test_a_passphrase_file_that_is_named_and_gone_is_told(company, data, tmp_path, monkeypatch):
    lock(company, data, tmp_path)
    monkeypatch.setenv("KILOTILL_KEYS_PASSPHRASE_FILE", str(tmp_path / "nowhere"))
    refused = company.till("sync", data=data)
    assert refused.code == 4
    assert "nowhere" in refused.text


def test_the_keyring_opens_them_until_it_is_told_to_forget(company, data, tmp_path, ring, monkeypatch):
    assert "keyring opens them" in lock(company, data, tmp_path, PHRASE, "--remember").text
    assert PHRASE not in str(ring.kept)
    done(company.till("sync", data=data))
    keysafe._known.clear()
    done(company.till("keys", "forget", data=data))
    keysafe._known.clear()
    assert company.till("sync", data=data).code == 4


def test_changing_the_passphrase_needs_the_one_before_and_the_keyring_knows_the_new_one(
    company, data, tmp_path, ring, monkeypatch
):
    lock(company, data, tmp_path)
    refused = company.till("keys", "lock", "--passphrase-file", phrase_file(tmp_path, OTHER), data=data)
    assert refused.code == 4
    monkeypatch.setenv("KILOTILL_KEYS_PASSPHRASE_FILE", str(phrase_file(tmp_path, PHRASE)))
    done(company.till("keys", "remember", data=data))
    keysafe._known.clear()
    lock(company, data, tmp_path, OTHER)
    assert len(ring.kept) == 1
    monkeypatch.delenv("KILOTILL_KEYS_PASSPHRASE_FILE")
    done(company.till("sync", data=data))
    keysafe._known.clear()
    ring.kept.clear()
    monkeypatch.setenv("KILOTILL_KEYS_PASSPHRASE_FILE", str(phrase_file(tmp_path, PHRASE)))
    assert company.till("sync", data=data).code == 4
    monkeypatch.setenv("KILOTILL_KEYS_PASSPHRASE_FILE", str(phrase_file(tmp_path, OTHER)))
    done(company.till("sync", data=data))


def test_without_a_keyring_remember_says_so_and_the_keys_are_locked(company, data, tmp_path):
    path = phrase_file(tmp_path, PHRASE)
    refused = company.till("keys", "lock", "--passphrase-file", path, "--remember", data=data)
    assert refused.code == 4
    assert "keyring" in refused.text
    assert keys_on(data) == []


def test_a_short_passphrase_locks_nothing(company, data, tmp_path):
    path = phrase_file(tmp_path, "short one")
    assert company.till("keys", "lock", "--passphrase-file", path, data=data).code == 4
    assert keys_on(data) == ["box.pem", "signing.pem"]


def test_a_lock_that_was_cut_before_the_files_were_gone_is_finished_by_the_same_command(
    company, data, tmp_path, monkeypatch
):
    loose = {path: path.read_bytes() for path in data.rglob("*.pem")}
    lock(company, data, tmp_path)
    for path, content in loose.items():
        path.write_bytes(content)
    monkeypatch.setenv("KILOTILL_KEYS_PASSPHRASE_FILE", str(phrase_file(tmp_path, PHRASE)))
    done(company.till("sync", data=data))
    lock(company, data, tmp_path)
    assert keys_on(data) == []
    done(company.till("sync", data=data))


def test_a_backup_brings_them_back_locked(company, data, tmp_path, monkeypatch):
    lock(company, data, tmp_path)
    monkeypatch.setenv("KILOTILL_KEYS_PASSPHRASE_FILE", str(phrase_file(tmp_path, PHRASE)))
    secret = ("--passphrase", "correct horse")
    done(company.till("backup", tmp_path / "b", *secret, data=data))
    done(company.till("restore", tmp_path / "b", *secret, data=tmp_path / "new"))
    assert keys_on(tmp_path / "new") == []
    done(company.till("sync", data=tmp_path / "new"))


def test_who_is_at_the_terminal_is_asked(company, data, tmp_path):
    lock(company, data, tmp_path)
    for phrase, code in ((PHRASE, 0), (OTHER, 4)):
        ours, theirs = pty.openpty()
        command = [sys.executable, "-c", "from till.cli import main; main()", "--data", data, "keys", "show"]
        with subprocess.Popen(list(map(str, command)), stdin=theirs, stdout=theirs, stderr=theirs) as asked:
            said = b""
            while b"Passphrase" not in said:
                said += os.read(ours, 65_536)
            time.sleep(0.2)  # what is typed before it listens is not heard
            os.write(ours, f"{phrase}\n".encode())
            assert asked.wait(30) == code, os.read(ours, 65_536)
        said += os.read(ours, 65_536)
        os.close(theirs)
        os.close(ours)
        assert phrase.encode() not in said


def test_an_epoch_s_new_keys_come_behind_the_same_lock(company, data, tmp_path, monkeypatch):
    lock(company, data, tmp_path)
    monkeypatch.setenv("KILOTILL_KEYS_PASSPHRASE_FILE", str(phrase_file(tmp_path, PHRASE)))
    code = company.office("till", "enrol-again", "till-0001", "--json").json["code"]
    done(company.till("re-enrol", code, data=data))
    assert keys_on(data) == []
    done(company.till("sync", data=data))
