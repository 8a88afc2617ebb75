"""Tills' tokens: short-lived JWTs signed with the till's own key (RFC 7519, RFC 8037)."""

import re
from datetime import datetime, timedelta

import jwt
from aiohttp import web

from common.chain import public_key
from common.wire import TOKEN_SECONDS
from syncserver.store import MasterStore, WriterRow

AUDIENCE = "kilotill"
_TILL = re.compile("[a-z0-9][a-z0-9-]{0,31}")
_LEEWAY = timedelta(seconds=30)
"""A till reckons the office's time from its last answer, so little is needed."""


class Unauthorised(Exception):
    """No token, or one that does not hold."""


def token_of(request: web.Request) -> str:
    """The bearer token.

    Raises:
        Unauthorised: there is none.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not token:
        raise Unauthorised("A till's token is needed.")
    return token


def till_of(store: MasterStore, token: str, now: datetime) -> WriterRow:
    """The till whose token this is.

    Raises:
        Unauthorised: it does not hold; the words do not say more than that a till need know.
    """
    till = _claimed(token)
    with store.read() as reading:
        rows = [row for row in reading.epochs(till) if row.is_till]
    if not rows:
        raise Unauthorised("The office knows no such till.")
    # A till that was enrolled again may have a disk from before, with sales that nobody else has.
    for row in reversed(rows):
        claims = _claims(token, till, row.key)
        if claims is not None:
            _check_times(claims, now)
            return row
    raise Unauthorised("The token does not hold.")


def _claims(token: str, till: str, key: str) -> dict[str, object] | None:
    """What the token says, if this key signed it."""
    try:
        found: dict[str, object] = jwt.decode(
            token,
            public_key(key),
            algorithms=["EdDSA"],
            audience=AUDIENCE,
            issuer=till,
            options={"require": ["iat", "exp", "iss", "aud"], "verify_exp": False, "verify_iat": False},
        )
    except (jwt.PyJWTError, ValueError, RecursionError):
        return None
    return found


def _claimed(token: str) -> str:
    """Whose token it says that it is. Anybody may have written it."""
    try:
        till = jwt.get_unverified_header(token).get("kid", "")
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise Unauthorised("The token is none.") from error
    if not _TILL.fullmatch(till):
        raise Unauthorised("The token names no till.")
    return str(till)


def _check_times(claims: dict[str, object], now: datetime) -> None:
    issued, expires = claims["iat"], claims["exp"]
    if not isinstance(issued, int) or not isinstance(expires, int) or expires - issued > TOKEN_SECONDS:
        raise Unauthorised("The token lives too long.")
    at, leeway = now.timestamp(), _LEEWAY.total_seconds()
    if not issued - leeway <= at <= expires + leeway:
        raise Unauthorised("The token is of another time. GET /v1/version says what time it is here.")
