"""What the store raises."""


class StoreUnavailable(Exception):
    """The database did not do what it was asked; nothing of the transaction is stored.

    Attributes:
        reason: what the database said.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class StoreMissing(StoreUnavailable):
    """There is no database at that path, or an empty one at that address."""


class StoreFull(StoreUnavailable):
    """The disk is full."""


class StoreBroken(StoreUnavailable):
    """The file is not a database of ours, or it is damaged."""


class StoreNotReachable(StoreUnavailable):
    """The database's server does not answer, or does not let us in."""


class StoreOutdated(StoreUnavailable):
    """The database is of an older version than this program, and is to be brought up to it.

    Attributes:
        found, wanted: the versions.
    """

    def __init__(self, found: str, wanted: str) -> None:
        super().__init__(f"it is of version {found}, this program's is {wanted}")
        self.found, self.wanted = found, wanted


class StoreNewer(StoreUnavailable):
    """A later program has worked with the database; this one does not know what it would spoil.

    Attributes:
        found, wanted: the versions.
    """

    def __init__(self, found: str, wanted: str) -> None:
        super().__init__(f"it is of version {found}, this program knows up to {wanted}")
        self.found, self.wanted = found, wanted


class StoreMoved(StoreUnavailable):
    """The office has moved to another database.

    Attributes:
        to: which, without a password.
    """

    def __init__(self, to: str) -> None:
        super().__init__(f"this office has moved to {to}")
        self.to = to
