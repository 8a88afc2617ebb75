"""The mirror's files: every entry in the office's order, a line each, as the feed writes it (PROTOCOL.md).

    entries-000000000001.lines    positions 1 to 100,000
    entries-000000100001.lines    and so on

They are only ever added to. With the office's signing key and its card master key they are all of an office.
"""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

from common.entries import BadEntry
from common.wire import FeedItem, read_feed_line

_SEGMENT = 100_000
_TAIL = 256 * 1024
"""Bytes read from the end to find the last line: more than the longest line has."""


class MirrorLines:
    """The files in one folder. Methods raise OSError when the disk does.

    Args:
        apart_from: a folder on the first disk, where the mirror is known to be on another: a folder on the same one
            then is only where the second disk belongs, and that is out.
    """

    def __init__(self, folder: Path, apart_from: Path | None = None) -> None:
        self.folder = folder
        self._apart_from = apart_from

    def last(self) -> FeedItem | None:
        """The last whole line; None of an empty mirror. A line that a power cut tore is cut off.

        Raises:
            BadEntry: the last line is none.
        """
        self.expect_disk()
        for path in reversed(self._segments()):
            with path.open("rb+") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - _TAIL))
                tail = file.read()
                whole = tail.rfind(b"\n") + 1
                if whole < len(tail):
                    file.truncate(size - len(tail) + whole)
                    os.fsync(file.fileno())
            if whole:
                return read_feed_line(tail[:whole].splitlines()[-1])
        return None

    def size(self) -> tuple[int, int]:
        """How many files there are, and how long the last one is: changes whenever something was added."""
        self.expect_disk()
        segments = self._segments()
        return len(segments), segments[-1].stat().st_size if segments else 0

    def append(self, lines: Iterable[tuple[int, bytes]]) -> None:
        """Add lines, each with its position, in order; on the disk when this returns."""
        self.expect_disk()
        for start, group in groupby(lines, key=lambda line: (line[0] - 1) // _SEGMENT * _SEGMENT + 1):
            with (self.folder / f"entries-{start:012d}.lines").open("ab") as file:
                file.writelines(line for _, line in group)
                file.flush()
                os.fsync(file.fileno())

    def lines(self) -> Iterator[bytes]:
        """All lines as they are, with their newlines."""
        self.expect_disk()
        for path in self._segments():
            with path.open("rb") as file:
                yield from file

    def set_aside(self, name: str) -> Path:
        """Move all files into a folder of this name beside them: nothing is deleted."""
        aside = self.folder / name
        aside.mkdir(exist_ok=True)
        for path in self._segments():
            path.rename(aside / path.name)
        return aside

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One process at a time adds: the server, and commands that run beside it."""
        self.expect_disk()
        with (self.folder / "lock").open("ab") as file:
            _lock(file.fileno())
            yield

    def expect_disk(self) -> None:
        """Raise OSError when the disk is out."""
        apart = self._apart_from is None or self.folder.stat().st_dev != self._apart_from.stat().st_dev
        if not apart or not self.folder.is_dir():
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV), str(self.folder))

    def _segments(self) -> list[Path]:
        return sorted(self.folder.glob("entries-*.lines"))


def _lock(descriptor: int) -> None:
    if os.name == "posix":
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)


def parsed(line: bytes) -> FeedItem | None:
    """A whole line as an entry; None: it is none."""
    try:
        return read_feed_line(line) if line.endswith(b"\n") else None
    except BadEntry:
        return None
