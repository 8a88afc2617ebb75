"""Who is at the till: signing in, the lock, what a role may do, a supervisor's approval. Every refusal is an entry."""

from datetime import datetime, timedelta

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from msgspec import Struct

from common.clerks import (
    LONGEST_PIN,
    MAX_TRIES,
    SHORTEST_PIN,
    Action,
    Approval,
    BadPin,
    ClerkId,
    RefusedBecause,
    check_pin,
    credential_of,
    may,
)
from common.entries import (
    AnyBody,
    ClerkApproved,
    ClerkPinChanged,
    ClerkRefused,
    ClerkSet,
    ClerkSignedIn,
    ClerkSignedOut,
    ClerkUnlocked,
)
from till.operations.desk import Desk
from till.operations.lease import check_not_revoked
from till.operations.refusals import BadField, NobodySignedIn, NoSuchClerk, NotAllowed, PinLocked, WrongPin
from till.operations.typed import check_text
from till.store import Store

IDLE_AFTER = timedelta(minutes=10)
"""A till that nobody uses for so long locks itself, unless it is set otherwise."""

_LAST_USED, _LOCK_MINUTES = "last_used", "lock_minutes"
_hasher = PasswordHasher()


class Supervisor(Struct, frozen=True, kw_only=True):
    """A supervisor's name and PIN, typed at the till to approve one thing, and why it is right."""

    clerk: str
    pin: str
    reason: str


def sign_in(desk: Desk, clerk: str, pin: str) -> ClerkSet:
    """Put a clerk at the till; whoever was there before is signed out.

    Raises:
        NoSuchClerk, WrongPin, PinLocked: see there; each is in the journal.
    """
    known = _check_pin(desk, clerk, pin, Action.SIGN_IN)
    before = desk.store.clerks.signed_in()
    bodies: list[AnyBody] = [] if before is None else [ClerkSignedOut(clerk=before.clerk, idle=False)]
    desk.journal.commit(*bodies, ClerkSignedIn(clerk=clerk, credential=credential_of(known.pin)))
    desk.store.set_setting(_LAST_USED, desk.now())
    desk.clerk, desk.roles = known.clerk, tuple(known.roles)
    return known


def sign_out(desk: Desk) -> str | None:
    """Leave the till. Returns who was there."""
    before = desk.store.clerks.signed_in()
    if before is None:
        return None
    desk.journal.commit(ClerkSignedOut(clerk=before.clerk, idle=False))
    desk.clerk, desk.roles = "", ()
    return before.clerk


def resume(desk: Desk) -> ClerkSet:
    """Go on as who is signed in, and put off the automatic lock.

    Raises:
        NobodySignedIn: nobody is, the till has locked itself, or the office has retired the clerk meanwhile.
    """
    now, signed_in = desk.now(), desk.store.clerks.signed_in()
    if signed_in is None:
        raise NobodySignedIn(desk.till)
    known = desk.store.clerks.get(signed_in.clerk)
    idle = abs(now - _last_used(desk.store, signed_in.since)) > idle_after(desk.store)
    if idle or known is None or not known.active:
        desk.journal.commit(ClerkSignedOut(clerk=signed_in.clerk, idle=idle))
        raise NobodySignedIn(desk.till)
    desk.store.set_setting(_LAST_USED, now)
    desk.clerk, desk.roles = known.clerk, tuple(known.roles)
    return known


def lock_when_idle(desk: Desk) -> bool:
    """Sign out who is at the till when nobody has used it for so long. Returns whether it did."""
    signed_in = desk.store.clerks.signed_in()
    if signed_in is None or abs(desk.now() - _last_used(desk.store, signed_in.since)) <= idle_after(desk.store):
        return False
    desk.journal.commit(ClerkSignedOut(clerk=signed_in.clerk, idle=True))
    desk.clerk, desk.roles = "", ()
    return True


def change_pin(desk: Desk, clerk: str, pin: str, new: str) -> None:
    """Let a clerk choose another PIN at this till, by the one before.

    The office's word stays above it: a PIN that the office sets takes its place. Other tills keep the one before.

    Raises:
        NoSuchClerk, WrongPin, PinLocked: see there; each is in the journal.
        BadField: the new one is too easy, or the same.
    """
    known = _check_pin(desk, clerk, pin, Action.SIGN_IN)
    try:
        check_pin(new)
    except BadPin as error:
        raise BadField("pin", f"pin_{error.reason}", f"{SHORTEST_PIN} – {LONGEST_PIN}") from error
    if new == pin:
        raise BadField("pin", "pin_same")
    changed = ClerkPinChanged(clerk=clerk, credential=credential_of(known.pin), pin=_hasher.hash(new))
    desk.journal.commit(changed)


def idle_after(store: Store) -> timedelta:
    """How long nobody may use the till before it locks itself."""
    minutes = store.setting(_LOCK_MINUTES, int)
    return IDLE_AFTER if minutes is None else timedelta(minutes=minutes)


