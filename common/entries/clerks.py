"""What a till writes about the people at it: who signed in, who approved, and whom it refused."""

from typing import Annotated

from msgspec import Meta, Struct

from common.clerks import Action, ClerkId, RefusedBecause

Credential = Annotated[str, Meta(pattern=r"^[0-9a-f]{16}\Z")]


class ClerkSignedIn(Struct, frozen=True, kw_only=True, tag_field="type", tag="clerk.signed_in"):
    """A clerk gave the right PIN and is at the till.

    Attributes:
        credential: which PIN (common.clerks.credential_of).
    """

    clerk: ClerkId
    credential: Credential


class ClerkSignedOut(Struct, frozen=True, kw_only=True, tag_field="type", tag="clerk.signed_out"):
    """A clerk is not at the till any more.

    Attributes:
        idle: the till locked itself because nobody used it.
    """

    clerk: ClerkId
    idle: bool


class ClerkRefused(Struct, frozen=True, kw_only=True, tag_field="type", tag="clerk.refused"):
    """Somebody was not let in, or not let do what was asked.

    Attributes:
        clerk: the name that was given, which may be nobody's.
        credential: the PIN that was not matched; null when none was tried.
    """

    clerk: ClerkId
    action: Action
    because: RefusedBecause
    credential: Credential | None


class ClerkApproved(Struct, frozen=True, kw_only=True, tag_field="type", tag="clerk.approved"):
    """A supervisor stood by what another asked to do, with the own PIN.

    Attributes:
        clerk: the supervisor.
        asked_by: the clerk at the till.
    """

    clerk: ClerkId
    credential: Credential
    action: Action
    asked_by: ClerkId
    reason: str


class ClerkUnlocked(Struct, frozen=True, kw_only=True, tag_field="type", tag="clerk.unlocked"):
    """A clerk's PIN, locked after too many wrong tries, may be tried again.

    Attributes:
        by: the supervisor who said so.
    """

    clerk: ClerkId
    credential: Credential
    by: ClerkId


class ClerkPinChanged(Struct, frozen=True, kw_only=True, tag_field="type", tag="clerk.pin_changed"):
    """A clerk chose another PIN at a till, having given the one before.

    Attributes:
        credential: the PIN before, which this one takes the place of.
        pin: the new one's hash (argon2id, RFC 9106) in PHC string form.
    """

    clerk: ClerkId
    credential: Credential
    pin: str
