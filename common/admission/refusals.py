"""Why a till refuses. Each is a type with the facts as attributes; the words for the clerk are made at the edge.

In every case nothing was written on the card and no money changed hands.
"""

from dataclasses import dataclass, fields
from datetime import datetime

from common.units import Credit


@dataclass(eq=False)
class Refused(Exception):
    """The till refuses, before anything is written or paid."""

    def __str__(self) -> str:
        facts = ", ".join(f"{f.name}={getattr(self, f.name)!s}" for f in fields(self))
        return f"{type(self).__name__}({facts})"


@dataclass(eq=False)
class AccountUnknown(Refused):
    """No entry that this till has opens the account."""

    account: str


@dataclass(eq=False)
class AccountIsFrozen(Refused):
    """The account is closed for good."""

    account: str
    at: datetime
    writer: str
    clerk: str
    reason: str


@dataclass(eq=False)
class AlreadyHasCard(Refused):
    """A first card is asked for an account that has one: a replacement is what is meant."""

    account: str
    card: str


@dataclass(eq=False)
class NoActiveCard(Refused):
    """The account has no card yet."""

    account: str


@dataclass(eq=False)
class CardIsBlank(Refused):
    """The card carries no image."""

    card: str


@dataclass(eq=False)
class CardNotBlank(Refused):
    """A card that is to be given out already carries an account's image."""

    card: str
    account: str


@dataclass(eq=False)
class CardNotOfAccount(Refused):
    """The card names an account that knows no such card."""

    card: str
    account: str


@dataclass(eq=False)
class CardIsSuperseded(Refused):
    """The card was replaced.

    Attributes:
        use: the card to use.
        writer: the till that replaced it.
    """

    card: str
    account: str
    use: str
    at: datetime
    writer: str
    clerk: str


@dataclass(eq=False)
class CardIsBlocked(Refused):
    """The office blocked the card. `use` is the one to use, if there is one."""

    card: str
    account: str
    use: str | None
    rule: str


@dataclass(eq=False)
class CountDoesNotFollow(Refused):
    """The purchase count on the card is not what the entries say: a copy, or sales that this till has not heard of."""

    card: str
    on_card: int
    expected: int


@dataclass(eq=False)
class CreditNotTaken(Refused):
    """The meter has not taken the card's last credit yet."""

    card: str
    count: int
    credit: Credit


@dataclass(eq=False)
class ClearNotDone(Refused):
    """The card asks the meter to give up its credit, and it has not been there yet."""

    card: str


@dataclass(eq=False)
class CardWasReturned(Refused):
    """By the entries the card came back and was wiped; what is in the reader is a copy, or was not wiped."""

    card: str
    account: str


@dataclass(eq=False)
class MakeupIsOwed(Refused):
    """A make-up is to be written before anything is sold."""

    account: str
    credit: Credit


@dataclass(eq=False)
class NothingOwed(Refused):
    """A make-up was asked for and none is owed."""

    account: str


@dataclass(eq=False)
class MeterFirst(Refused):
    """Nobody can know the meter's count until this card has been in it."""

    card: str


@dataclass(eq=False)
class MeterIsAnother(Refused):
    """The card, or the return data on it, names another meter than the account's."""

    card: str
    found: str
    expected: str


@dataclass(eq=False)
class ReturnDataTorn(Refused):
    """The card was pulled out of the meter too early; another insertion repairs it."""

    card: str


@dataclass(eq=False)
class AboveMeterLimit(Refused):
    """More credit than the meter takes at once."""

    credit: Credit
    limit: Credit


@dataclass(eq=False)
class AmountNotSold(Refused):
    """An amount that cannot be sold: zero, negative, or too small for one watt-hour."""

    reason: str


@dataclass(eq=False)
class NothingToReverse(Refused):
    """No vend, and no order to clear, stands on the card that its meter has not taken."""

    card: str


@dataclass(eq=False)
class MeterNotGivenUp(Refused):
    """Nobody knows what credit is left in the meter: it has neither given it up by card nor been read for good."""

    meter: str


@dataclass(eq=False)
class MeterGone(Refused):
    """The meter was read for good already."""

    meter: str


@dataclass(eq=False)
class ReadingBehind(Refused):
    """What was read is below what the meter itself has said (count, credit used): meters only count up."""

    meter: str
    count: int
    credit: Credit


@dataclass(eq=False)
class NothingToRefund(Refused):
    """Meters have given up only so much that is neither moved nor refunded."""

    account: str
    credit: Credit


@dataclass(eq=False)
class JobInDoubt(Refused):
    """A card job of the account is in doubt: only its card can settle it."""

    account: str
    card: str


@dataclass(eq=False)
class CardStillOut(Refused):
    """The account's card has not come back."""

    account: str
    card: str


@dataclass(eq=False)
class CreditStillThere(Refused):
    """Credit of the account is still on a card, owed, or given up and not refunded."""

    account: str
    credit: Credit


@dataclass(eq=False)
class MakeupNotProved(Refused):
    """Nothing proves that the meter lacks the credit: a supervisor must stand by the make-up."""

    account: str
    credit: Credit


@dataclass(eq=False)
class CreditOfAnotherUnit(Refused):
    """Credit that the new meter cannot take, because it counts in another unit: it is to be refunded first."""

    account: str
    credit: Credit
