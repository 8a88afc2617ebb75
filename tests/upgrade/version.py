"""A version of the programs, loaded once and forked for every command."""

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from types import TracebackType

HERE = Path(__file__).parents[2]
VERSIONS = Path(__file__).parent / "versions"
FORKED = Path(__file__).parent / "forked.py"


def unpack(name: str, folder: Path) -> Path:
    """The sources of an earlier version, as `versions/README.md` says they were packed."""
    with tarfile.open(VERSIONS / f"{name}.tar.xz") as packed:
        packed.extractall(folder / name, filter="data")
    return folder / name


class Version:
    """The programs as their sources in a folder are; from `with` to its end.

    Attributes:
        environment: of a process that runs them.
    """

    def __init__(self, sources: Path) -> None:
        self.environment = os.environ | {"PYTHONPATH": str(sources), "PYTHONSAFEPATH": "1"}

    def __enter__(self) -> "Version":
        self._forked = subprocess.Popen(
            [sys.executable, FORKED],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._forked.communicate(timeout=60)  # its input ends, and so does it

    def run(self, program: str, words: list[str], folder: Path) -> tuple[int, str, str]:
        """Run a command. Returns its exit code, what it printed, and what it said on stderr."""
        assert self._forked.stdin is not None
        assert self._forked.stdout is not None
        asked = {"program": program, "words": words, "folder": str(folder)}
        self._forked.stdin.write(json.dumps(asked) + "\n")
        self._forked.stdin.flush()
        ran = json.loads(self._forked.stdout.readline())
        return ran["code"], ran["out"], ran["err"]
