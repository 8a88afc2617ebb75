"""What a page is asked, and what it answers. Pages know nothing of HTTP beyond this."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from common.entries import UserSet
from common.users import UserAction, user_may
from syncserver.office.errors import OfficeError
from syncserver.office.office import Office
from syncserver.web.figures import Figures
from syncserver.web.words import Words

_LONGEST_FIELD = 20_000


class NotFound(Exception):
    """There is no such page, account, case or entry."""


class NotAllowed(Exception):
    """None of the user's roles may do it."""


@dataclass(frozen=True)
class Notice:
    """What the next page says at its top: a word for it and its facts. `secret` is shown this once."""

    word: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    secret: str = ""
    is_error: bool = False


@dataclass(frozen=True)
class Ask:
    """A request as a page sees it.

    Attributes:
        path: below the address of the pages.
        parts: what stands in the path's places.
        files: the content of files that were sent with a form, by field.
        user: who is signed in; None before that.
        figures: how this utility writes money and time, in the reader's language.
    """

    office: Office
    now: datetime
    path: str
    parts: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, list[str]]
    files: Mapping[str, bytes]
    user: UserSet | None
    words: Words
    figures: Figures

    @property
    def signed_in(self) -> UserSet:
        """Who asks: never None where a page needs somebody signed in."""
        if self.user is None:
            raise NotAllowed
        return self.user

    def may(self, action: UserAction) -> bool:
        """Whether the one who asks may do it."""
        return self.user is not None and user_may(self.user.roles, action)

    def text(self, name: str, default: str = "") -> str:
        """A field of the form, without the space around it."""
        values = self.form.get(name)
        return values[0].strip()[:_LONGEST_FIELD] if values else default

    def every(self, name: str) -> list[str]:
        """All values of a field of the form that may be there more than once."""
        return self.form.get(name, [])

    def asked(self, name: str, default: str = "") -> str:
        """A word of the address's query."""
        return self.query.get(name, default).strip()[:200]


@dataclass(frozen=True)
class Page:
    """A template and what it shows."""

    template: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    refused: OfficeError | None = None
    """Why what was asked is not done: shown at the top of the page."""


@dataclass(frozen=True)
class Redirect:
    """Go on to another page, which may have something to tell."""

    to: str
    notice: Notice | None = None


@dataclass(frozen=True)
class Download:
    """A file."""

    content: bytes
    content_type: str
    name: str


@dataclass(frozen=True)
class SignedIn:
    """Somebody gave the right password."""

    user: UserSet
    to: str


@dataclass(frozen=True)
class SignedOut:
    """Somebody leaves."""


Answer = Page | Redirect | Download | SignedIn | SignedOut
Handler = Callable[[Ask], Answer]


@dataclass(frozen=True)
class Route:
    """A page's address, what it does, and what a user must be allowed. Without an action anybody may."""

    method: str
    path: str
    handler: Handler
    action: UserAction | None = UserAction.LOOK
    most_bytes: int = 64 * 1024
    is_slow: bool = False
    """It has threads of its own, so that whoever does it a hundred times does not keep others from their pages."""
