"""`syncserver mirror` and `syncserver health`, as an operator types them."""

import shutil

from typer.testing import CliRunner

import syncserver.cli.run


def run(folder, *words):
    return CliRunner().invoke(syncserver.cli.run.app, ["--data", str(folder), *map(str, words)])


def test_an_operators_day_with_two_disks(tmp_path):
    folder, disk = tmp_path / "office", tmp_path / "disk"
    assert run(folder, "init", "--name", "x").exit_code == 0
    assert run(folder, "health").output == "Nothing is wrong.\n"
    assert "database's own disk" in run(folder, "mirror", "set", disk).output
    assert run(folder, "till", "enrol-code", "--branch", "hill", "--name", "y").exit_code == 0
    disk.rename(tmp_path / "out")
    told = run(folder, "health")
    assert told.exit_code == 4
    assert "Entries are on one disk only" in told.output
    (tmp_path / "out").rename(disk)
    assert run(folder, "health").exit_code == 0
    assert "entries are on both disks and hold" in run(folder, "mirror", "heal").output
    shutil.copytree(folder / "keys", tmp_path / "safe")
    shutil.rmtree(folder)
    # The database's disk is gone: its keys come from the safe, all else from the mirror.
    shutil.copytree(tmp_path / "safe", folder / "keys")
    assert "no mirror" in run(folder, "mirror", "heal").output
    healed = run(folder, "mirror", "heal", "--folder", disk)
    assert "are back from the mirror" in healed.output
    assert "hold" in run(folder, "verify").output
    assert run(folder, "mirror", "set", disk).exit_code == 0
    assert run(folder, "health").exit_code == 0
    assert run(tmp_path / "nothing", "mirror", "heal").exit_code == 3
