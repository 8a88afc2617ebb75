"""What the central office writes: who may do what, prices, and what it decided."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from common.clerks import ClerkId, Role
from common.lease import Lease
from common.tariff.model import Tariff
from common.units import Count, CreditUnit

ModelName = Annotated[str, Meta(min_length=1, max_length=32)]


class UtilitySet(Struct, frozen=True, kw_only=True, tag_field="type", tag="utility.set"):
    """The utility: its name, currency (ISO 4217), minor digits, and the time zone (IANA) of its days and years."""

    name: str
    currency: str
    digits: Count
    zone: str


class TillEnrolled(Struct, frozen=True, kw_only=True, tag_field="type", tag="till.enrolled"):
    """A till may write a journal under this key.

    Attributes:
        epoch: the journal that this enrolment opens; a till enrolled again starts the next epoch.
        key: the till's Ed25519 public key, 64 hex digits.
        box: the till's X25519 public key, 64 hex digits: card keys are sealed to it (HPKE, RFC 9180).
    """

    till: str
    branch: str
    name: str
    epoch: Count
    key: str
    box: str


class TillRevoked(Struct, frozen=True, kw_only=True, tag_field="type", tag="till.revoked"):
    """A till may not sell any more, from its next contact on."""

    till: str
    reason: str


class LeaseGranted(Struct, frozen=True, kw_only=True, tag_field="type", tag="lease.granted"):
    """What a till may do while the office cannot be reached."""

    till: str
    lease: Lease


class TariffPublished(Struct, frozen=True, kw_only=True, tag_field="type", tag="tariff.published"):
    """A tariff version, for all tills, in force from the date and time that it names."""

    tariff: Tariff


class MeterModelSet(Struct, frozen=True, kw_only=True, tag_field="type", tag="meter_model.set"):
    """A kind of meter that the utility hangs on walls. The latest word about a model holds.

    Attributes:
        model: its name.
        unit: what it counts credit in.
        limit: the most credit that it takes at once, in the unit.
        chip, layout: the cards that it reads: `cpu` or `sle4442`, and the layout's name (common.card.layout).
    """

    model: ModelName
    unit: CreditUnit
    limit: Count
    chip: Literal["cpu", "sle4442"]
    layout: str


class NumbersAllotted(Struct, frozen=True, kw_only=True, tag_field="type", tag="numbers.allotted"):
    """A till may open accounts under these numbers, and no other till does: ten digits each, counted from the first."""

    till: str
    first: Count
    count: Count


class CardsAllotted(Struct, frozen=True, kw_only=True, tag_field="type", tag="cards.allotted"):
    """Blank cards given to a branch as stock."""

    branch: str
    serials: list[str]


class KeysSealed(Struct, frozen=True, kw_only=True, tag_field="type", tag="keys.sealed"):
    """The keys of some cards, sealed to one till.

    Attributes:
        sealed: base64 of the HPKE ciphertext (common.card.sealing).
    """

    till: str
    serials: list[str]
    sealed: str


class ClerkSet(Struct, frozen=True, kw_only=True, tag_field="type", tag="clerk.set"):
    """Somebody works in a branch, or does no more. The latest word about a clerk holds.

    Attributes:
        pin: the PIN's hash (argon2id, RFC 9106) in PHC string form.
        active: whether the clerk may sign in.
    """

    clerk: ClerkId
    name: str
    branch: str
    roles: list[Role]
    pin: str
    active: bool


class EntryCarried(Struct, frozen=True, kw_only=True, tag_field="type", tag="entry.carried"):
    """An entry that stands beside its writer's journal, carried in the office's: it is folded as if it stood here.

    A journal that was copied, or whose disk was restored, goes on under numbers that it used before. The office holds
    one branch as the journal; what is on another is no less true, and reaches books and tills this way.

    Attributes:
        account: what the entry is about, so that it goes where that goes; null when it is about none.
        line: its journal line, without the newline.
        fork: whether another entry of the journal has its number; then so may a receipt that it names.
    """

    account: str | None
    line: str
    fork: bool


class Decision(Struct, frozen=True, kw_only=True, tag_field="type"):
    """What a rule decided. Made once for each key.

    Attributes:
        key: the rule and its subject.
        rule: the rule's name (common.resolution).
    """

    key: str
    rule: str
    account: str


class MakeupOwed(Decision, frozen=True, kw_only=True, tag="makeup.owed"):
    """Energy paid for and stranded on a dead card is owed to whichever card is the account's active one.

    Attributes:
        for_job: the job that put it on the dead card.
        credit: in the unit.
        stranded_on: the dead card.
    """

    for_job: str
    credit: Count
    unit: CreditUnit
    stranded_on: str


class CardBlocked(Decision, frozen=True, kw_only=True, tag="card.blocked"):
    """A card that no till may write any more."""

    card: str


class CaseOpened(Decision, frozen=True, kw_only=True, tag="case.opened"):
    """A disagreement that a person must settle.

    Attributes:
        subject: the job or card it is about.
        credit: in question, in the unit.
    """

    subject: str
    credit: Count
    unit: CreditUnit


class DecisionWithdrawn(Struct, frozen=True, kw_only=True, tag_field="type", tag="decision.withdrawn"):
    """Later entries overturned a decision that nobody had acted on."""

    key: str
    account: str


RuleDecision = MakeupOwed | CardBlocked | CaseOpened
"""What a rule may decide."""
