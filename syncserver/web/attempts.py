"""Wrong passwords: after a few in a row a name is locked for a while, whether or not anybody has it."""

import hashlib
from datetime import datetime, timedelta

from common.users import MAX_TRIES
from syncserver.store import AttemptRow, MasterStore

LOCKED = timedelta(minutes=15)

_MOST = 100_000
"""Names that are kept. Passwords are checked one after the other: nobody can try so many while one is locked."""


class Attempts:
    """Wrong tries by the name that was given. In the database: whoever guesses has no more tries at another process.

    Raises:
        StoreUnavailable: every call may; nobody is let in then.
    """

    def __init__(self, store: MasterStore) -> None:
        self._store = store

    def locked_for(self, name: str, now: datetime) -> timedelta:
        """How long the name is still locked; nothing when it is not."""
        with self._store.read() as reading:
            found = reading.attempt(_key(name))
        if found is None or found.wrong < MAX_TRIES:
            return timedelta()
        return max(timedelta(), datetime.fromisoformat(found.last) + LOCKED - now)

    def wrong(self, name: str, now: datetime) -> int:
        """A wrong password was given. Returns how many tries are left."""
        with self._store.write_aside() as writing:
            writing.clear_attempts((now - LOCKED).isoformat(), _MOST - 1)
            found = writing.attempt(_key(name))
            tried = 1 if found is None else found.wrong + 1
            writing.put_attempt(AttemptRow(name=_key(name), wrong=tried, last=now.isoformat()))
        return max(0, MAX_TRIES - tried)

    def right(self, name: str) -> None:
        """The right one was given."""
        with self._store.read() as reading:
            if reading.attempt(_key(name)) is None:
                return
        with self._store.write_aside() as writing:
            writing.forget_attempts(_key(name))


def _key(name: str) -> str:
    """Whatever was typed, of one length: it may be a password typed in the wrong place."""
    return hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()
