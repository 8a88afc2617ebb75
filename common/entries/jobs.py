"""Card jobs: started, then completed or voided. One machine for every purpose (design, section 4)."""

from enum import StrEnum

from msgspec import Struct

from common.card.image import CardImage, JobMark, ReturnData
from common.tariff.quote import Quote
from common.units import Count


class Purpose(StrEnum):
    """Why a card is written."""

    VEND = "vend"
    ISSUE = "issue"
    REPLACEMENT = "replacement"
    MAKEUP = "makeup"


class SettledBy(StrEnum):
    """What says that the card was written: the till that wrote it and read it back, or the card itself, seen later."""

    TILL = "till"
    CARD = "card"


class Started(Struct, frozen=True, kw_only=True, tag_field="type"):
    """A card is about to be written. On disk, signed, before the card is touched.

    Attributes:
        job: the job's id, made once; a vend id when the purpose is a vend.
        before: the purchase count that stood on the card before; null for a blank card. `image.count` is greater.
        before_mark: the job mark that stood there; 0 for a blank card, or where the layout has none. It says which job
            the card carried until now, when two tills have written the same count.
        image: what the card is to say.
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
    """An account gets its first card: issue number 1, no credit."""


class ReplacementStarted(Started, frozen=True, kw_only=True, tag="replacement.started"):
    """A new card supersedes every card of a lower issue number.

    Attributes:
        replaces: the serial of the card that this till held for the account's active one.
        known_count: the highest purchase count that this till knew of. A credit on an older card with a higher count
            was sold by somebody who did not know of the replacement, or of whom this till did not know: the counts say
            so, whatever the clocks said.
        reason: lost, damaged, ...
    """

    replaces: str
    known_count: Count
    reason: str


class MakeupStarted(Started, frozen=True, kw_only=True, tag="makeup.started"):
    """Credit that was paid for and never reached the meter is written again, for nothing.

    Attributes:
        for_job: the job whose credit is made up.
        decision: the key of the office's decision that it is owed; null when the evidence is on the card itself.
    """

    for_job: str
    decision: str | None


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


StartedJob = VendStarted | IssueStarted | ReplacementStarted | MakeupStarted
"""The start of a job of any purpose."""

CompletedJob = VendCompleted | IssueCompleted | ReplacementCompleted | MakeupCompleted
"""The good end of a job of any purpose."""

VoidedJob = VendVoided | IssueVoided | ReplacementVoided | MakeupVoided
"""The end of a job of any purpose that wrote nothing."""

_STARTED: dict[type[Started], Purpose] = {
    VendStarted: Purpose.VEND,
    IssueStarted: Purpose.ISSUE,
    ReplacementStarted: Purpose.REPLACEMENT,
    MakeupStarted: Purpose.MAKEUP,
}
_COMPLETED: dict[Purpose, type[CompletedJob]] = {
    Purpose.VEND: VendCompleted,
    Purpose.ISSUE: IssueCompleted,
    Purpose.REPLACEMENT: ReplacementCompleted,
    Purpose.MAKEUP: MakeupCompleted,
}
_VOIDED: dict[Purpose, type[VoidedJob]] = {
    Purpose.VEND: VendVoided,
    Purpose.ISSUE: IssueVoided,
    Purpose.REPLACEMENT: ReplacementVoided,
    Purpose.MAKEUP: MakeupVoided,
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
