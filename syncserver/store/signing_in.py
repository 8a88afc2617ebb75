"""Who is signed in to the pages, and who tried in vain: in the database, so that every process knows."""

from msgspec import Struct
from msgspec.structs import astuple
from sqlalchemy import Connection, delete, func, select

from syncserver.store import tables
from syncserver.store.rows import put_rows


class SessionRow(Struct, frozen=True, kw_only=True):
    """Somebody who is signed in with one browser.

    Attributes:
        key: SHA-256 of the token that the browser keeps.
        password: the hash of the password that was given: another one ends the session.
        began, used: ISO 8601, UTC. `used` is the latest use that was noted.
        form: what a form must send back to prove that it is ours.
        notice: what the next page says, sealed; empty when nothing.
    """

    key: str
    who: str
    password: str
    began: str
    used: str
    form: str
    notice: bytes = b""


class AttemptRow(Struct, frozen=True, kw_only=True):
    """Wrong passwords in a row for a name, and when the last was given (ISO 8601, UTC)."""

    name: str
    wrong: int
    last: str


class SignInReading:
    """What can be asked, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def session(self, key: str) -> SessionRow | None:
        """A session."""
        query = select(tables.signed_in).where(tables.signed_in.c.key == key)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else SessionRow(**row._mapping)

    def attempt(self, name: str) -> AttemptRow | None:
        """What was tried in vain for a name."""
        query = select(tables.attempt).where(tables.attempt.c.name == name)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else AttemptRow(**row._mapping)


class SignInWriting(SignInReading):
    """What can be changed."""

    def put_session(self, row: SessionRow) -> None:
        """A session that begins, or goes on."""
        put_rows(self._connection, tables.signed_in, [astuple(row)])

    def end_session(self, key: str) -> None:
        """A session is over."""
        self._connection.execute(delete(tables.signed_in).where(tables.signed_in.c.key == key))

    def clear_sessions(self, used_before: str, most: int) -> None:
        """Forget sessions that were last used before then, and of the others all but the latest so many."""
        session = tables.signed_in.c
        self._connection.execute(delete(tables.signed_in).where(session.used < used_before))
        latest = select(session.key).order_by(session.used.desc(), session.key).limit(most)
        if self._count(tables.signed_in.name) > most:
            self._connection.execute(delete(tables.signed_in).where(session.key.not_in(latest)))

    def put_attempt(self, row: AttemptRow) -> None:
        """A wrong password was given once more."""
        put_rows(self._connection, tables.attempt, [astuple(row)])

    def forget_attempts(self, name: str) -> None:
        """The right one was given."""
        self._connection.execute(delete(tables.attempt).where(tables.attempt.c.name == name))

    def clear_attempts(self, last_before: str, most: int) -> None:
        """Forget what was tried before then, and all but the latest so many."""
        attempt = tables.attempt.c
        self._connection.execute(delete(tables.attempt).where(attempt.last < last_before))
        if self._count(tables.attempt.name) > most:
            latest = select(attempt.name).order_by(attempt.last.desc(), attempt.name).limit(most)
            self._connection.execute(delete(tables.attempt).where(attempt.name.not_in(latest)))

    def _count(self, table: str) -> int:
        query = select(func.count()).select_from(tables.metadata.tables[table])
        return int(self._connection.execute(query).scalar_one())
