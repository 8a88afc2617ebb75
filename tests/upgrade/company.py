"""An office and tills of different versions, worked by the commands that people type."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.upgrade.version import Version

PIN = "380512"

TARIFF = """\
tariff = "residential"
since = 2026-01-01T00:00:00+08:00
[classes]
residential = [{ price = "0.538" }]
"""


class Company:
    """A folder with an office, tills, cards and a meter. Which version works on each is said with every command.

    Args:
        folder: an empty one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""

    def command(self, version: Version, program: str, *words: str | Path, code: int = 0) -> Any:
        """Run a command of this version and return its JSON. It must end with `code`."""
        status, out, err = version.run(program, [*map(str, words), "--json"], self.folder)
        assert status == code, f"{program} {' '.join(map(str, words))}:\n{out}{err}"
        return json.loads(out.strip().splitlines()[-1]) if out.strip() else None

    def office(self, version: Version, *words: str | Path, code: int = 0) -> Any:
        """A command at the office."""
        return self.command(version, "syncserver", "--data", "office", *words, code=code)

    def till(self, version: Version, name: str, *words: str | Path, card: str = "", code: int = 0) -> Any:
        """A command at a till, with a card in its reader."""
        reader = ["--reader", f"sim:cards/{card}.card"] if card else []
        return self.command(version, "till", "--data", name, *reader, *words, code=code)

    def begin(self, version: Version) -> list[str]:
        """Make the office, and what it needs to sell. Returns the serials of its cards."""
        self.office(version, "init", "--name", "测试电力 Test Power", "--zone", "Asia/Shanghai")
        (self.folder / "tariff.toml").write_text(TARIFF, encoding="utf-8")
        self.office(version, "tariff", "publish", "tariff.toml")
        serials = self.office(version, "cards", "allot", "--branch", "hill", "--count", "4")["serials"]
        self.office(version, "cards", "personalise", "--out", "card-keys.json")
        self.office(version, "meters", "esam", "--out", "esam.json")
        clerk = ("wang", "--name", "Wang", "--branch", "hill", "--role", "clerk", "--pin", PIN)
        self.office(version, "clerk", "add", *clerk)
        self.command(version, "till", "sim", "cards", "card-keys.json", "--folder", "cards")
        self.command(version, "till", "sim", "meter", "meter", "--number", "M1", "--esam", "esam.json")
        return [str(serial) for serial in serials]

    @contextmanager
    def line(self, version: Version, port: int = 0) -> Iterator[None]:
        """The office's server is up."""
        server = subprocess.Popen(
            [sys.executable, "-c", "from syncserver.cli import main; main()"]
            + ["--data", "office", "serve", "--port", str(port), "--json"],
            env=version.environment,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert server.stdout is not None
            said = server.stdout.readline()
            assert said, server.communicate()[1]
            self.url = json.loads(said)["url"]
            yield
        finally:
            server.terminate()
            server.communicate(timeout=60)

    @property
    def port(self) -> int:
        """Where the server listens, or did."""
        return int(self.url.rpartition(":")[2])

    def enrol(self, office: Version, till: Version, name: str) -> None:
        """Enrol a till, and let a clerk sign in at it."""
        code = self.office(office, "till", "enrol-code", "--branch", "hill", "--name", name)["code"]
        self.till(till, name, "enrol", "--server", self.url, "--code", code)
        self.till(till, name, "sign-in", "wang", "--pin", PIN)

    def open_account(self, till: Version, name: str, account: str, meter: str, card: str) -> None:
        """A customer comes, and gets a card."""
        self.till(till, name, "account", "open", "--number", account, "--name", "Li", "--meter", meter)
        self.till(till, name, "card", "issue", account, card=card)
