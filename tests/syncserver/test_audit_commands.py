"""The audits as the operator runs them: what they say, and how they end."""

import msgspec
import pytest
from typer.testing import CliRunner

from syncserver.cli.app import app
from syncserver.cli.run import COMMANDS


@pytest.fixture
async def said(line, clock):
    """What a command says, as JSON, and its exit code, at an office with one till and three accounts."""
    assert COMMANDS
    voice = await line.till(clock)
    for number in range(3):
        voice.open_account(f"A{number}", f"M{number}")
    await line.push(voice)

    def run(*words: str) -> tuple[object, int]:
        done = CliRunner().invoke(app, ["--data", str(line.office.folder.path), *words, "--json"])
        return msgspec.json.decode(done.stdout), done.exit_code

    return run


async def test_rebuild_says_how_many_entries_and_how_fast(said):
    found, code = said("rebuild", "--check")
    assert (found["differences"], code) == ([], 0)
    assert found["entries"] > 3
    assert found["entries_a_second"] > 0


async def test_the_snapshot_of_a_branch_is_proved(said, line):
    assert said("snapshot", "hill") == ({"accounts": 3, "wrong": []}, 0)
    assert said("snapshot", "nowhere") == ({"accounts": 0, "wrong": []}, 0)
    with line.office.store.write() as writing:
        row = writing.accounts(["A1"])["A1"]
        changed = row.facts.replace(b'"M1"', b'"M9"')
        writing.put_accounts([(row.number, row.branch, row.branches, row.last, changed)])
    assert said("snapshot", "hill") == ({"accounts": 3, "wrong": ["A1"]}, 4)
