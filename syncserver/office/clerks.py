"""Clerks as the office knows them: add, change, a new PIN, retire."""

import msgspec
from argon2 import PasswordHasher

from common.clerks import LONGEST_PIN, SHORTEST_PIN, BadPin, ClerkId, Role, check_pin
from common.entries import ClerkSet
from syncserver.ingest.intake import Intake
from syncserver.office.errors import OfficeError
from syncserver.office.grants import check_branch
from syncserver.store import Reading

_LONGEST_NAME = 200
_PIN_RULES = {
    "digits": "A PIN is digits only.",
    "length": f"A PIN has {SHORTEST_PIN} to {LONGEST_PIN} digits.",
    "easy": "Digits that are all the same, or count up or down, are tried first.",
}
_hasher = PasswordHasher()


def clerks(reading: Reading) -> dict[str, ClerkSet]:
    """The latest word about every clerk, by name."""
    said = (found.signed.entry.body for found in reading.supplies(["clerk.set"]))
    return {body.clerk: body for body in said if isinstance(body, ClerkSet)}


def add_clerk(intake: Intake, clerk: str, *, name: str, branch: str, roles: list[Role], pin: str) -> ClerkSet:
    """Let somebody work at a branch's tills.

    Raises:
        OfficeError: the name is taken or none, the branch cannot be one, or the PIN is too easy.
    """
    try:
        msgspec.convert(clerk, ClerkId)
    except msgspec.ValidationError as error:
        advice = "Use up to 32 lower-case letters, digits, dots and dashes."
        raise OfficeError(f"{clerk!r} cannot be a clerk's name.", advice, "bad_clerk", clerk=clerk) from error
    if clerk in clerks(intake.writing):
        raise OfficeError(
            f"There is a clerk {clerk} already.", "Change it: syncserver clerk change", "clerk_taken", clerk=clerk
        )
    made = ClerkSet(clerk=clerk, name=name, branch=branch, roles=roles, pin=_hashed(pin), active=True)
    return _say(intake, made)


def change_clerk(
    intake: Intake, clerk: str, *, name: str | None, branch: str | None, roles: list[Role] | None
) -> ClerkSet:
    """Change a clerk's name, branch or roles; what is None stays. A retired clerk works again.

    Raises:
        OfficeError: there is no such clerk, or a value cannot be.
    """
    before = _known(intake.writing, clerk)
    after = msgspec.structs.replace(
        before,
        name=before.name if name is None else name,
        branch=before.branch if branch is None else branch,
        roles=before.roles if roles is None else roles,
        active=True,
    )
    if after.branch != before.branch:
        # The tills of the old branch hear nothing of the new one.
        check_branch(after.branch)
        intake.say(msgspec.structs.replace(before, active=False))
    return _say(intake, after)


def set_pin(intake: Intake, clerk: str, pin: str) -> ClerkSet:
    """Give a clerk a new PIN; it is not locked anywhere.

    Raises:
        OfficeError: there is no such clerk, or the PIN is too easy.
    """
    return _say(intake, msgspec.structs.replace(_known(intake.writing, clerk), pin=_hashed(pin)))


def retire_clerk(intake: Intake, clerk: str) -> ClerkSet:
    """Let a clerk work no more, from each till's next contact on.

    Raises:
        OfficeError: there is no such clerk.
    """
    return _say(intake, msgspec.structs.replace(_known(intake.writing, clerk), active=False))


def _known(reading: Reading, clerk: str) -> ClerkSet:
    found = clerks(reading).get(clerk)
    if found is None:
        raise OfficeError(f"There is no clerk {clerk}.", "See: syncserver clerk list", "no_clerk", clerk=clerk)
    return found


def _say(intake: Intake, clerk: ClerkSet) -> ClerkSet:
    check_branch(clerk.branch)
    if not 0 < len(clerk.name.strip()) <= _LONGEST_NAME or not clerk.name.isprintable():
        raise OfficeError(
            "A clerk needs a name.",
            f"Give one of up to {_LONGEST_NAME} characters on one line.",
            "no_name",
            most=_LONGEST_NAME,
        )
    if not clerk.roles:
        raise OfficeError("A clerk needs a role.", f"Name one of: {', '.join(Role)}", "no_role")
    intake.say(clerk)
    return clerk


def _hashed(pin: str) -> str:
    try:
        check_pin(pin)
    except BadPin as error:
        raise OfficeError(
            "The PIN cannot be taken.",
            _PIN_RULES[error.reason],
            f"pin_{error.reason}",
            shortest=SHORTEST_PIN,
            longest=LONGEST_PIN,
        ) from error
    return _hasher.hash(pin)
