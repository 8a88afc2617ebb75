"""The mirror: the journal's lines in a file on a second disk (an SD card, a stick, another drive)."""

import errno
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from common.chain import SignedEntry, read_line
from common.entries import BadEntry, type_of
from till.journal.seat import expect_seat

_TAIL = 128 * 1024
"""Bytes read from the end to find the last line: more than the longest line has."""


DAMAGED = "damaged"


@dataclass(frozen=True)
class MirrorProblem:
    """Why the mirror is behind.

    Attributes:
        reason: in the system's words, or DAMAGED.
        path: the file that is damaged; "" where the disk is in trouble.
        entry: number of the first damaged one; None: the last line is no entry.
    """

    reason: str
    path: str = ""
    entry: int | None = None

    def __str__(self) -> str:
        place = "the end" if self.entry is None else f"entry {self.entry}"
        return f"{self.path}: {place} is damaged" if self.path else self.reason


class Mirror:
    """One journal's mirror file. Methods raise OSError when the disk does; the journal decides what that means.

    Args:
        apart_from: a file on the first disk, where the mirror is known to be on another: a folder that is on the same
            one then is only where the second disk belongs, and that is out.
        generation: under which the till's folder that it mirrors goes on; None: nobody asks.
    """

    def __init__(self, path: Path, apart_from: Path | None = None, generation: int | None = None) -> None:
        self.path = path
        self._apart_from = apart_from
        self._generation = generation

    def expect_seat(self, till: str) -> None:
        """Go on only while no other folder has taken over this till.

        Raises:
            TakenOver: one has.
        """
        if self._generation is not None:
            expect_seat(till, self._generation, self.path.parent)

    def last(self) -> SignedEntry | None:
        """The last whole entry; None of an empty mirror. A line that a power cut tore is cut off.

        Raises:
            BadEntry: the last line is no entry.
        """
        self._expect_disk()
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
        folder = self.path.parent
        if not folder.is_dir():
            return True
        return self._apart_from is not None and not is_apart(folder, self._apart_from)

    def others(self, writer: str) -> list["Mirror"]:
        """The mirrors of the writer's other epochs on the same disk."""
        paths = sorted(self.path.parent.glob(f"{writer}-*.journal"))
        return [Mirror(path) for path in paths if path != self.path]

    def append(self, entries: Iterable[SignedEntry]) -> None:
        """Add entries; on the disk when this returns. A folder that is gone is not made: its disk is not there."""
        self._expect_disk()
        with self.path.open("ab") as file:
            file.writelines(signed.line for signed in entries)
            file.flush()
            os.fsync(file.fileno())

    def lines(self) -> Iterator[bytes]:
        """Its lines as they are, with their newlines."""
        self._expect_disk()
        if self.path.exists():
            with self.path.open("rb") as file:
                yield from file

    def differs_from(self, end: Sequence[bytes]) -> int | None:
        """Which of these lines is the first that does not stand where it must, if the mirror is to end with them; None
        when it does end so."""
        self._expect_disk()
        with self.path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - sum(map(len, end))))
            return next((number for number, line in enumerate(end) if file.read(len(line)) != line), None)

    def rewrite(self, entries: Iterable[SignedEntry]) -> None:
        """Write the whole mirror anew; what was there stays until the new one is on the disk."""
        self._expect_disk()
        partial = self.path.with_suffix(".part")
        with partial.open("wb") as file:
            file.writelines(signed.line for signed in entries)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, self.path)

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

    def _expect_disk(self) -> None:
        if self.absent:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV), str(self.path.parent))


def is_apart(one: Path, other: Path) -> bool:
    """Whether the two are on different disks, as far as the system knows."""
    return one.stat().st_dev != other.stat().st_dev


def in_short(signed: SignedEntry) -> str:
    """What an entry says, and when, in a few words."""
    entry = signed.entry
    return f"{type_of(entry.body)} {entry.at:%Y-%m-%d %H:%M:%S}Z {signed.hash[:8]}"
