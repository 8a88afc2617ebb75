"""Room kept free for the day when the disk is full: selling goes on in it, and everybody is told."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

RESERVE_BYTES = 4 * 1024 * 1024
"""Room for some thousand sales."""

_LEAST_LEFT = 8
"""The reserve is only taken while so many times as much is free."""


def keep_reserve(folder: Path) -> None:
    """Take the reserve, where it is not taken and there is room for it."""
    path, used = _paths(folder)
    with suppress(OSError):  # whoever writes next on this disk is told why
        if path.exists() or shutil.disk_usage(folder).free < _LEAST_LEFT * RESERVE_BYTES:
            return
        partial = path.with_suffix(".part")
        with partial.open("wb") as file:
            file.write(os.urandom(RESERVE_BYTES))
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
        used.unlink(missing_ok=True)


def release_reserve(folder: Path) -> bool:
    """Give the room back to the disk, which is full. Returns whether there was any."""
    path, used = _paths(folder)
    try:
        path.rename(used)  # a name costs nothing, and says from now on that the disk is full
        os.truncate(used, 0)
    except OSError:
        return False
    return True


def reserve_used(folder: Path) -> bool:
    """Whether this till sells in its reserve: the disk was full, and there was no room since to take it again."""
    return _paths(folder)[1].exists()


def _paths(folder: Path) -> tuple[Path, Path]:
    return folder / "reserve", folder / "reserve.used"
