"""What can go wrong with a journal."""


class JournalError(Exception):
    """The journal, its keys or its mirror failed. What was confirmed before is on disk."""


class KeysUnreadable(JournalError):
    """The till's private keys are not there, or are no keys."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class KeysLocked(JournalError):
    """The till's private keys are behind a passphrase that nobody has told, or that is another. It cannot sell.

    Attributes:
        reason: `passphrase_missing`, `wrong_passphrase`, `too_short`, `lock_damaged`.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class KeyringFailed(JournalError):
    """The machine has no keyring that can keep anything, or it refuses. `reason` is what it says."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ExportFailed(JournalError):
    """An exported journal cannot be written or read. `reason` is what the system says."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class MirrorDiverged(JournalError):
    """The mirror has another entry under the same number: one of the two disks comes from elsewhere.

    Attributes:
        on_disk, on_mirror: what the entry says on each, and when.
    """

    def __init__(self, seq: int, on_disk: str, on_mirror: str) -> None:
        super().__init__(f"entry {seq}: {on_disk}; {on_mirror}")
        self.seq = seq
        self.on_disk = on_disk
        self.on_mirror = on_mirror


class MirrorFailed(JournalError):
    """The mirror's disk cannot be read or written. `reason` is the system's."""

    def __init__(self, folder: str, reason: str) -> None:
        super().__init__(f"{folder}: {reason}")
        self.folder = folder
        self.reason = reason


class MirrorAbsent(JournalError):
    """The mirror's folder is not there: its disk is out. It may have entries that this disk has lost."""

    def __init__(self, folder: str) -> None:
        super().__init__(folder)
        self.folder = folder


class TakenOver(JournalError):
    """The till goes on in another folder: it took over while this disk had failed. Nothing is written here.

    Attributes:
        folder: where.
    """

    def __init__(self, till: str, folder: str) -> None:
        super().__init__(f"{till}: {folder}")
        self.till = till
        self.folder = folder


class FirstDiskWorks(JournalError):
    """A till's own disk can be written: nothing need take over from it."""

    def __init__(self, folder: str) -> None:
        super().__init__(folder)
        self.folder = folder


class NothingToTakeOver(JournalError):
    """The mirror's folder has nothing that a till could go on from.

    Attributes:
        reason: `no_spare`: no copy of a till; `several_tills`: of more than one; `no_keys`: its keys are elsewhere.
    """

    def __init__(self, folder: str, reason: str) -> None:
        super().__init__(f"{folder}: {reason}")
        self.folder = folder
        self.reason = reason


class FeedRefused(JournalError):
    """An entry in the office's feed that does not prove itself. It and all after it were not taken."""

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(f"position {position}: {reason}")
        self.position = position
        self.reason = reason


class TillHasMoved(JournalError):
    """This till was moved out to another machine: nothing more is written to its journal here."""

    def __init__(self, till: str) -> None:
        super().__init__(till)
        self.till = till


class BackupRefused(JournalError):
    """A file that is no backup of a till, that is damaged, or whose passphrase is another. Nothing was changed.

    Attributes:
        reason: `not_archive`, `wrong_passphrase`, `needs_passphrase`, `archive_damaged`.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason
