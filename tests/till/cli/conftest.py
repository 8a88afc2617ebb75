"""A company for the command lines: an office that listens, a till with an account and its card, and a meter."""

import json
import shutil

import pytest
from typer.testing import CliRunner

import syncserver.cli.run
import till.cli.run
from syncserver.office.folder import OfficeFolder
from syncserver.office.office import Office
from tests.till.sync.conftest import serving

TARIFF = """\
tariff = "t1"
since = 2026-01-01T00:00:00+08:00
[classes]
residential = [{ price = "0.538", up_to = "2760" }, { price = "0.588" }]
"""


class Ran:
    """How a command ended, and what it said."""

    def __init__(self, result):
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.code, self.text = result.exit_code, result.output

    @property
    def json(self):
        return json.loads(self.text.strip().splitlines()[-1])


def run(program, *words):
    return Ran(CliRunner(env={"LC_ALL": "C.UTF-8"}).invoke(program.cli.run.app, [str(word) for word in words]))


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """An office that listens, a till with an account, its card, and a meter: made once, by commands."""
    folder = tmp_path_factory.mktemp("company")
    (folder / "tariff.toml").write_text(TARIFF)
    office = ["--data", folder / "office"]
    for words in (
        ["init", "--name", "测试电力", "--zone", "Asia/Shanghai"],
        ["tariff", "publish", folder / "tariff.toml"],
        ["cards", "allot", "--branch", "hill", "--count", "3"],
        ["cards", "personalise", "--out", folder / "keys.json"],
        ["meters", "esam", "--out", folder / "esam.json"],
        ["clerk", "add", "wang", "--name", "王芳", "--branch", "hill", "--role", "clerk", "--pin", "380512"],
        ["clerk", "add", "li", "--name", "李娜", "--branch", "hill", "--role", "supervisor", "--pin", "194673"],
    ):
        done = run(syncserver, *office, *words)
        assert done.code == 0, done.text

    opened = Office.open(OfficeFolder(folder / "office"))
    with serving(opened) as url:
        made = Company(folder, url)
        made.prepare()
        yield made
    opened.close()


class Company:
    def __init__(self, folder, url):
        self.folder, self.url = folder, url
        self.data = folder / "till"

    def prepare(self):
        code = self.office("till", "enrol-code", "--branch", "hill", "--name", "counter", "--json").json["code"]
        for words in (
            ["enrol", "--server", self.url, "--code", code],
            ["sim", "cards", self.folder / "keys.json", "--folder", self.folder / "cards"],
            ["sim", "meter", self.folder / "meter", "--number", "M1", "--esam", self.folder / "esam.json"],
            ["sign-in", "wang", "--pin", "380512"],
            ["account", "open", "--number", "A1", "--name", "李四", "--meter", "M1", "--limit", "3000"],
        ):
            done = self.till(*words)
            assert done.code == 0, done.text
        issued = self.with_card(0, "card", "issue", "A1")
        assert issued.code == 0, issued.text

    @property
    def cards(self):
        return sorted((self.folder / "cards").iterdir())

    def office(self, *words):
        return run(syncserver, "--data", self.folder / "office", *words)

    def till(self, *words, data=None):
        return run(till, "--data", data or self.data, *words)

    def with_card(self, card, *words, lang="en", data=None):
        path = self.cards[card] if isinstance(card, int) else card
        return run(till, "--data", data or self.data, "--lang", lang, "--reader", f"sim:{path}", *words)

    def copy(self, tmp_path):
        """The till's folder, to be damaged."""
        shutil.copytree(self.data, tmp_path / "copy")
        return tmp_path / "copy"
