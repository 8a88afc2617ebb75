"""Wrong passwords: after a few in a row a name is locked for a while, whether or not anybody has it."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.users import MAX_TRIES

LOCKED = timedelta(minutes=15)

_MOST = 100_000
"""Names that are kept. Passwords are checked one after the other: nobody can try so many while one is locked."""


@dataclass
class _Tried:
    wrong: int
    last: datetime


class Attempts:
    """Wrong tries by the name that was given. In memory: whoever guesses cannot start the server anew."""

    def __init__(self) -> None:
        self._tried: dict[str, _Tried] = {}
        self._lock = threading.Lock()

    def locked_for(self, name: str, now: datetime) -> timedelta:
        """How long the name is still locked; nothing when it is not."""
        with self._lock:
            found = self._tried.get(name)
            if found is None or found.wrong < MAX_TRIES:
                return timedelta()
            return max(timedelta(), found.last + LOCKED - now)

    def wrong(self, name: str, now: datetime) -> int:
        """A wrong password was given. Returns how many tries are left."""
        with self._lock:
            found = self._tried.pop(name, None)
            if found is None or now - found.last > LOCKED:
                found = _Tried(0, now)
            found.wrong, found.last = found.wrong + 1, now
            self._tried[name] = found  # the one tried last stands at the end
            if len(self._tried) > _MOST:
                del self._tried[next(iter(self._tried))]
            return max(0, MAX_TRIES - found.wrong)

    def right(self, name: str) -> None:
        """The right one was given."""
        with self._lock:
            self._tried.pop(name, None)
