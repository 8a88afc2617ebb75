"""Where this till's journal parts from the one that the office holds of it."""

from msgspec import Struct

FORK = "fork"
"""The setting that says so. Until the till is enrolled again it sells nothing."""


class Fork(Struct, frozen=True, kw_only=True):
    """A journal that was written on twice: a disk restored to an older image, or copied.

    Attributes:
        common: the last entry that both have.
        office: the last entry of the office's.
    """

    common: int
    office: int
