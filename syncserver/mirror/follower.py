"""Following the store: what it has committed goes on the mirror before anybody is told that it is held."""

from itertools import islice
from threading import Lock

from common.entries import BadEntry
from syncserver.mirror.lines import MirrorLines
from syncserver.store import MasterStore, StoredEntry

_BATCH = 5_000


class Follower:
    """Keeps the mirror as long as the store. A mirror that fails stops nothing: it is told, and tried again.

    Attributes:
        problem: why the mirror is behind, in words; None when it is not.
        disagrees: it has what the database does not: nothing may be written before it is healed.
    """

    def __init__(self, lines: MirrorLines) -> None:
        self.lines = lines
        self.problem: str | None = None
        self.disagrees = False
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
            self.problem = f"The mirror {self.lines.folder} fails: {error.strerror}. Entries are on one disk only."
        except BadEntry as error:
            self._size = None
            self.problem = f"The mirror {self.lines.folder} is damaged: {error.reason}. Heal it: syncserver mirror heal"

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
        self.disagrees = False
        if last is None:
            return True
        with store.read() as reading:
            here = reading.last_position()
            held: StoredEntry | None = next(iter(reading.ingested(after=last.position - 1)), None)
        if here < last.position:
            lost = last.position - here
            self.problem = f"The mirror has {lost} entries that this disk lost. Heal it: syncserver mirror heal"
            self.disagrees = True
            return False
        if held is None or held.hash != last.signed.hash:
            self.problem = (
                f"The mirror tells another story than this disk at entry {last.position}. See: syncserver mirror heal"
            )
            self.disagrees = True
            return False
        return True
