"""The office's keys at rest: it serves for whoever knows the passphrase, and starts for nobody else."""

import ssl

import aiohttp
import pytest
from typer.testing import CliRunner

import common.locked
import syncserver.cli.run
from syncserver.backup.backup import back_up, restore
from syncserver.office import keysafe
from syncserver.office.errors import OfficeError
from syncserver.office.folder import OfficeFolder
from syncserver.office.office import Office
from tests.syncserver.test_process import process

PHRASE, OTHER = "three wise monkeys", "four wise monkeys"
PRIVATE = ("signing.pem", "box.pem", "card-master.hex", "tls-key.pem")


@pytest.fixture(autouse=True)
def _another_day(monkeypatch):
    """A process that has opened nothing yet."""
    monkeypatch.setattr(common.locked, "_COST", 2**10)
    keysafe._known.clear()
    yield
    keysafe._known.clear()


@pytest.fixture
def phrase_file(tmp_path):
    path = tmp_path / "phrase.txt"
    path.write_text(PHRASE + "\n")
    return path


def lock(office, phrase=PHRASE):
    office.folder.lock(phrase)
    keysafe._known.clear()


def test_locked_keys_are_on_the_disk_in_no_other_way(office):
    keys = office.folder.path / "keys"
    secrets = [(keys / name).read_bytes() for name in PRIVATE]
    lock(office)
    assert sorted(path.name for path in keys.iterdir()) == ["keys.locked", "tls.pem"]
    for path in office.folder.path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [secret for secret in secrets if secret.splitlines()[-2:][0] in content], path


def test_without_the_passphrase_it_does_not_open_and_says_why(office):
    lock(office)
    with pytest.raises(OfficeError, match="nobody gave the passphrase") as refused:
        Office.open(office.folder)
    assert "LoadCredentialEncrypted=kilotill-office" in refused.value.advice


def test_with_another_passphrase_neither(office, phrase_file, monkeypatch):
    lock(office, OTHER)
    monkeypatch.setenv("KILOTILL_OFFICE_PASSPHRASE_FILE", str(phrase_file))
    with pytest.raises(OfficeError, match="is another"):
        Office.open(office.folder)


def test_it_is_the_same_office_as_before(office, phrase_file, monkeypatch):
    before = office.folder.keys()
    lock(office)
    monkeypatch.setenv("KILOTILL_OFFICE_PASSPHRASE_FILE", str(phrase_file))
    after = office.folder.keys()
    assert after.card_master == before.card_master
    assert after.certificate == before.certificate
    assert after.signing.private_bytes_raw() == before.signing.private_bytes_raw()
    assert after.box.private_bytes_raw() == before.box.private_bytes_raw()


def test_changing_the_passphrase_needs_the_one_before(office, phrase_file, monkeypatch):
    lock(office)
    with pytest.raises(OfficeError, match="nobody gave"):
        office.folder.lock(OTHER)
    monkeypatch.setenv("KILOTILL_OFFICE_PASSPHRASE_FILE", str(phrase_file))
    lock(office, OTHER)
    with pytest.raises(OfficeError, match="is another"):
        office.folder.keys()


async def test_a_server_that_systemd_hands_the_passphrase_serves_with_its_own_certificate(
    office, tmp_path, phrase_file, monkeypatch
):
    """A real process over TLS; what it reads the key from is gone again, and was never plain."""
    lock(office)
    (tmp_path / "credentials").mkdir()
    phrase_file.rename(tmp_path / "credentials" / "kilotill-office")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    trust = ssl.create_default_context(cafile=str(office.folder.tls_certificate))
    with process(office) as (_, url):
        async with (
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trust)) as session,
            session.get(url + "/v1/version") as response,
        ):
            assert response.status == 200
    assert list(tmp_path.glob("kilotill-*")) == []


def test_a_backup_brings_them_back_locked(office, tmp_path, phrase_file, monkeypatch):
    lock(office)
    back_up(office, tmp_path / "b", "correct horse")
    new = OfficeFolder(tmp_path / "new")
    restore(new, tmp_path / "b", "correct horse")
    with pytest.raises(OfficeError, match="nobody gave"):
        new.keys()
    monkeypatch.setenv("KILOTILL_OFFICE_PASSPHRASE_FILE", str(phrase_file))
    assert new.keys().card_master == office.keys.card_master


def test_the_command_locks_and_says_what_next(office, phrase_file):
    def run(*words):
        keysafe._known.clear()
        found = CliRunner().invoke(
            syncserver.cli.run.app, ["--data", str(office.folder.path), *map(str, words)], env={"LC_ALL": "C.UTF-8"}
        )
        return found.exit_code, found.output

    assert "syncserver keys lock" in run("keys", "show")[1]
    phrase_file.with_name("short").write_text("short")
    code, said = run("keys", "lock", "--passphrase-file", phrase_file.with_name("short"))
    assert code == 3
    assert "10 letters" in said
    code, said = run("keys", "lock", "--passphrase-file", phrase_file)
    assert code == 0
    assert "LoadCredentialEncrypted" in said
    code, said = run("health")
    assert code == 3
    assert "nobody gave the passphrase" in said
    code, said = run("init", "--name", "x")
    assert code == 3
    assert "already" in said
