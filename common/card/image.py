"""The two sides of a card: what tills write (the image) and what the meter writes back (return data)."""

import hashlib
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from common.units import CreditUnit

Serial = Annotated[str, Meta(pattern=r"^[0-9]{16}\Z")]
Identifier = Annotated[str, Meta(pattern=r"^[0-9A-Z-]{1,12}\Z")]
Issue = Annotated[int, Meta(ge=1, le=65_535)]
PurchaseCount = Annotated[int, Meta(ge=0, le=2**32 - 1)]
JobMark = Annotated[int, Meta(ge=0, le=2**32 - 1)]
CardCredit = Annotated[int, Meta(ge=0, le=2**32 - 1)]
MeterCredit = Annotated[int, Meta(ge=0, le=2**48 - 1)]


class CardKind(StrEnum):
    """What a card asks of the meter."""

    CREDIT = "credit"
    """Load the credit; without any, take note of the card."""
    CLEAR = "clear"
    """Give up all credit that is left, and say how much it was. It takes a purchase count like a credit."""


class CardImage(Struct, frozen=True, kw_only=True):
    """The credit side of a card, written by tills.

    Attributes:
        serial: the card's own number, 16 decimal digits.
        account: whose card it is.
        meter: number of the only meter that may take the credit.
        issue: issue number; 1 for the first card of an account, +1 with each replacement.
        count: purchase count; the meter loads the credit when this is its own count + 1.
        credit: how much, in the unit.
        unit: what the meter counts credit in.
        job_mark: which job wrote it (`job_mark`): two tills, each alone, may write the same count. 0: not said.
        kind: what is asked of the meter.
    """

    serial: Serial
    account: Identifier
    meter: Identifier
    issue: Issue
    count: PurchaseCount
    credit: CardCredit
    unit: CreditUnit = CreditUnit.ENERGY
    job_mark: JobMark = 0
    kind: CardKind = CardKind.CREDIT


def job_mark(job: str) -> int:
    """The mark of a job on the cards that it writes: the first 32 bits of its id's SHA-256, never 0."""
    return int.from_bytes(hashlib.sha256(job.encode()).digest()[:4]) or 1


class ReturnStatus(StrEnum):
    """What the meter did with the card. A card that it refuses for its issue or meter number is left unwritten."""

    LOADED = "loaded"
    """Credit with this card count was taken, now or at an earlier insertion."""
    NOTHING = "nothing"
    """The card was accepted and carried no credit."""
    CLEARED = "cleared"
    """The meter gave up its credit for this card count, now or at an earlier insertion: `remaining` is what it was."""
    REFUSED_COUNT = "refused_count"
    """The purchase count did not follow the meter's own; nothing was loaded."""


class ReturnData(Struct, frozen=True, kw_only=True, gc=False):
    """What the meter wrote back on the card.

    Attributes:
        meter: number of the meter that wrote.
        issue: issue number that the meter obeys.
        count: the meter's own purchase count.
        remaining: credit left in the meter, in its unit; what it gave up, when the status is CLEARED.
        use: credit ever used, in its unit.
        status: what the meter did with the card.
        card_count: the purchase count that stood on the card when the meter wrote.
    """

    meter: Identifier
    issue: Issue
    count: PurchaseCount
    remaining: MeterCredit
    use: MeterCredit
    status: ReturnStatus
    card_count: PurchaseCount


class CardContents(Struct, frozen=True, kw_only=True):
    """All that one reading of a card says.

    Attributes:
        serial: the card's own number.
        image: the current image; None on a blank card.
        returned: what the meter wrote; None when it has written nothing, or was interrupted.
        torn: a slot with a broken MAC stands beside the current one: a write was interrupted, its image does not count.
        digest: 16 hex digits, start of the SHA-256 of the current slot's bytes before its MAC; "" on a blank card.
        return_torn: the return data has a broken MAC: the meter was interrupted. Inserting the card again repairs it.
    """

    serial: Serial
    image: CardImage | None
    returned: ReturnData | None
    torn: bool
    digest: str
    return_torn: bool = False


def credit_taken(contents: CardContents) -> bool:
    """Whether the meter says that it took the credit of the image now on the card."""
    image, returned = contents.image, contents.returned
    if image is None or returned is None:
        return False
    done = returned.status in (ReturnStatus.LOADED, ReturnStatus.CLEARED)
    return done and returned.card_count == image.count
