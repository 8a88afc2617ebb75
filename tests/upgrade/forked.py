"""Run as a script with a version's folder in the path: loads that version once, and forks for every command.

Takes a command a line, `{"program", "words", "folder"}`, and answers each with `{"code", "out", "err"}` in one.
A process of Python that loads all of a program takes ten times as long as most commands.
"""

import contextlib
import importlib
import json
import os
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from typing import IO, Any

LONGEST = 120
"""Seconds that a command may take."""


def _command(program: str, words: list[str], output: list[IO[bytes]], loaded: IO[bytes]) -> None:
    signal.alarm(LONGEST)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for place, file in enumerate(output, 1):
        os.dup2(file.fileno(), place)
    sys.stdout, sys.stderr = (os.fdopen(place, "w", encoding="utf-8", closefd=False) for place in (1, 2))
    sys.argv = [program, *words]
    code = 1
    try:
        importlib.import_module(f"{program}.cli").main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        loaded.write(json.dumps(list(sys.modules)).encode())
        loaded.flush()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _load(names: list[str]) -> None:
    """Load what the last command had loaded, for the next one."""
    for name in names:
        if name not in sys.modules:
            with contextlib.suppress(ImportError):  # names that are no modules' of their own
                importlib.import_module(name)


def answer(program: str, words: list[str], folder: Path) -> dict[str, Any]:
    """Run a command in a fork of this process."""
    with contextlib.ExitStack() as stack:
        out, err, loaded = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(3))
        child = os.fork()
        if child == 0:
            os.chdir(folder)
            _command(program, words, [out, err], loaded)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        for file in (out, err, loaded):
            file.seek(0)
        _load(json.loads(loaded.read() or b"[]"))
        return {"code": code, "out": out.read().decode(), "err": err.read().decode()}


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(**json.loads(line))) + "\n")
        sys.stdout.flush()