def set_idle_after(desk: Desk, minutes: int) -> None:
    """Change how long nobody may use the till before it locks itself.

    Raises:
        NotAllowed: only a supervisor may.
        BadField: less than a minute or more than a day.
    """
    authorize(desk, Action.APPROVE)
    if not 1 <= minutes <= 24 * 60:
        raise BadField("minutes", "range", "1 – 1440")
    desk.store.set_setting(_LOCK_MINUTES, minutes)


def authorize(desk: Desk, action: Action) -> None:
    """Check that the clerk at the till may do this.

    Raises:
        NobodySignedIn: see there.
        TillIsRevoked: the office has taken the till out of use; only looking and counting the drawer are allowed.
        NotAllowed: none of the clerk's roles may; the refusal is in the journal.
    """
    if not desk.clerk:
        raise NobodySignedIn(desk.till)
    if action not in (Action.LOOK, Action.CASH_UP):  # what was taken is counted, whatever the office thinks of the till
        check_not_revoked(desk)
    if not may(desk.roles, action):
        _refuse(desk, desk.clerk, action, RefusedBecause.ROLE)
        raise NotAllowed(desk.clerk, action.value)


def approve(desk: Desk, action: Action, supervisor: Supervisor) -> Approval:
    """Check a supervisor's approval and enter it.

    Raises:
        NoSuchClerk, WrongPin, PinLocked, NotAllowed: see there; each is in the journal.
        BadField: the reason is none.
    """
    check_text("reason", supervisor.reason)
    known = _check_pin(desk, supervisor.clerk, supervisor.pin, action)
    _check_supervisor(desk, known, action)
    desk.journal.commit(
        ClerkApproved(
            clerk=known.clerk,
            credential=credential_of(known.pin),
            action=action,
            asked_by=desk.clerk,
            reason=supervisor.reason,
        )
    )
    return Approval(by=known.clerk, reason=supervisor.reason)


def check_receiver(desk: Desk, clerk: str, pin: str) -> None:
    """Check the PIN of a clerk who is to go on with the drawer, and may.

    Raises:
        NoSuchClerk, WrongPin, PinLocked, NotAllowed: see there; each is in the journal.
    """
    known = _check_pin(desk, clerk, pin, Action.CASH_UP)
    if not may(known.roles, Action.CASH_UP):
        _refuse(desk, clerk, Action.CASH_UP, RefusedBecause.ROLE)
        raise NotAllowed(clerk, Action.CASH_UP.value)


def unlock(desk: Desk, clerk: str, by: str, pin: str) -> None:
    """Let a clerk's PIN be tried again; a supervisor says so.

    Raises:
        NoSuchClerk, WrongPin, PinLocked, NotAllowed: see there; each is in the journal.
    """
    supervisor = _check_pin(desk, by, pin, Action.APPROVE)
    _check_supervisor(desk, supervisor, Action.APPROVE)
    known = _known(desk, clerk, Action.SIGN_IN)
    desk.journal.commit(ClerkUnlocked(clerk=clerk, credential=credential_of(known.pin), by=by))


def _check_supervisor(desk: Desk, known: ClerkSet, action: Action) -> None:
    if not may(known.roles, Action.APPROVE):
        _refuse(desk, known.clerk, action, RefusedBecause.ROLE)
        raise NotAllowed(known.clerk, Action.APPROVE.value)


def _check_pin(desk: Desk, clerk: str, pin: str, action: Action) -> ClerkSet:
    known = _known(desk, clerk, action)
    credential = credential_of(known.pin)
    tries = desk.store.clerks.tries(credential)
    if tries >= MAX_TRIES:
        _refuse(desk, clerk, action, RefusedBecause.LOCKED, credential)
        raise PinLocked(clerk)
    if not _matches(known.pin, pin):
        # On disk before anybody is told, so that pulling the plug gains no try.
        _refuse(desk, clerk, action, RefusedBecause.WRONG_PIN, credential)
        raise WrongPin(clerk, MAX_TRIES - tries - 1) if tries + 1 < MAX_TRIES else PinLocked(clerk)
    return known


def _known(desk: Desk, clerk: str, action: Action) -> ClerkSet:
    check_clerk_id(clerk)
    known = desk.store.clerks.get(clerk)
    if known is None or not known.active:
        _refuse(desk, clerk, action, RefusedBecause.UNKNOWN if known is None else RefusedBecause.RETIRED)
        raise NoSuchClerk(clerk)
    return known


def check_clerk_id(clerk: str) -> None:
    """Check a clerk's name as typed.

    Raises:
        BadField: nobody can be called so.
    """
    try:
        msgspec.convert(clerk, ClerkId)
    except msgspec.ValidationError as error:
        raise BadField("clerk", "clerk_id") from error


def _matches(pin_hash: str, pin: str) -> bool:
    try:
        return _hasher.verify(pin_hash, pin)
    except (Argon2Error, InvalidHashError):
        return False


def _refuse(desk: Desk, clerk: str, action: Action, because: RefusedBecause, credential: str | None = None) -> None:
    desk.journal.commit(ClerkRefused(clerk=clerk, action=action, because=because, credential=credential))


def _last_used(store: Store, since: datetime) -> datetime:
    return max(since, store.setting(_LAST_USED, datetime) or since)
