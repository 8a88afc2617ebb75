"""Who uses the office's pages: the roles, what each may do there, and what a password must be."""

from collections.abc import Iterable
from enum import StrEnum

from common.clerks import ClerkId

UserId = ClerkId
"""A user's short name is made as a clerk's is."""

MAX_TRIES = 5
"""Wrong passwords in a row after which a name is locked for a while."""

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
_FEWEST_CHARACTERS = 5


class UserRole(StrEnum):
    """What somebody is at the office. One person may be several."""

    ADMINISTRATOR = "administrator"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"


class UserAction(StrEnum):
    """What is done on the office's pages."""

    LOOK = "look"
    DECIDE = "decide"
    """Decide cases."""
    STAFF = "staff"
    """Clerks: add, change, a new PIN, retire."""
    SUPPLY = "supply"
    """Cards and account numbers for branches and tills; what a till may do unseen; reports and bundles."""
    TILLS = "tills"
    """Enrol tills and take them out of use."""
    TARIFFS = "tariffs"
    ALERTS = "alerts"
    USERS = "users"


_SUPERVISOR = frozenset(
    {UserAction.LOOK, UserAction.DECIDE, UserAction.STAFF, UserAction.SUPPLY, UserAction.ALERTS},
)
_ALLOWED: dict[UserRole, frozenset[UserAction]] = {
    UserRole.AUDITOR: frozenset({UserAction.LOOK}),
    UserRole.SUPERVISOR: _SUPERVISOR,
    UserRole.ADMINISTRATOR: frozenset(UserAction),
}


class BadPassword(ValueError):
    """Text that is no password.

    Attributes:
        reason: `length`, `easy` or `name`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def user_may(roles: Iterable[UserRole], action: UserAction) -> bool:
    """Whether somebody of these roles may do it."""
    return any(action in _ALLOWED[role] for role in roles)


def check_password(password: str, user: str) -> None:
    """Check a password that somebody chose. Length counts, not which kinds of characters (NIST SP 800-63B, 5.1.1.2).

    Raises:
        BadPassword: too short or too long, of too few different characters, or with the user's name in it.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise BadPassword("length")
    if len(set(password)) < _FEWEST_CHARACTERS:
        raise BadPassword("easy")
    if user in password.lower():
        raise BadPassword("name")
