"""Card jobs: started, then completed or voided. One machine for every purpose (design, section 4)."""

from enum import StrEnum

from msgspec import Struct

from common.card.image import CardImage, Identifier, JobMark, ReturnData
from common.clerks import Approval
from common.tariff.quote import Quote
from common.units import Count


class Purpose(StrEnum):
    """Why a card is written."""

    VEND = "vend"
    ISSUE = "issue"
    REPLACEMENT = "replacement"
    MAKEUP = "makeup"
    REVERSAL = "reversal"
    CLEAR = "clear"
    TRANSFER = "transfer"
    WIPE = "wipe"


class SettledBy(StrEnum):
    """What says that the card was written: the till that wrote it and read it back, or the card itself, seen later."""

    TILL = "till"
    CARD = "card"


class Started(Struct, frozen=True, kw_only=True, tag_field="type"):
    """A card is about to be written. On disk, signed, before the card is touched.

    Attributes:
        job: the job's id, made once; a vend id when the purpose is a vend.
        before: the purchase count that stood on the card before; null for a blank card.
        before_mark: the job mark that stood there; 0 for a blank card, or where the layout has none. It says which job
            the card carried until now, when two tills have written the same count.
        image: what the card is to say; for a wipe, what is wiped off it.
        seen: the meter's return data found on the card, if any: the evidence that the job was judged by.
        clerk: who did it.
    """

    job: str
    account: str
    before: Count | None
    before_mark: JobMark = 0
    image: CardImage
    seen: ReturnData | None
    clerk: str


class VendStarted(Started, frozen=True, kw_only=True, tag="vend.started"):
    """Credit is sold. `quote.job` is `job`; `payment` names the way of paying (cash, card, transfer)."""

    quote: Quote
    payment: str


class IssueStarted(Started, frozen=True, kw_only=True, tag="issue.started"):
    """An account gets a card and has none in use: no credit.

    Attributes:
        fee: money taken for the card, minor units.
        payment: the way of paying it; "" without a fee.
    """

    fee: Count = 0
    payment: str = ""


class ReplacementStarted(Started, frozen=True, kw_only=True, tag="replacement.started"):
    """A new card supersedes every card of a lower issue number.

    Attributes:
        replaces: the serial of the card that this till held for the account's active one.
        known_count: the highest purchase count that this till knew of. A credit on an older card with a higher count
            was sold by somebody who did not know of the replacement, or of whom this till did not know: the counts say
            so, whatever the clocks said.
        reason: lost, damaged, ...
        fee: money taken for the card, minor units.
        payment: the way of paying it; "" without a fee.
    """

    replaces: str
    known_count: Count
    reason: str
    fee: Count = 0
    payment: str = ""


class MakeupStarted(Started, frozen=True, kw_only=True, tag="makeup.started"):
    """Credit that was paid for and never reached the meter is written again, for nothing.

    Attributes:
        for_job: the job whose credit is made up.
        decision: the key of the office's decision that it is owed; null when return data proves it, or nothing does.
        approval: the supervisor who stood by it where nothing proves it; null where something does.
    """

    for_job: str
    decision: str | None
    approval: Approval | None = None


class ReversalStarted(Started, frozen=True, kw_only=True, tag="reversal.started"):
    """A job whose credit, or order to clear, is still on the card is undone: the card says what it said before it.

    Attributes:
        for_job: the job that is undone.
        money: given back to the customer, minor units: all that the vend took.
    """

    for_job: str
    money: Count
    approval: Approval


class ClearStarted(Started, frozen=True, kw_only=True, tag="clear.started"):
    """The card is to tell the meter to give up its credit. It takes a purchase count, as a credit does."""


class TransferStarted(Started, frozen=True, kw_only=True, tag="transfer.started"):
    """The meter on the wall was changed: the card follows, with what the old one gave up.

    Attributes:
        from_meter: the old meter's number; `image.meter` is the new one's.
        model: the new one's model (MeterModelSet); "" where it is not said.
        limit: the most credit that it takes at once.
    """

    from_meter: Identifier
    model: str = ""
    limit: Count


class WipeStarted(Started, frozen=True, kw_only=True, tag="wipe.started"):
    """A card that came back is made blank for the stock."""


class Completed(Struct, frozen=True, kw_only=True, tag_field="type"):
    """The card says what the job was to write.

    Attributes:
        receipt: the number of the one original receipt; null for a job without money.
    """

    job: str
    account: str
    receipt: str | None
    by: SettledBy


class VendCompleted(Completed, frozen=True, kw_only=True, tag="vend.completed"):
    """The credit is on the card and the money is in the drawer."""


class IssueCompleted(Completed, frozen=True, kw_only=True, tag="issue.completed"):
    """The first card is in use."""


class ReplacementCompleted(Completed, frozen=True, kw_only=True, tag="replacement.completed"):
    """The new card is in use."""


