"""What would break in the Debian packages without anybody being told before they are installed somewhere."""

import configparser
import os
import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

import syncserver.cli.app
import syncserver.cli.run
import till.cli.app
import till.cli.run

ROOT = Path(__file__).parents[2]
DEBIAN = ROOT / "packaging" / "debian"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
HOMES = {"till": "/usr/lib/kilotill/till", "syncserver": "/usr/lib/kilotill/server"}


def unit(name: str) -> configparser.ConfigParser:
    """A unit's sections; of a setting that comes more than once, the last."""
    read = configparser.ConfigParser(interpolation=None, strict=False, delimiters=("=",), comment_prefixes=("#",))
    read.optionxform = str  # type: ignore[assignment,method-assign]  # as systemd writes them
    read.read_string((DEBIAN / name).read_text("utf-8"))
    return read


def takes(program: str, *words: str) -> None:
    """See that a program has this command and these options; the command is not run."""
    app = {"till": till.cli.app.app, "syncserver": syncserver.cli.app.app}[program]
    told = CliRunner().invoke(app, [*words, "--help"])
    assert told.exit_code == 0, told.output


def test_what_the_service_starts_is_a_command_with_these_options() -> None:
    service = unit("kilotill-server.service")["Service"]
    program, *words = shlex.split(service["ExecStart"])
    assert program == f"{HOMES['syncserver']}/bin/syncserver"
    settings = re.search(r'^SERVE="(.*)"$', (DEBIAN / "kilotill-server.default").read_text("utf-8"), re.MULTILINE)
    assert settings is not None
    assert words.pop() == "$SERVE"
    takes("syncserver", *words, *settings[1].split())


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("syncserver", ("backup", "--plain", "x")),
        ("till", ("sync",)),
        ("till", ("gui",)),
    ],
)
def test_what_units_and_menu_call_there_is(program: str, words: tuple[str, ...]) -> None:
    takes(program, *words)


def test_units_call_what_the_packages_hold() -> None:
    assert unit("kilotill-server.kilotill-backup.service")["Service"]["ExecStart"] == f"{HOMES['syncserver']}/backup"
    assert unit("kilotill-till.kilotill-till-sync.user.service")["Service"]["ExecStart"] == "/usr/bin/till sync"
    assert unit("kilotill-till.desktop")["Desktop Entry"]["Exec"] == "till gui"
    for program, home in HOMES.items():
        assert f"{home}/bin/{program}" in (DEBIAN / program).read_text("utf-8")


def test_systemd_hears_that_the_server_is_ready_and_works() -> None:
    service = unit("kilotill-server.service")["Service"]
    assert (service["Type"], service["Restart"]) == ("notify", "on-failure")
    assert int(service["WatchdogSec"]) >= 30


def test_the_environments_are_made_of_extras_that_there_are() -> None:
    made = re.findall(r"environment\.sh (\w+) (\w+) (\S+)", (DEBIAN / "rules").read_text("utf-8"))
    assert {(name, command) for name, command, _ in made} == {("till", "till"), ("server", "syncserver")}
    for _, command, extras in made:
        assert command in PROJECT["project"]["scripts"]
        assert set(extras.split(",")) <= set(PROJECT["project"]["optional-dependencies"])


def test_scripts_are_shell() -> None:
    scripts = [path for path in DEBIAN.iterdir() if path.is_file() and path.read_text("utf-8").startswith("#!/bin/sh")]
    assert len(scripts) >= 7
    for path in scripts:
        assert subprocess.run(["sh", "-n", path], capture_output=True, check=False).stderr == b""


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """The backups' script, with a program in syncserver's place that writes down how it was called."""
    stand_in = tmp_path / "syncserver"
    stand_in.write_text(
        f'#!/bin/sh\necho "$* ${{KILOTILL_PASSPHRASE:-}}" >>"{tmp_path}/called"\nfor file; do :; done\n: >"$file"\n'
    )
    stand_in.chmod(0o755)
    script = tmp_path / "backup"
    script.write_text((DEBIAN / "backup").read_text().replace(f"{HOMES['syncserver']}/bin/syncserver", str(stand_in)))
    return script


def test_backups_keep_the_newest_and_leave_other_files_alone(backup: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for name in (
        "office-20260101T000000Z.backup",
        "office-20260102T000000Z.backup",
        "mine.backup",
        "office-old.backup",
    ):
        (folder / name).touch()
    subprocess.run(["sh", backup], env=os.environ | {"BACKUPS": str(folder), "BACKUPS_KEPT": "2"}, check=True)
    names = {path.name for path in folder.iterdir()}
    assert names >= {"office-20260102T000000Z.backup", "mine.backup", "office-old.backup"}
    assert len(names) == 4
    assert (tmp_path / "called").read_text().startswith("backup --plain ")


def test_a_credential_locks_the_backup(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "kilotill-backup").write_text("correct horse\n")
    more = {"BACKUPS": str(tmp_path), "CREDENTIALS_DIRECTORY": str(tmp_path)}
    subprocess.run(["sh", backup], env=os.environ | more, check=True)
    called = (tmp_path / "called").read_text()
    assert "--plain" not in called
    assert called.endswith("correct horse\n")
