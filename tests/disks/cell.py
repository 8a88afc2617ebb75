"""The cells of the two-disk matrix: which disk, how it fails, when, on which side."""

from dataclasses import dataclass
from enum import StrEnum


class Which(StrEnum):
    FIRST = "first"
    """The disk that the database is on."""
    MIRROR = "mirror"


class How(StrEnum):
    GONE = "gone"
    """It never comes back: an empty one takes its place."""
    FULL = "full"
    READ_ONLY = "read-only"
    TORN = "torn"
    """The power fails, and the last write is there only in part."""
    FLIPPED = "flipped"
    """The power fails, and a byte of what was written before is another."""


@dataclass(frozen=True)
class Left:
    """What a cell left.

    Attributes:
        work: how the work ended that went on while the disk failed.
        told: whether a person was told of it.
        acknowledged, kept: entries that were acknowledged, and that are on both disks in the end.
        healed: what put it right.
    """

    work: str
    told: bool
    acknowledged: int
    kept: int
    healed: str


class Killed(BaseException):
    """The power failed here."""
