"""Why a till refuses for reasons of its own, and how a card job can fail after it started."""

from dataclasses import dataclass
from datetime import datetime

from common.admission.refusals import Refused


@dataclass(eq=False)
class NotEnrolled(Refused):
    """The data folder belongs to no till yet."""

    folder: str


@dataclass(eq=False)
class TillIsRevoked(Refused):
    """The office has taken this till out of use."""

    till: str
    reason: str


@dataclass(eq=False)
class TillIsForked(Refused):
    """This till's disk was restored to an older image, or copied: it sells nothing until it is enrolled again."""

    till: str
    seq: int


@dataclass(eq=False)
class TillIsRestored(Refused):
    """This till was restored from a backup, or enrolled again on another disk: before it sells, the office or the
    mirror must say what it has sold."""

    till: str


@dataclass(eq=False)
class NobodySignedIn(Refused):
    """Nobody is at the till, or nobody has used it for so long that it locked itself."""

    till: str


@dataclass(eq=False)
class NoSuchClerk(Refused):
    """Nobody of that name may work in this branch, or does any more."""

    clerk: str


@dataclass(eq=False)
class WrongPin(Refused):
    """The PIN is not the clerk's.

    Attributes:
        left: tries left before it locks.
    """

    clerk: str
    left: int


@dataclass(eq=False)
class PinLocked(Refused):
    """Too many wrong tries: the PIN is not looked at any more."""

    clerk: str


@dataclass(eq=False)
class NotAllowed(Refused):
    """None of the clerk's roles may do this."""

    clerk: str
    action: str


@dataclass(eq=False)
class NoCardKey(Refused):
    """The card is not one of this branch's: the till has no key for it."""

    card: str


@dataclass(eq=False)
class NotInStock(Refused):
    """A card to be given out is not in this branch's stock."""

    card: str


@dataclass(eq=False)
class LeaseOver(Refused):
    """The till has sold unseen for as long, or as much, as the office allows."""

    until: datetime | None
    money_left: int


@dataclass(eq=False)
class NoTariffYet(Refused):
    """No tariff is in force at this till."""

    at: datetime


@dataclass(eq=False)
class ClassNotSold(Refused):
    """The tariff in force has no price for the account's class."""

    tariff_class: str
    tariff: str


@dataclass(eq=False)
class ClockSetBack(Refused):
    """The till's clock stands before a time that the office has told it: no price and no lease can be read by it."""

    now: datetime
    office: datetime


@dataclass(eq=False)
class QuoteExpired(Refused):
    """The quote is too old to be sold."""

    job: str


@dataclass(eq=False)
class AlreadySold(Refused):
    """The same vend id again: it was sold, voided or is in doubt, and is never sold twice.

    Attributes:
        state: `written`, `voided` or `doubt`.
    """

    job: str
    state: str
    receipt: str | None


@dataclass(eq=False)
class AccountExists(Refused):
    """An account with this number is open already."""

    account: str


@dataclass(eq=False)
class ReadingMissing(Refused):
    """The old meter has not given up its credit by card, and nobody has read it."""

    meter: str


@dataclass(eq=False)
class CardOfAnotherModel(Refused):
    """A blank card with another chip or layout than the account's meter reads."""

    card: str
    chip: str
    model: str
    wanted: str


@dataclass(eq=False)
class EnergyNotSold(Refused):
    """Energy was asked for, and the account's meter counts money: it has the prices itself."""

    account: str
    meter: str


@dataclass(eq=False)
class NoSuchModel(Refused):
    """The office has set no meter model of this name."""

    model: str
    known: str


@dataclass(eq=False)
class MeterInUse(Refused):
    """The meter is another account's."""

    meter: str
    account: str


@dataclass(eq=False)
class NoNumberLeft(Refused):
    """Every account number of this till's own blocks is used."""

    till: str


@dataclass(eq=False)
class BadField(Refused):
    """Something typed in cannot be taken.

    Attributes:
        field: which.
        reason: what is wrong with it: a name that till/messages has words for.
        about: what those words name besides, such as how many letters there may be.
        why: what the system says about it, in its own words.
    """

    field: str
    reason: str
    about: str = ""
    why: str = ""


@dataclass(eq=False)
class NoShiftOpen(Refused):
    """No shift is open at this till."""

    till: str


@dataclass(eq=False)
class ShiftIsOpen(Refused):
    """A shift is open at this till already."""

    clerk: str
    at: datetime


@dataclass(eq=False)
class DifferenceNotExplained(Refused):
    """The drawer does not hold what it should, and nobody has said why.

    Attributes:
        off: counted less expected, minor units.
    """

    off: int


@dataclass(eq=False)
class DifferenceNotApproved(Refused):
    """The drawer is off by more than a clerk may close a shift with alone.

    Attributes:
        off: counted less expected, minor units.
        alone: the largest difference that needs no supervisor, minor units.
    """

    off: int
    alone: int


@dataclass(eq=False)
class NothingWritten(Exception):
    """The job started, the card was not changed, the job is void: no credit, no money.

    Attributes:
        cause: the error's name.
    """

    job: str
    card: str
    cause: str

    def __str__(self) -> str:
        return f"job {self.job} is void: {self.cause}"


@dataclass(eq=False)
class LeftInDoubt(Exception):
    """The job started and the card is gone: only the card itself can say whether it was written.

    Attributes:
        cause: the error's name.
    """

    job: str
    card: str
    cause: str

    def __str__(self) -> str:
        return f"job {self.job} is in doubt: {self.cause}"
