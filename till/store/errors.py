"""What can go wrong with the till's database. What was committed before stays committed."""


class StoreError(Exception):
    """The database did not do what it was asked; nothing of the transaction is stored."""


class StoreFull(StoreError):
    """The disk is full."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class StoreUnreadable(StoreError):
    """The file is no database, damaged, or not ours to open. `reason` is what SQLite or the system says."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class StoreTampered(StoreError):
    """Stored entries do not prove themselves: changed, cut out or exchanged, from entry `seq` on."""

    def __init__(self, path: str, seq: int, reason: str) -> None:
        super().__init__(f"{path}: entry {seq}: {reason}")
        self.path = path
        self.seq = seq
        self.reason = reason


class StoreNewer(StoreError):
    """A newer version of the program made the file. `version` is its schema's."""

    def __init__(self, path: str, version: int) -> None:
        super().__init__(f"{path}: schema {version}")
        self.path = path
        self.version = version


class StoreBusy(StoreError):
    """Another program holds the database."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class StoreConflict(StoreError):
    """An entry of that number, or a job of that id, is there already: another program wrote it. Nothing was stored."""