class MakeupCompleted(Completed, frozen=True, kw_only=True, tag="makeup.completed"):
    """The make-up credit is on the card."""


class ReversalCompleted(Completed, frozen=True, kw_only=True, tag="reversal.completed"):
    """The card says what it said before; the money was given back."""


class ClearCompleted(Completed, frozen=True, kw_only=True, tag="clear.completed"):
    """The card asks the meter to give up its credit."""


class TransferCompleted(Completed, frozen=True, kw_only=True, tag="transfer.completed"):
    """The card is the new meter's, with the credit."""


class WipeCompleted(Completed, frozen=True, kw_only=True, tag="wipe.completed"):
    """The card is blank and in stock."""


class Voided(Struct, frozen=True, kw_only=True, tag_field="type"):
    """The card was not written: no credit, no money, no receipt.

    Attributes:
        reason: the error's name, in the code's words.
    """

    job: str
    account: str
    reason: str
    by: SettledBy


class VendVoided(Voided, frozen=True, kw_only=True, tag="vend.voided"):
    """Nothing was sold."""


class IssueVoided(Voided, frozen=True, kw_only=True, tag="issue.voided"):
    """The card is still blank."""


class ReplacementVoided(Voided, frozen=True, kw_only=True, tag="replacement.voided"):
    """The old card is still the account's card."""


class MakeupVoided(Voided, frozen=True, kw_only=True, tag="makeup.voided"):
    """The make-up is still owed."""


class ReversalVoided(Voided, frozen=True, kw_only=True, tag="reversal.voided"):
    """The credit is still on the card and sold."""


class ClearVoided(Voided, frozen=True, kw_only=True, tag="clear.voided"):
    """The card is as it was."""


class TransferVoided(Voided, frozen=True, kw_only=True, tag="transfer.voided"):
    """The card is still the old meter's."""


class WipeVoided(Voided, frozen=True, kw_only=True, tag="wipe.voided"):
    """The card is as it was."""


StartedJob = (
    VendStarted
    | IssueStarted
    | ReplacementStarted
    | MakeupStarted
    | ReversalStarted
    | ClearStarted
    | TransferStarted
    | WipeStarted
)
"""The start of a job of any purpose."""

CompletedJob = (
    VendCompleted
    | IssueCompleted
    | ReplacementCompleted
    | MakeupCompleted
    | ReversalCompleted
    | ClearCompleted
    | TransferCompleted
    | WipeCompleted
)
"""The good end of a job of any purpose."""

VoidedJob = (
    VendVoided
    | IssueVoided
    | ReplacementVoided
    | MakeupVoided
    | ReversalVoided
    | ClearVoided
    | TransferVoided
    | WipeVoided
)
"""The end of a job of any purpose that wrote nothing."""

_STARTED: dict[type[Started], Purpose] = {
    VendStarted: Purpose.VEND,
    IssueStarted: Purpose.ISSUE,
    ReplacementStarted: Purpose.REPLACEMENT,
    MakeupStarted: Purpose.MAKEUP,
    ReversalStarted: Purpose.REVERSAL,
    ClearStarted: Purpose.CLEAR,
    TransferStarted: Purpose.TRANSFER,
    WipeStarted: Purpose.WIPE,
}
_COMPLETED: dict[Purpose, type[CompletedJob]] = {
    Purpose.VEND: VendCompleted,
    Purpose.ISSUE: IssueCompleted,
    Purpose.REPLACEMENT: ReplacementCompleted,
    Purpose.MAKEUP: MakeupCompleted,
    Purpose.REVERSAL: ReversalCompleted,
    Purpose.CLEAR: ClearCompleted,
    Purpose.TRANSFER: TransferCompleted,
    Purpose.WIPE: WipeCompleted,
}
_VOIDED: dict[Purpose, type[VoidedJob]] = {
    Purpose.VEND: VendVoided,
    Purpose.ISSUE: IssueVoided,
    Purpose.REPLACEMENT: ReplacementVoided,
    Purpose.MAKEUP: MakeupVoided,
    Purpose.REVERSAL: ReversalVoided,
    Purpose.CLEAR: ClearVoided,
    Purpose.TRANSFER: TransferVoided,
    Purpose.WIPE: WipeVoided,
}


def purpose_of(started: Started) -> Purpose:
    """Why this job writes a card."""
    return _STARTED[type(started)]


def completed_as(purpose: Purpose) -> type[CompletedJob]:
    """The entry that completes a job of this purpose."""
    return _COMPLETED[purpose]


def voided_as(purpose: Purpose) -> type[VoidedJob]:
    """The entry that voids a job of this purpose."""
    return _VOIDED[purpose]


def money_of(started: Started) -> int:
    """Minor units that the job takes; of a reversal, that it gives back."""
    match started:
        case VendStarted():
            return started.quote.amount
        case IssueStarted() | ReplacementStarted():
            return started.fee
        case ReversalStarted():
            return started.money
        case _:
            return 0
