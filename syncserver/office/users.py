"""Who may use the office's pages: add, change, a new password, retire. Kept in the office's journal, as clerks are."""

from functools import cache

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from common.entries import UserActed, UserSet
from common.users import (
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    BadPassword,
    UserAction,
    UserId,
    UserRole,
    check_password,
)
from syncserver.ingest.intake import Intake
from syncserver.office.errors import OfficeError
from syncserver.store import Reading

_LONGEST_NAME, _LONGEST_SUBJECT = 200, 200
_PASSWORD_RULES = {
    "length": f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; several words do well.",
    "easy": "It has too few different characters.",
    "name": "The user's own name is tried first.",
}
_hasher = PasswordHasher()


@cache
def _nobody() -> str:
    """What a password is held against where there is no such user: that is to take as long."""
    return _hasher.hash("the password of nobody")


def users(reading: Reading) -> dict[str, UserSet]:
    """The latest word about every user, by name."""
    said = (found.signed.entry.body for found in reading.supplies(["user.set"]))
    return {body.user: body for body in said if isinstance(body, UserSet)}


def add_user(intake: Intake, user: str, *, name: str, roles: list[UserRole], password: str) -> UserSet:
    """Let somebody use the office's pages.

    Raises:
        OfficeError: the name is taken or none, or the password is too easy.
    """
    try:
        msgspec.convert(user, UserId)
    except msgspec.ValidationError as error:
        advice = "Use up to 32 lower-case letters, digits, dots and dashes."
        raise OfficeError(f"{user!r} cannot be a user's name.", advice, "bad_user", user=user) from error
    if user in users(intake.writing):
        raise OfficeError(
            f"There is a user {user} already.", "Change it: syncserver user change", "user_taken", user=user
        )
    made = UserSet(user=user, name=name, roles=roles, password=_hashed(password, user), active=True)
    return _say(intake, made)


def change_user(intake: Intake, user: str, *, name: str | None, roles: list[UserRole] | None) -> UserSet:
    """Change a user's full name or roles; what is None stays. A retired user may sign in again.

    Raises:
        OfficeError: there is no such user, a value cannot be, or nobody would be left to administer.
    """
    before = known_user(intake.writing, user)
    after = msgspec.structs.replace(
        before,
        name=before.name if name is None else name,
        roles=before.roles if roles is None else roles,
        active=True,
    )
    return _say(intake, after)


def set_password(intake: Intake, user: str, password: str) -> UserSet:
    """Give a user a new password. Whoever is signed in with the old one no longer is.

    Raises:
        OfficeError: there is no such user, or the password is too easy.
    """
    before = known_user(intake.writing, user)
    return _say(intake, msgspec.structs.replace(before, password=_hashed(password, user)))


def retire_user(intake: Intake, user: str) -> UserSet:
    """Let a user sign in no more; at once.

    Raises:
        OfficeError: there is no such user, or nobody would be left to administer.
    """
    return _say(intake, msgspec.structs.replace(known_user(intake.writing, user), active=False))


def known_user(reading: Reading, user: str) -> UserSet:
    """The latest word about a user.

    Raises:
        OfficeError: there is none.
    """
    found = users(reading).get(user)
    if found is None:
        raise OfficeError(f"There is no user {user}.", "See: syncserver user list", "no_user", user=user)
    return found


def password_holds(user: UserSet | None, password: str) -> bool:
    """Whether it is the user's password. It takes as long for nobody as for somebody, so that names cannot be tried."""
    nobody = _nobody()  # at once, or the first stranger would wait longer than a user does
    try:
        _hasher.verify(nobody if user is None else user.password, password)
    except VerificationError:
        return False
    return user is not None and user.active


def note_act(intake: Intake, user: str, action: UserAction, subject: str) -> None:
    """Write down who does on the pages what the next entries of this transaction say."""
    intake.say(UserActed(user=user, action=action, subject=subject[:_LONGEST_SUBJECT]))


def _say(intake: Intake, user: UserSet) -> UserSet:
    if not 0 < len(user.name.strip()) <= _LONGEST_NAME or not user.name.isprintable():
        raise OfficeError(
            "A user needs a name.",
            f"Give one of up to {_LONGEST_NAME} characters on one line.",
            "no_name",
            most=_LONGEST_NAME,
        )
    if not user.roles:
        raise OfficeError("A user needs a role.", f"Name one of: {', '.join(UserRole)}", "no_role")
    others = [other for other in users(intake.writing).values() if other.user != user.user]
    if any(map(_administers, others)) or _administers(user):
        intake.say(user)
        return user
    raise OfficeError(
        "Nobody would be left to administer.", "Make somebody else an administrator first.", "last_administrator"
    )


def _administers(user: UserSet) -> bool:
    return user.active and UserRole.ADMINISTRATOR in user.roles


def _hashed(password: str, user: str) -> str:
    try:
        check_password(password, user)
    except BadPassword as error:
        raise OfficeError(
            "The password cannot be taken.",
            _PASSWORD_RULES[error.reason],
            f"password_{error.reason}",
            shortest=SHORTEST_PASSWORD,
            longest=LONGEST_PASSWORD,
        ) from error
    return _hasher.hash(password)
