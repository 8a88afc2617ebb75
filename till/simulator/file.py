"""The simulator's files: JSON, each replaced whole."""

import os
from pathlib import Path
from typing import Any

import msgspec

from till.simulator.errors import SimulatorFileUnreadable


def read_file(path: Path, kind: Any) -> Any:
    """One of the simulator's files.

    Raises:
        SimulatorFileUnreadable: it is not there, or is none.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except OSError as error:
        raise SimulatorFileUnreadable(str(path), error.strerror or str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SimulatorFileUnreadable(str(path), str(error)) from error


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file in one step."""
    scratch = path.with_name(path.name + ".new")
    scratch.write_bytes(content)
    os.replace(scratch, path)
