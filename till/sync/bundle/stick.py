"""Bundle files on a stick: found, read, and written so that a stick pulled out leaves no half file that looks whole."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from common.bundle.sealed import SUFFIX
from till.sync.errors import NoBundleThere, StickFailed

_PARTIAL = ".part"


def bundle_path(target: Path, name: str) -> Path:
    """Where a bundle is written to: the target itself, or the file of this name in the folder that it is."""
    return target / f"{name}{SUFFIX}" if target.is_dir() or target.suffix != SUFFIX else target


def bundles_in(place: Path) -> list[Path]:
    """The bundle at a place, or all in the folder that it is.

    Raises:
        NoBundleThere: there is none.
        StickFailed: it cannot be looked at.
    """
    try:
        found = sorted(place.glob(f"*{SUFFIX}")) if place.is_dir() else [place] if place.exists() else []
    except OSError as error:
        raise StickFailed(str(place), error.strerror or str(error)) from error
    if not found:
        raise NoBundleThere(str(place))
    return found


def write_whole(path: Path, pieces: Iterable[bytes]) -> int:
    """Write a file: all of it is on the disk when this returns, or what was there before still is. Returns its size.

    Raises:
        StickFailed: it could not be written.
    """
    partial = path.with_name(path.name + _PARTIAL)
    with stick(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with partial.open("wb") as file:
                for piece in pieces:
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
                size = file.tell()
            os.replace(partial, path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
    return size


@contextmanager
def reading(path: Path) -> Iterator[BinaryIO]:
    """The file, opened.

    Raises:
        StickFailed: it cannot be read, now or later.
    """
    with stick(path), path.open("rb") as file:
        yield file


@contextmanager
def stick(path: Path) -> Iterator[None]:
    """What the system says about a stick, as an error of ours.

    Raises:
        StickFailed: see there.
    """
    try:
        yield
    except OSError as error:
        raise StickFailed(str(path), error.strerror or str(error)) from error


def _sync_folder(folder: Path) -> None:
    """That a name is there survives a power cut only when its folder is on the disk too."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
