"""What an import journal says: what came from the system that the utility had before.

An import journal is enrolled by the office for one import and one branch, and is never written to again. Besides these
bodies it has `account.opened`, `arrears.entered` and `account.frozen`, which mean what they mean in a till's.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from common.card.image import Identifier, MeterCredit, PurchaseCount
from common.units import Count, CreditUnit, Int53

PREFIX = "import-"
"""What the name of every import journal's writer begins with, and no till's does."""

Day = Annotated[str, Meta(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?\Z")]
OldText = Annotated[str, Meta(max_length=32)]
Year = Annotated[int, Meta(ge=1970, le=9999)]


class ImportedCard(Struct, frozen=True, kw_only=True):
    """A card that the old system gave out.

    Attributes:
        serial: its number there; digits are filled up with zeros on the left to the 16 that a card's serial has.
        issue: its issue number.
    """

    serial: OldText
    issue: Annotated[int, Meta(ge=1, le=65_534)]


class ImportedPurchase(Struct, frozen=True, array_like=True, gc=False):
    """A purchase in the old system's books, or what put one right there: then credit and amount are below zero.

    Attributes:
        at: when, UTC.
        count: its purchase count; 0 where the old system kept none.
        credit: in the meter's unit.
        amount: minor units.
        year: the tariff year that it counts in.
        clerk, payment, tariff_class: as reports name them.
        receipt: its number there; "": none.
    """

    at: Annotated[datetime, Meta(tz=True)]
    count: PurchaseCount
    credit: Int53
    amount: Int53
    year: Year
    clerk: OldText
    payment: OldText
    tariff_class: Annotated[str, Meta(max_length=64)]
    receipt: OldText


class AccountImported(Struct, frozen=True, kw_only=True, tag_field="type", tag="account.imported"):
    """How an account stood in the old system when it was taken over. `account.opened` stands before it.

    Attributes:
        source: the import's name.
        number: the account's number in the old system.
        since: the day on which it was opened there, ISO 8601; "": not known.
        meter: the meter on its wall, which counts in `unit`.
        count: the highest purchase count that the old system sold for that meter.
        taken: the highest that the meter is held to have reached.
        through: credit that the meter had taken ever by then, by its own word (left and used); null: not known.
        issue: the highest issue number that the meter may know; 0: none.
        cards: those that are known, the one in use with the highest issue number.
        waiting: the purchase of `count`, where the meter is not known to have taken it.
        waiting_number: its number among the account's purchases; 0 without one.
    """

    account: str
    source: str
    number: OldText
    since: Day
    meter: Identifier
    unit: CreditUnit
    count: PurchaseCount
    taken: PurchaseCount
    through: MeterCredit | None
    issue: Annotated[int, Meta(ge=0, le=65_534)]
    cards: list[ImportedCard]
    waiting: ImportedPurchase | None
    waiting_number: Count


class PurchasesImported(Struct, frozen=True, kw_only=True, tag_field="type", tag="purchases.imported"):
    """Purchases of one meter of an account, settled in the old system: they count, and no rule asks about them again.

    Attributes:
        first: the number of the first among all of the account's purchases there, from 1; the others follow it.
    """

    account: str
    meter: Identifier
    unit: CreditUnit
    first: Annotated[int, Meta(ge=1, le=2**53 - 1)]
    purchases: list[ImportedPurchase]


def is_import(writer: str) -> bool:
    """Whether a writer's journals hold what came from an old system."""
    return writer.startswith(PREFIX)


def purchase_id(writer: str, account: str, number: int) -> str:
    """The id of an account's imported purchase of this number."""
    return f"{writer}/{account}/{number}"
