"""When each till was last in touch, and what it then had of its feed. In memory, and in the database now and then."""

import threading
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from syncserver.store import Reading, Writing

_NAME = "contacts"


class Contact(Struct, frozen=True, kw_only=True):
    """A till's last contact.

    Attributes:
        at: by the office's clock.
        feed: the feed's position up to which the till has taken it.
        version: of the till's software; "" when it has not said.
    """

    at: datetime
    feed: int = 0
    version: str = ""


_decoder = msgspec.json.Decoder(dict[str, Contact])

IN_TOUCH = timedelta(minutes=2)
"""A till that stays in touch asks again at least every minute (common.wire.MAX_POLL_SECONDS)."""


class Contacts:
    """Every till's last contact. May be used in any thread."""

    def __init__(self, reading: Reading) -> None:
        self._lock = threading.Lock()
        self._tills = contacts_of(reading)
        self._changed = False

    def heard(self, till: str, at: datetime, *, feed: int | None = None, version: str = "") -> None:
        """A till was in touch. What it does not say is as it was."""
        with self._lock:
            before = self._tills.get(till, Contact(at=at))
            self._tills[till] = Contact(
                at=at, feed=before.feed if feed is None else feed, version=version or before.version
            )
            self._changed = True

    def all(self) -> dict[str, Contact]:
        """By till."""
        with self._lock:
            return dict(self._tills)

    def keep(self, writing: Writing) -> None:
        """Keep them in the database: what another process has heard later stays."""
        with self._lock:
            kept = contacts_of(writing)
            self._tills |= {till: other for till, other in kept.items() if _is_later(other, self._tills.get(till))}
            writing.set_meta(_NAME, msgspec.json.encode(self._tills, order="sorted").decode())
            self._changed = False

    @property
    def changed(self) -> bool:
        """Whether there is something to keep."""
        with self._lock:
            return self._changed


def contacts_of(reading: Reading) -> dict[str, Contact]:
    """What the database has of them: for the command line."""
    return _decoder.decode(reading.meta(_NAME) or "{}")


def _is_later(one: Contact, other: Contact | None) -> bool:
    return other is None or one.at > other.at
