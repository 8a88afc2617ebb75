"""Who is signed in. Sessions live in memory: when the server starts anew, everybody signs in again."""

import hashlib
import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from common.entries import UserSet
from syncserver.web.ask import Notice

IDLE = timedelta(minutes=30)
"""Nobody has used a session for so long: it is over."""

LONGEST = timedelta(hours=12)
"""It is over by then in any case."""

_MOST = 10_000


@dataclass
class Session:
    """Somebody who is signed in with one browser.

    Attributes:
        password: the hash of the password that was given: another one ends the session.
        form: what a form must send back to prove that it is ours.
    """

    user: str
    password: str
    began: datetime
    used: datetime
    form: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    notice: Notice | None = None


class Sessions:
    """All sessions, by the SHA-256 of the token that the browser keeps. May be used in any thread."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    def begin(self, user: UserSet, now: datetime) -> str:
        """Somebody signed in. Returns the token for the browser."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._clear(now)
            while len(self._sessions) >= _MOST:
                del self._sessions[min(self._sessions, key=lambda key: self._sessions[key].used)]
            self._sessions[_key(token)] = Session(user.user, user.password, now, now)
        return token

    def find(self, token: str, now: datetime) -> Session | None:
        """The session of this token, if it is not over; it is used now."""
        with self._lock:
            found = self._sessions.get(_key(token))
            if found is None or _over(found, now):
                self._sessions.pop(_key(token), None)
                return None
            found.used = now
            return found

    def end(self, token: str) -> None:
        """Somebody signs out."""
        with self._lock:
            self._sessions.pop(_key(token), None)

    def _clear(self, now: datetime) -> None:
        self._sessions = {key: found for key, found in self._sessions.items() if not _over(found, now)}


def _over(session: Session, now: datetime) -> bool:
    return now - session.used > IDLE or now - session.began > LONGEST


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
