"""What the central office writes: who may do what, prices, and what it decided."""

from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta, Struct

from common.clerks import ClerkId, Role
from common.lease import Lease
from common.tariff.model import Tariff
from common.units import Count, CreditUnit, Int53
from common.users import UserAction, UserId, UserRole

ModelName = Annotated[str, Meta(min_length=1, max_length=32)]


class UtilitySet(Struct, frozen=True, kw_only=True, tag_field="type", tag="utility.set"):
    """The utility: its name, currency (ISO 4217), minor digits, and the time zone (IANA) of its days and years.

    Attributes:
        box: the X25519 public key, 64 hex digits, that bundles for the office are sealed to; "": none yet.
        next_pin: SHA-256 of the certificate (DER) that the office's server is going to show, 64 hex digits: a till
            trusts it beside the one that it knows, and alone once it has seen it; "": none.
    """

    name: str
    currency: str
    digits: Count
    zone: str
    box: Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?\Z")] = ""
    next_pin: Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?\Z")] = ""


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
    """A till may not sell any more, from its next contact on, until it is enrolled again by a later entry."""

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


class UserSet(Struct, frozen=True, kw_only=True, tag_field="type", tag="user.set"):
    """Somebody may use the office's pages, or may no more. The latest word about a user holds; no till hears of it.

    Attributes:
        password: its hash (argon2id, RFC 9106) in PHC string form.
        active: whether the user may sign in.
    """

    user: UserId
    name: str
    roles: list[UserRole]
    password: str
    active: bool


class UserActed(Struct, frozen=True, kw_only=True, tag_field="type", tag="user.acted"):
    """Who did on the office's pages what the next entries say. No till hears of it.

    Attributes:
        subject: whom or what it was done to.
    """

    user: UserId
    action: UserAction
    subject: str


class AlertsSet(Struct, frozen=True, kw_only=True, tag_field="type", tag="alerts.set"):
    """When the office's people want to be told. The latest word holds; 0: never. No till hears of it.

    Attributes:
        silent_hours: a till in use has not been in touch for so long.
        lease_hours: so little is left of a till's lease.
        case_days: a case has waited for a person for so long.
    """

    silent_hours: Count
    lease_hours: Count
    case_days: Count


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


class ArrearsOwed(Decision, frozen=True, kw_only=True, tag="arrears.owed"):
    """The account owes money that is recovered from its next purchase: its key is the id of the arrears.

    Attributes:
        for_job: what it is for.
        name: what it is for, as receipts say it.
        amount: minor units.
    """

    for_job: str
    name: str
    amount: Count


class RefundOwed(Decision, frozen=True, kw_only=True, tag="refund.owed"):
    """A vend's money is to be given back. Any till may do it once the card that carries the credit is handed in: the
    credit is undone on the card, so that nobody is paid twice and no meter takes it.

    Attributes:
        for_job: the vend.
        amount: minor units.
    """

    for_job: str
    amount: Count


class About(StrEnum):
    """What a case is about."""

    JOB = "job"
    CARD = "card"
    METER = "meter"
    DECISION = "decision"


class Option(StrEnum):
    """What a person may decide. Each means the same whatever the case."""

    NOTE = "note"
    """Taken note of: nothing changes."""
    RECOVER = "recover"
    """The account owes the money: it is recovered from what it buys."""
    FORGIVE = "forgive"
    """The account owes nothing for it."""
    REFUND = "refund"
    """The money is given back at a till, once."""
    BRANCH_PAYS = "branch_pays"
    """The branch that did it makes the loss good; the account owes nothing."""
    UNBLOCK = "unblock"
    """The card may be used again."""
    KEEP_BLOCKED = "keep_blocked"
    """The card stays blocked; the account gets another."""


class CaseOpened(Decision, frozen=True, kw_only=True, tag="case.opened"):
    """A disagreement that a person must settle, or that the rules settled and report.

    Attributes:
        about: what the subject is.
        subject: the job, card, meter or decision it is about.
        credit: in question, in the unit.
        amount: minor units in question; negative: the account paid too much.
        writer, clerk, receipt: who did it, and the receipt that was given; "" and null where nobody in particular did.
        options: what a person may decide; none: it is only reported.
    """

    about: About = About.JOB
    subject: str
    credit: Count
    unit: CreditUnit = CreditUnit.ENERGY
    amount: Int53 = 0
    writer: str = ""
    clerk: str = ""
    receipt: str | None = None
    options: list[Option] = []


class CaseDecided(Struct, frozen=True, kw_only=True, tag_field="type", tag="case.decided"):
    """A person decided a case. It holds whatever entries come later; of two decisions about one case the first does.

    Attributes:
        case: the key of the case.
        subject: what the case was about.
        amount: minor units that are recovered or refunded; 0 for other options.
        by: who decided.
    """

    case: str
    account: str
    option: Option
    subject: str
    amount: Count
    by: str
    reason: str


class DecisionWithdrawn(Struct, frozen=True, kw_only=True, tag_field="type", tag="decision.withdrawn"):
    """Later entries overturned a decision. Where somebody had acted on it, a case says so."""

    key: str
    account: str


RuleDecision = MakeupOwed | CardBlocked | ArrearsOwed | RefundOwed | CaseOpened
"""What a rule may decide."""
