"""What can go wrong between a card and a till, and what each means for the card and the money on it."""

from typing import ClassVar

from till.cards.status import status_name


class CardError(Exception):
    """Something went wrong with a reader or a card. The facts are attributes; `what` is a short text for logs."""

    what: ClassVar[str] = "card error"

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{self.what} ({facts})" if facts else self.what


class NoReader(CardError):
    """No reader can be used; `reason` says why. No card was touched."""

    what = "no card reader"

    def __init__(self, reason: str, about: str = "") -> None:
        super().__init__(f"{reason} {about}".rstrip())
        self.reason = reason
        self.about = about


class ReaderLost(CardError):
    """The reader went away. If a write was under way the card holds the old image or the new: read it again."""

    what = "card reader lost"

    def __init__(self, reader: str) -> None:
        super().__init__(reader)
        self.reader = reader


class ReaderBusy(CardError):
    """Another program holds the card in this reader. The card was not touched."""

    what = "card reader in use by another program"

    def __init__(self, reader: str) -> None:
        super().__init__(reader)
        self.reader = reader


class NoCard(CardError):
    """There is no card in the reader."""

    what = "no card in the reader"


class CardMute(CardError):
    """A card is in the reader and does not answer: put in askew, dirty or broken. Nothing was written."""

    what = "card does not answer"


class CardRemoved(CardError):
    """The card was pulled out in the middle. A write under way left the old image or the new: read it again."""

    what = "card removed"


class ForeignCard(CardError):
    """A card of another make or another utility. Nothing was written and no key was tried."""

    what = "foreign card"

    def __init__(self, atr: bytes) -> None:
        super().__init__(atr)
        self.atr = atr


class AnotherCard(CardError):
    """The image to write belongs to another card. Nothing was written."""

    what = "another card"

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(expected, found)
        self.expected = expected
        self.found = found


class CardNotUnlocked(CardError):
    """The driver was asked for what needs the card key before `unlock`. Nothing was written."""

    what = "card not unlocked"


class WrongKey(CardError):
    """The key is not this card's. Nothing was written; the card takes `tries_left` more wrong keys, None if it does
    not say. Do not try again."""

    what = "wrong card key"

    def __init__(self, tries_left: int | None) -> None:
        super().__init__(tries_left)
        self.tries_left = tries_left


class CardLocked(CardError):
    """Too many wrong keys were tried: the card can never be written again. What it carries may still be readable."""

    what = "card locked for ever"


class CardCounterLow(CardError):
    """Wrong codes were presented before, elsewhere, and `tries_left` remain: we refuse to risk the card. It is unharmed
    and needs the office."""

    what = "card error counter is low"

    def __init__(self, tries_left: int) -> None:
        super().__init__(tries_left)
        self.tries_left = tries_left


class CardUnreadable(CardError):
    """The zone is neither blank nor valid: damaged or forged. What the card carried is known from the journal only."""

    what = "card unreadable"

    def __init__(self, zone: str) -> None:
        super().__init__(zone)
        self.zone = zone


class CardWriteFailed(CardError):
    """The card is still in the reader but did not take what was written; `step` is `update` or `compare`. It holds
    the old image, or the new: read it again."""

    what = "card write failed"

    def __init__(self, step: str) -> None:
        super().__init__(step)
        self.step = step


class UnexpectedStatus(CardError):
    """The card or reader answered a command with a status that the protocol does not allow for."""

    what = "unexpected status"

    def __init__(self, sw: int, apdu_name: str) -> None:
        super().__init__(sw, apdu_name)
        self.sw = sw
        self.apdu_name = apdu_name

    def __str__(self) -> str:
        return f"{self.apdu_name} answered {status_name(self.sw)}"


class ReaderWorn(CardError):
    """Several cards fail in this reader: it is the reader, not the cards."""

    what = "worn reader"

    def __init__(self, reader: str) -> None:
        super().__init__(reader)
        self.reader = reader


class ReaderSlow(CardError):
    """The reader takes ever longer: it wears out."""

    what = "slow reader"

    def __init__(self, reader: str) -> None:
        super().__init__(reader)
        self.reader = reader


class CardBad(CardError):
    """This card fails where others do not: it is the card, not the reader."""

    what = "bad card"

    def __init__(self, card: str) -> None:
        super().__init__(card)
        self.card = card
