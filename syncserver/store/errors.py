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
