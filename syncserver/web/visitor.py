"""Who asks: the session that the browser's cookie names, the language, and whether a form is one of ours."""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from common.entries import UserSet
from syncserver.office.users import users
from syncserver.store import Reading
from syncserver.web.sessions import Session, Sessions
from syncserver.web.words import Words, choose, languages

SESSION, VISIT, LANGUAGE = "__Host-kilotill", "__Host-kilotill-visit", "__Host-kilotill-language"
"""Cookies: `__Host-` keeps other hosts of the domain from setting them (RFC 6265bis, 4.1.3.2)."""

FORM = "form"
"""The field in which every form sends back what proves that it is ours."""

_YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Incoming:
    """A request, its body read.

    Attributes:
        path: below the prefix.
        site: the browser's word about where the request comes from (Sec-Fetch-Site), empty from older ones.
    """

    path: str = "/"
    parts: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, list[str]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    languages: str = ""
    site: str = ""
    is_post: bool = False


@dataclass(frozen=True)
class Cookie:
    """A cookie to be set. `seconds`: None: until the browser is closed; 0: no longer."""

    name: str
    value: str
    seconds: int | None = None


@dataclass(frozen=True)
class Visitor:
    """Who asks.

    Attributes:
        session, user: None before somebody has signed in.
        form: what a form must send back.
        cookies: to be set with whatever is answered.
    """

    token: str
    session: Session | None
    user: UserSet | None
    form: str
    cookies: tuple[Cookie, ...]


def visitor_of(reading: Reading, sessions: Sessions, incoming: Incoming, now: datetime) -> Visitor:
    """Who sent a request."""
    token = incoming.cookies.get(SESSION, "")
    session = sessions.find(reading, token, now) if token else None
    if session is not None:
        user = users(reading).get(session.user)
        if user is not None and user.active and user.password == session.password:
            return Visitor(token, session, user, session.form, ())
        sessions.end(token)
    visit = incoming.cookies.get(VISIT, "")
    if visit:
        return Visitor("", None, None, visit, ())
    visit = secrets.token_urlsafe(24)
    return Visitor("", None, None, visit, (Cookie(VISIT, visit),))


def is_ours(incoming: Incoming, visitor: Visitor) -> bool:
    """Whether a form was sent from a page of ours, to this visitor."""
    sent = incoming.form.get(FORM, [""])[0]
    return incoming.site in ("", "same-origin", "none") and hmac.compare_digest(sent.encode(), visitor.form.encode())


def words_for(incoming: Incoming) -> Words:
    """The reader's language."""
    return Words(choose(incoming.cookies.get(LANGUAGE, ""), incoming.languages))


def language_cookie(code: str) -> tuple[Cookie, ...]:
    """Keeps the language that somebody chose."""
    return (Cookie(LANGUAGE, code, _YEAR),) if code in languages() else ()
