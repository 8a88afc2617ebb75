"""Clerks: the roles at a till, what each may do, what a PIN must be and when it locks."""

import hashlib
from collections.abc import Iterable
from enum import StrEnum
from itertools import pairwise
from typing import Annotated

from msgspec import Meta, Struct

MAX_TRIES = 5
"""Wrong PINs in a row after which it is locked, until a supervisor unlocks it or the office sets another."""

SHORTEST_PIN, LONGEST_PIN = 6, 12

ClerkId = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,31}\Z")]


class Role(StrEnum):
    """What somebody is at a till. One person may be several."""

    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    FIELD = "field"
    AUDITOR = "auditor"


class Action(StrEnum):
    """What is done at a till and not everybody may do."""

    SIGN_IN = "sign_in"
    LOOK = "look"
    """Read a card, look at an account, quote."""
    SELL = "sell"
    OPEN_ACCOUNT = "open_account"
    GIVE_CARD = "give_card"
    """First issue and replacement."""
    MAKE_UP = "make_up"
    REVERSE = "reverse"
    REFUND = "refund"
    CHANGE_METER = "change_meter"
    TAKE_BACK = "take_back"
    """Clear a meter, take a card back and wipe it."""
    ENTER_ARREARS = "enter_arrears"
    CLOSE_ACCOUNT = "close_account"
    VOID_RECEIPT = "void_receipt"
    """Give a receipt another number, as its paper was spoiled."""
    CASH_UP = "cash_up"
    """Open a shift, count the drawer, hand it over."""
    APPROVE = "approve"
    """Stand by somebody else's work with the own PIN; unlock a clerk."""


_FIELD = frozenset({Action.SIGN_IN, Action.LOOK, Action.SELL, Action.GIVE_CARD, Action.MAKE_UP, Action.CASH_UP})
_CLERK = _FIELD | {
    Action.OPEN_ACCOUNT,
    Action.REVERSE,
    Action.REFUND,
    Action.CHANGE_METER,
    Action.TAKE_BACK,
    Action.ENTER_ARREARS,
    Action.CLOSE_ACCOUNT,
    Action.VOID_RECEIPT,
}
_ALLOWED: dict[Role, frozenset[Action]] = {
    Role.AUDITOR: frozenset({Action.SIGN_IN, Action.LOOK}),
    Role.FIELD: _FIELD,
    Role.CLERK: _CLERK,
    Role.SUPERVISOR: _CLERK | {Action.APPROVE},
}


class RefusedBecause(StrEnum):
    """Why a clerk was refused."""

    UNKNOWN = "unknown"
    """Nobody of that name works in this branch."""
    RETIRED = "retired"
    WRONG_PIN = "wrong_pin"
    LOCKED = "locked"
    ROLE = "role"
    """None of the clerk's roles may do it."""


class Approval(Struct, frozen=True, kw_only=True):
    """A supervisor stands by a job, and says why."""

    by: ClerkId
    reason: str


class BadPin(ValueError):
    """Digits that are no PIN.

    Attributes:
        reason: `digits`, `length` or `easy`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def may(roles: Iterable[Role], action: Action) -> bool:
    """Whether somebody of these roles may do it."""
    return any(action in _ALLOWED[role] for role in roles)


def check_pin(pin: str) -> None:
    """Check a PIN that somebody chose.

    Raises:
        BadPin: it is not 6 to 12 digits, or one that is tried first: all the same, or counting up or down.
    """
    if not (pin.isascii() and pin.isdigit()):
        raise BadPin("digits")
    if not SHORTEST_PIN <= len(pin) <= LONGEST_PIN:
        raise BadPin("length")
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    if steps in ({0}, {1}, {9}):
        raise BadPin("easy")


def credential_of(pin_hash: str) -> str:
    """A short name for a PIN's hash: wrong tries count against it, so that a new PIN begins without any."""
    return hashlib.sha256(pin_hash.encode()).hexdigest()[:16]
