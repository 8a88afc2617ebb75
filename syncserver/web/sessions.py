"""Who is signed in. Sessions are in the database, so that they hold in every process of the server, and when it is
started anew."""

import hashlib
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from msgspec.structs import replace

from common.entries import UserSet
from syncserver.store import MasterStore, Reading, SessionRow, StoreUnavailable
from syncserver.web.ask import Notice

IDLE = timedelta(minutes=30)
"""Nobody has used a session for so long: it is over."""

LONGEST = timedelta(hours=12)
"""It is over by then in any case."""

_NOTED = timedelta(minutes=1)
"""A use is noted when the one that was noted is older: a page that is only looked at seldom writes."""

_MOST = 10_000
_NONCE = 12
_notices = msgspec.msgpack.Decoder(Notice)


@dataclass(frozen=True)
class Session:
    """Somebody who is signed in with one browser.

    Attributes:
        password: the hash of the password that was given: another one ends the session.
        used: the latest use that was noted.
        form: what a form must send back to prove that it is ours.
        notice: what the next page says.
    """

    user: str
    password: str
    used: datetime
    form: str
    notice: Notice | None


class Sessions:
    """All sessions, by the SHA-256 of the token that the browser keeps. May be used in any thread."""

    def __init__(self, store: MasterStore) -> None:
        self._store = store

    def begin(self, user: UserSet, now: datetime) -> str:
        """Somebody signed in. Returns the token for the browser.

        Raises:
            StoreUnavailable: it cannot be kept.
        """
        token = secrets.token_urlsafe(32)
        at = now.isoformat()
        row = SessionRow(
            key=_key(token), who=user.user, password=user.password, began=at, used=at, form=secrets.token_urlsafe(24)
        )
        with self._store.write_aside() as writing:
            writing.clear_sessions((now - IDLE).isoformat(), _MOST - 1)
            writing.put_session(row)
        return token

    def find(self, reading: Reading, token: str, now: datetime) -> Session | None:
        """The session of this token, if it is not over."""
        row = reading.session(_key(token))
        if row is None or _over(row, now):
            return None
        used = datetime.fromisoformat(row.used)
        return Session(row.who, row.password, used, row.form, _opened(token, row.notice))

    def use(self, token: str, session: Session, now: datetime) -> None:
        """A session is used now."""
        if now - session.used >= _NOTED:
            # What cannot be noted ends the session sooner than it should; whoever looks at a page is to see it.
            with suppress(StoreUnavailable):
                self._change(token, lambda held: replace(held, used=now.isoformat()))

    def tell(self, token: str, notice: Notice | None) -> None:
        """Let the next page of this session say something, once; None: it has been said.

        Raises:
            StoreUnavailable: it cannot be kept.
        """
        sealed = b"" if notice is None else _sealed(token, notice)
        self._change(token, lambda held: replace(held, notice=sealed))

    def end(self, token: str) -> None:
        """Somebody signs out.

        Raises:
            StoreUnavailable: the session cannot be ended.
        """
        with self._store.write_aside() as writing:
            writing.end_session(_key(token))

    def _change(self, token: str, change: Callable[[SessionRow], SessionRow]) -> None:
        with self._store.write_aside() as writing:
            held = writing.session(_key(token))
            if held is not None:
                writing.put_session(change(held))


def _over(row: SessionRow, now: datetime) -> bool:
    began, used = datetime.fromisoformat(row.began), datetime.fromisoformat(row.used)
    return now - used > IDLE or now - began > LONGEST


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _sealed(token: str, notice: Notice) -> bytes:
    """For the browser's token alone: a notice may show a code that is kept nowhere."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _lock(token).encrypt(nonce, msgspec.msgpack.encode(notice), None)


def _opened(token: str, sealed: bytes) -> Notice | None:
    if not sealed:
        return None
    try:
        return _notices.decode(_lock(token).decrypt(sealed[:_NONCE], sealed[_NONCE:], None))
    except (InvalidTag, msgspec.DecodeError):
        return None  # somebody changed the database: there is nothing to show


def _lock(token: str) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(hashlib.sha256(b"kilotill.notice.v1\n" + token.encode()).digest())
