"""A prepaid meter in software: the physics that the rules rely on (design, section 6).

It keeps its own state before it writes return data, so that a card torn out there never loads twice; inserting the card
again repairs the return data.
"""

from enum import StrEnum
from pathlib import Path

import msgspec
from msgspec import Struct

from common.card.image import CardImage, CardKind, ReturnData, ReturnStatus
from common.card.keys import derive_card_key
from common.units import CreditUnit
from till.cards.channel import Channel
from till.cards.connect import open_card
from till.cards.driver import CardDriver
from till.cards.errors import CardCounterLow, CardLocked, CardUnreadable, ForeignCard, WrongKey
from till.simulator.file import read_file, write_whole


class MeterOutcome(StrEnum):
    """What the meter did with a card."""

    LOADED = "loaded"
    """The credit was added."""
    CLEARED = "cleared"
    """The meter gave up its credit, now or at an earlier insertion of this card."""
    ALREADY_LOADED = "already_loaded"
    """This count was loaded before, from this card; the return data was written again."""
    NOTHING = "nothing"
    """The card is the meter's and carries no credit."""
    REFUSED_COUNT = "refused_count"
    """The purchase count does not follow the meter's; return data says so."""
    REFUSED_ISSUE = "refused_issue"
    """The card was superseded, or is another of the same issue; it was left unwritten."""
    REFUSED_METER = "refused_meter"
    """The card is blank, or another meter's, or counts in another unit; it was left unwritten."""
    REFUSED_KEY = "refused_key"
    """The card does not have the utility's key, or is locked; it was left unwritten."""
    FOREIGN = "foreign"
    """A card of another make."""
    CARD_UNREADABLE = "card_unreadable"
    """No slot is valid."""


class MeterState(Struct, frozen=True, kw_only=True):
    """What the meter keeps.

    Attributes:
        number: the meter's number.
        master: the ESAM's master key, in hexadecimal.
        issue: highest issue number seen; 0 before the first card.
        card: serial of the card that it obeys; "" before the first.
        count: purchase count: how many credits were loaded, so an image without credit does not move it.
        loaded_from: serial of the card that the last count came from; "" before the first.
        unit: what the meter counts credit in: it has no place for a card of the other.
        gave_up: what the meter gave up with the last count; None when that was a credit.
        remaining, use: credit left, and ever used, in its unit.
    """

    number: str
    master: str
    issue: int = 0
    card: str = ""
    count: int = 0
    loaded_from: str = ""
    remaining: int = 0
    use: int = 0
    gave_up: int | None = None
    unit: CreditUnit = CreditUnit.ENERGY


class SimulatedMeter:
    """A meter, kept in a file when given one."""

    def __init__(self, state: MeterState, path: Path | None = None) -> None:
        self.state = state
        self._path = path
        self._keep(state)

    @classmethod
    def load(cls, path: Path) -> "SimulatedMeter":
        """The meter in this file. Raises SimulatorFileUnreadable."""
        return cls(read_file(path, MeterState), path)

    @property
    def total_loaded(self) -> int:
        """All credit ever loaded and not given up."""
        return self.state.remaining + self.state.use

    def consume(self, credit: int) -> int:
        """Use up to so much credit; the meter cuts off at zero. Returns what was used. Raises ValueError below zero."""
        if credit < 0:
            raise ValueError(credit)
        used = min(credit, self.state.remaining)
        self._keep(
            msgspec.structs.replace(self.state, remaining=self.state.remaining - used, use=self.state.use + used)
        )
        return used

    def insert(self, channel: Channel) -> MeterOutcome:
        """Take what the card has to give and write return data.

        Raises CardRemoved when it is pulled out in the middle: insert it again.
        """
        try:
            driver = open_card(channel)
            driver.unlock(derive_card_key(bytes.fromhex(self.state.master), driver.serial()))
            image = driver.read().image
        except ForeignCard:
            return MeterOutcome.FOREIGN
        except (WrongKey, CardLocked, CardCounterLow):
            return MeterOutcome.REFUSED_KEY
        except CardUnreadable:
            return MeterOutcome.CARD_UNREADABLE
        if image is None or image.meter != self.state.number or image.unit is not self.state.unit:
            return MeterOutcome.REFUSED_METER
        if not self._obeys(image):
            return MeterOutcome.REFUSED_ISSUE
        return self._take(driver, image)

    def _obeys(self, image: CardImage) -> bool:
        if image.issue == self.state.issue:
            return image.serial == self.state.card
        return image.issue > self.state.issue

    def _take(self, driver: CardDriver, image: CardImage) -> MeterOutcome:
        outcome, status = self._judge(image)
        state = msgspec.structs.replace(self.state, issue=image.issue, card=image.serial)
        if image.count == state.count + 1 and outcome in (MeterOutcome.LOADED, MeterOutcome.CLEARED):
            state = _counted(state, image)
        self._keep(state)
        returned = ReturnData(
            meter=state.number,
            issue=state.issue,
            count=state.count,
            remaining=state.gave_up or 0 if status is ReturnStatus.CLEARED else state.remaining,
            use=state.use,
            status=status,
            card_count=image.count,
        )
        driver.write_return(returned)
        return outcome

    def _judge(self, image: CardImage) -> tuple[MeterOutcome, ReturnStatus]:
        clear = image.kind is CardKind.CLEAR
        if image.credit == 0 and not clear:
            return MeterOutcome.NOTHING, ReturnStatus.NOTHING
        if image.count == self.state.count + 1:
            done = MeterOutcome.CLEARED if clear else MeterOutcome.LOADED
            return done, ReturnStatus.CLEARED if clear else ReturnStatus.LOADED
        again = image.count == self.state.count and image.serial == self.state.loaded_from
        if again and clear == (self.state.gave_up is not None):
            done = MeterOutcome.CLEARED if clear else MeterOutcome.ALREADY_LOADED
            return done, ReturnStatus.CLEARED if clear else ReturnStatus.LOADED
        return MeterOutcome.REFUSED_COUNT, ReturnStatus.REFUSED_COUNT

    def _keep(self, state: MeterState) -> None:
        if self._path is not None:
            write_whole(self._path, msgspec.json.format(msgspec.json.encode(state), indent=1))
        self.state = state


def _counted(state: MeterState, image: CardImage) -> MeterState:
    """The meter once it has done what the card asks, for the next purchase count."""
    clear = image.kind is CardKind.CLEAR
    return msgspec.structs.replace(
        state,
        count=image.count,
        loaded_from=image.serial,
        remaining=0 if clear else state.remaining + image.credit,
        gave_up=state.remaining if clear else None,
    )
