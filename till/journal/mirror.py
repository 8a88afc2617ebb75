"""The mirror: the journal's lines in a file on a second disk (an SD card, a stick, another drive)."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from common.chain import SignedEntry, read_line
from common.entries import BadEntry

_TAIL = 128 * 1024
"""Bytes read from the end to find the last line: more than the longest line has."""


class Mirror:
    """One journal's mirror file. Methods raise OSError when the disk does; the journal decides what that means."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def last(self) -> SignedEntry | None:
        """The last whole entry; None of an empty mirror. A line that a power cut tore is cut off.

        Raises:
            BadEntry: the last line is no entry.
        """
        if not self.path.exists():
            return None
        with self.path.open("rb+") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL))
            tail = file.read()
            whole = tail.rfind(b"\n") + 1
            if whole < len(tail):
                file.truncate(size - len(tail) + whole)
                os.fsync(file.fileno())
        lines = tail[:whole].splitlines()
        return read_line(lines[-1]) if lines else None

    @property
    def absent(self) -> bool:
        """Whether its disk is out."""
        return not self.path.parent.is_dir()

    def others(self, writer: str) -> list["Mirror"]:
        """The mirrors of the writer's other epochs on the same disk."""
        paths = sorted(self.path.parent.glob(f"{writer}-*.journal"))
        return [Mirror(path) for path in paths if path != self.path]

    def append(self, entries: Iterable[SignedEntry]) -> None:
        """Add entries; on the disk when this returns. A folder that is gone is not made: its disk is not there."""
        with self.path.open("ab") as file:
            file.writelines(signed.line for signed in entries)
            file.flush()
            os.fsync(file.fileno())

    def after(self, seq: int) -> Iterator[SignedEntry]:
        """The entries after this sequence number.

        Raises:
            BadEntry: a line is none.
        """
        with self.path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    raise BadEntry("the last line is torn")
                signed = read_line(line)
                if signed.entry.seq > seq:
                    yield signed
