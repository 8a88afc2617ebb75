"""What can go wrong on the way to the office. Nothing is ever lost: what was not acknowledged goes again."""

from common.wire import Problem


class SyncError(Exception):
    """The sync did not come to its end."""


class OfficeUnreachable(SyncError):
    """No answer, or a cut one."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason


class OfficeNonsense(SyncError):
    """An answer that no office gives."""

    def __init__(self, url: str, what: str) -> None:
        super().__init__(f"{url}: {what}")
        self.url = url
        self.what = what


class OfficeRefused(SyncError):
    """The office understood, and refuses. `problem` says why; `message` is its sentence for the person."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.error}: {problem.message}")
        self.problem = problem
        self.message = problem.message


class JournalForked(SyncError):
    """The office holds other entries under numbers of this till's journal: its disk was restored to an older image, or
    it was copied. All that this till has is at the office; it is to be enrolled again.

    Attributes:
        seq: the last entry that this till and the office's journal have in common.
        office_seq: the last entry of the office's.
    """

    def __init__(self, till: str, seq: int, office_seq: int) -> None:
        super().__init__(f"{till}: entry {seq} of {office_seq}")
        self.till = till
        self.seq = seq
        self.office_seq = office_seq


class JournalNotTaken(SyncError):
    """The office found an entry in this till's journal that does not hold: somebody changed it."""

    def __init__(self, seq: int, reason: str) -> None:
        super().__init__(f"entry {seq}: {reason}")
        self.seq = seq
        self.reason = reason


class WrongOffice(SyncError):
    """The server's certificate is not the one that was pinned, or that the enrolment code names."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


class StickFailed(SyncError):
    """The stick cannot be read or written: pulled out, full, or write-protected. `reason` is the system's."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class NoBundleThere(SyncError):
    """There is no bundle at that place."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class NoOfficeBox(SyncError):
    """The till has not heard yet with which key bundles are sealed to the office: it comes with the feed."""


class BundleRefused(SyncError):
    """A file that is no bundle of the office's for this till, or that is damaged. Nothing of it was taken.

    Attributes:
        reason: `not_bundle`, `newer`, `not_for_us`, `bundle_damaged`, `not_signed`, `another_kind`, `gap`.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class BundleSaysForked(SyncError):
    """The office holds other entries under numbers of this till's journal, says its bundle: see JournalForked. All that
    this till has goes to the office with the next bundle.

    Attributes:
        seq: the last entry that this till and the office's journal have in common.
        office_seq: the last entry of the office's.
    """

    def __init__(self, till: str, seq: int, office_seq: int) -> None:
        super().__init__(f"{till}: after entry {seq}")
        self.till = till
        self.seq = seq
        self.office_seq = office_seq
