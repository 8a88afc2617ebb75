"""The clerks of the branch, wrong tries of their PINs, and who is at the till."""

from datetime import datetime

import msgspec
from sqlite_utils import Database

from common.clerks import RefusedBecause, credential_of
from common.entries import (
    AnyBody,
    ClerkPinChanged,
    ClerkRefused,
    ClerkSet,
    ClerkSignedIn,
    ClerkSignedOut,
    ClerkUnlocked,
)
from till.store.settings import Settings

SIGNED_IN = "signed_in"


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """Who is at the till, and since when."""

    clerk: str
    since: datetime


class Clerks:
    """The tables `clerk`, `clerk_pin` and `clerk_try`. Writing expects an open transaction."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db = db
        self._settings = settings

    def put(self, clerk: ClerkSet) -> None:
        """The office's latest word about a clerk of this branch."""
        value = msgspec.json.encode(clerk)
        self._db.conn.execute("INSERT OR REPLACE INTO clerk VALUES (?, ?)", (clerk.clerk, value))

    def note(self, body: AnyBody, at: datetime) -> None:
        """What this till itself entered about a clerk."""
        match body:
            case ClerkRefused(because=RefusedBecause.WRONG_PIN, credential=str(credential)):
                self._db.conn.execute(
                    "INSERT INTO clerk_try VALUES (?, 1) ON CONFLICT (credential) DO UPDATE SET tries = tries + 1",
                    (credential,),
                )
            case ClerkSignedIn():
                self._forget_tries(body.credential)
                self._settings.put(SIGNED_IN, SignedIn(clerk=body.clerk, since=at))
            case ClerkPinChanged():
                query = "INSERT OR IGNORE INTO clerk_pin VALUES (?, ?)"
                self._db.conn.execute(query, (body.credential, body.pin))
            case ClerkUnlocked():
                self._forget_tries(body.credential)
            case ClerkSignedOut():
                self._settings.put(SIGNED_IN, None)
            case _:
                pass

    def get(self, clerk: str) -> ClerkSet | None:
        """What the office says about a clerk, with the PIN that the clerk has chosen since."""
        row = self._db.conn.execute("SELECT value FROM clerk WHERE clerk = ?", (clerk,)).fetchone()
        return None if row is None else self._with_own_pin(msgspec.json.decode(row[0], type=ClerkSet))

    def all(self) -> list[ClerkSet]:
        """All of the branch, by name."""
        rows = self._db.conn.execute("SELECT value FROM clerk ORDER BY clerk").fetchall()
        return [self._with_own_pin(msgspec.json.decode(value, type=ClerkSet)) for (value,) in rows]

    def tries(self, credential: str) -> int:
        """Wrong tries of a PIN since the last right one."""
        row = self._db.conn.execute("SELECT tries FROM clerk_try WHERE credential = ?", (credential,)).fetchone()
        return 0 if row is None else int(row[0])

    def signed_in(self) -> SignedIn | None:
        """Who is at the till."""
        return self._settings.get(SIGNED_IN, SignedIn | None)  # type: ignore[arg-type]  # a union is no type to mypy

    def _with_own_pin(self, known: ClerkSet) -> ClerkSet:
        """Each change takes the place of one PIN, so that a new one from the office outdates them all."""
        walked: set[str] = set()
        while (credential := credential_of(known.pin)) not in walked:
            walked.add(credential)
            row = self._db.conn.execute("SELECT pin FROM clerk_pin WHERE credential = ?", (credential,)).fetchone()
            if row is not None:
                known = msgspec.structs.replace(known, pin=row[0])
        return known

    def _forget_tries(self, credential: str) -> None:
        self._db.conn.execute("DELETE FROM clerk_try WHERE credential = ?", (credential,))
