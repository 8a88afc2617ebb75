"""A stage: an office, tills, cards and meters in a folder, worked by the commands that a person types."""

import contextlib
import gc
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

# The programs import these when they need them: each fork would do so anew.
import pypinyin  # noqa: F401

import syncserver.cli
import till.cli
import till.sync.client
import till.sync.enrol

PROGRAMS: dict[str, Callable[[], None]] = {"till": till.cli.main, "syncserver": syncserver.cli.main}
BIN = Path(sys.executable).parent
TARIFF = """\
tariff = "zhejiang-residential"
since = 2026-01-01T00:00:00+08:00

[classes]
residential = [
    { price = "0.538", up_to = "2760" },
    { price = "0.588", up_to = "4800" },
    { price = "0.838" },
]
"""

CLERKS = (("wang", "王芳 Wang Fang", "clerk"), ("zhao", "赵敏 Zhao Min", "field"), ("li", "李娜 Li Na", "supervisor"))
PIN = "380512"


class Wrong(Exception):
    """Something did not go as it must."""


class Stage:
    """A folder with an office, tills, cards and meters, and the ways to act on them by commands."""

    def __init__(self, folder: Path) -> None:
        warm_up()
        self.folder = folder
        self.server: subprocess.Popen[str] | None = None
        self.url = ""

    # --- acting ---

    def command(self, program: str, *words: str, code: int = 0) -> Any:
        """Run a command in a process of its own and return its JSON. It must end with `code`."""
        shown = " ".join(word if " " not in word else f"'{word}'" for word in words)
        print(f"    $ {program} {shown}")
        status, output = in_process(PROGRAMS[program], [program, *words, "--json"])
        if status != code:
            raise Wrong(f"`{program} {shown}` ended with {status}, not {code}:\n{output}")
        return json.loads(output.strip().splitlines()[-1]) if output.strip() else None

    def office(self, *words: str, code: int = 0) -> Any:
        """A command at the office."""
        return self.command("syncserver", "--data", self.path("office"), *words, code=code)

    def till(self, name: str, *words: str, card: str = "", code: int = 0) -> Any:
        """A command at a till, with a card in its reader."""
        reader = ["--reader", f"sim:{self.card(card)}"] if card else []
        return self.command("till", "--data", self.path(name), *reader, *words, code=code)

    def insert(self, card: str, meter: str = "meter") -> Any:
        """Put a card in a meter and take it out."""
        return self.command("till", "sim", "insert", self.path(meter), self.card(card))

    def path(self, name: str) -> str:
        """A place in the demo's folder, as one would type it."""
        return os.path.relpath(self.folder / name)

    def card(self, serial: str) -> str:
        """A card's file."""
        return self.path(f"cards/{serial}.card")

    def line_up(self, port: int = 0) -> int:
        """Start the office's server. Returns its port."""
        words = ["--data", self.path("office"), "serve", "--port", str(port), "--json"]
        print(f"    $ syncserver {' '.join(words)} &")
        # Killed, it leaves semaphores to be swept up, which Python says aloud.
        quiet = {"PYTHONWARNINGS": "ignore::UserWarning:multiprocessing.resource_tracker"}
        command = [str(BIN / "syncserver"), *words]
        self.server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | quiet)
        assert self.server.stdout is not None
        told = self.server.stdout.readline()
        if not told:
            raise Wrong("the office's server did not start")
        self.url = json.loads(told)["url"]
        return int(self.url.rpartition(":")[2])

    def line_down(self) -> None:
        """Cut the line: the server is killed as a power cut would, with no time to say goodbye."""
        if self.server is not None:
            self.server.send_signal(signal.SIGKILL)
            self.server.wait()
            self.server = None


def warm_up() -> None:
    """Let the programs load what they load when a command begins: each fork would do so anew."""
    for name, program in PROGRAMS.items():
        sys.argv = [name, "mirror", "--help"]
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
            program()
    gc.freeze()  # nor need it be looked through, and so copied, by every fork


def in_process(program: Callable[[], None], words: list[str]) -> tuple[int, str]:
    """Run a program's main in a fork (it is loaded already). Returns its exit code and what it printed."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = 70
        try:
            os.dup2(writing, 1)
            os.dup2(writing, 2)
            os.close(reading)
            sys.argv = words
            sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
            sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115
            program()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:
            traceback.print_exc()
            raise
        finally:
            with contextlib.suppress(OSError):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        output = pipe.read()
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), output


# --- telling ---


def tell(text: str) -> None:
    """A sentence of the story."""
    print(f"\n* {text}")


def say(text: str) -> None:
    """What came of it."""
    print(f"      {text}")


def must(what: str, found: object, wanted: object) -> None:
    """Check a fact of the story."""
    if found != wanted:
        raise Wrong(f"{what}: {found!r}, and it should be {wanted!r}")


def fresh_folder(folder: Path) -> Path:
    """The demo's folder, emptied of an earlier demo; never of anything else."""
    mark = folder / ".kilotill-demo"
    if folder.exists() and not mark.exists():
        raise Wrong(f"{folder} is not of an earlier demo; name another folder")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    mark.touch()
    return folder
