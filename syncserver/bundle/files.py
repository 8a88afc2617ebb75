"""Bundle files: written so that a stick pulled out leaves no half file that looks whole."""

import os
from collections.abc import Iterable
from pathlib import Path

from common.bundle.sealed import SUFFIX
from syncserver.office.errors import OfficeError


def bundle_path(target: Path, till: str) -> Path:
    """Where a till's bundle is written to: the target itself, or the file of this till in the folder that it is."""
    return target / f"{till}-from-office{SUFFIX}" if target.is_dir() or target.suffix != SUFFIX else target


def write_whole(path: Path, pieces: Iterable[bytes]) -> int:
    """Write a file: all of it is on the disk when this returns, or what was there before still is. Returns its size.

    Raises:
        OfficeError: it could not be written.
    """
    partial = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        os.replace(partial, path)
        sync_folder(path.parent)
    except OSError as error:
        what = f"{path} cannot be written: {error.strerror}."
        raise OfficeError(what, "Nothing is lost. Make room, or put the disk in again, then repeat it.") from error
    finally:
        partial.unlink(missing_ok=True)
    return size


def sync_folder(folder: Path) -> None:
    """That a name is there survives a power cut only when its folder is on the disk too."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
