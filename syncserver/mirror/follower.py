"""Following the store: what it has committed goes on the mirror before anybody is told that it is held."""

from itertools import islice
from threading import Lock

from common.entries import BadEntry
from syncserver.mirror.lines import MirrorLines
from syncserver.office.problem import Problem
from syncserver.store import MasterStore, StoredEntry

_BATCH = 5_000


class Follower:
    """Keeps the mirror as long as the store. A mirror that fails stops nothing: it is told, and tried again.

    Attributes:
        problem: why the mirror is behind; None when it is not.
        disagrees: what it has and the database has not: nothing may be written before it is healed.
    """

    def __init__(self, lines: MirrorLines) -> None:
        self.lines = lines
        self.problem: Problem | None = None
        self.disagrees: Problem | None = None
        self._mirrored = 0
        self._size: tuple[int, int] | None = None
        self._lock = Lock()

    def follow(self, store: MasterStore) -> None:
        """Add what the store has more than the mirror."""
        try:
            with self._lock, self.lines.locked():
                self._follow(store)
        except OSError as error:
            self._size = None
            english = "The mirror {folder} fails: {reason}. Entries are on one disk only."
            self._tell("mirror_fails", english, reason=error.strerror or str(error))
        except BadEntry as error:
            self._size = None
            english = "The mirror {folder} is damaged: {what}. Heal it: syncserver mirror heal"
            self._tell("mirror_damaged", english, what=error.reason)

    def _follow(self, store: MasterStore) -> None:
        if self._size != self.lines.size() and not self._meet(store):
            return
        with store.read() as reading:
            lines = reading.lines(after=self._mirrored)
            while batch := list(islice(lines, _BATCH)):
                self._size = None
                self.lines.append(batch)
                self._mirrored = batch[-1][0]
        self._size = self.lines.size()
        self.problem = None

    def _meet(self, store: MasterStore) -> bool:
        """Find where the mirror ends, and whether that is a part of what the store has."""
        last = self.lines.last()
        self._mirrored = 0 if last is None else last.position
        self.disagrees = None
        if last is None:
            return True
        with store.read() as reading:
            here = reading.last_position()
            held: StoredEntry | None = next(iter(reading.ingested(after=last.position - 1)), None)
        if here < last.position:
            lost = last.position - here
            english = "The mirror has {lost} entries that this disk lost. Heal it: syncserver mirror heal"
            self.disagrees = self._tell("mirror_ahead", english, lost=lost)
            return False
        if held is None or held.hash != last.signed.hash:
            english = "The mirror tells another story than this disk at entry {position}. See: syncserver mirror heal"
            self.disagrees = self._tell("mirror_differs", english, position=last.position)
            return False
        return True

    def _tell(self, word: str, english: str, **facts: object) -> Problem:
        self.problem = Problem(word, english, {"folder": self.lines.folder, **facts})
        return self.problem
