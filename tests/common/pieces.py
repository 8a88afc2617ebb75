"""The pieces of a small world in memory: cards and meters (design, section 6), and those who write journals."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.account import AccountFacts, fold
from common.card.image import CardContents, CardImage, CardKind, ReturnData, ReturnStatus
from common.chain import Head, SignedEntry, append
from common.clock import ZERO, Hlc, tick, wall_ms
from common.entries import AnyBody, Purpose
from common.units import CreditUnit

ACCOUNT, METER = "A1", "M1"
START = datetime(2026, 11, 23, tzinfo=UTC)


@dataclass
class Card:
    """A card as its bytes say."""

    serial: str
    image: CardImage | None = None
    returned: ReturnData | None = None

    @property
    def contents(self) -> CardContents:
        return CardContents(serial=self.serial, image=self.image, returned=self.returned, torn=False, digest="")


@dataclass
class Meter:
    """A meter: `total` is the credit in it, of which nothing is ever used; `gave_up` what it gave up with its last
    count, None when that was a credit; `shown` what it goes on showing once it was read for good."""

    number: str = METER
    unit: CreditUnit = CreditUnit.ENERGY
    issue: int = 0
    card: str = ""
    count: int = 0
    loaded_from: str = ""
    total: int = 0
    gave_up: int | None = None
    shown: int | None = None

    def insert(self, card: Card) -> None:
        image = card.image
        if image is None or image.issue < self.issue or (image.issue == self.issue and card.serial != self.card):
            return
        if image.meter != self.number or image.unit is not self.unit:
            return
        self.issue, self.card = image.issue, card.serial
        clear = image.kind is CardKind.CLEAR
        status = ReturnStatus.REFUSED_COUNT
        if image.credit == 0 and not clear:
            status = ReturnStatus.NOTHING
        elif image.count == self.count + 1:
            status = ReturnStatus.CLEARED if clear else ReturnStatus.LOADED
            self.count, self.loaded_from = image.count, card.serial
            self.gave_up = self.total if clear else None
            self.total = 0 if clear else self.total + image.credit
        elif image.count == self.count and self.loaded_from == card.serial and clear == (self.gave_up is not None):
            status = ReturnStatus.CLEARED if clear else ReturnStatus.LOADED
        card.returned = ReturnData(
            meter=self.number,
            issue=self.issue,
            count=self.count,
            remaining=self.gave_up or 0 if status is ReturnStatus.CLEARED else self.total,
            use=0,
            status=status,
            card_count=image.count,
        )


@dataclass
class Writer:
    """A till or the office: its journal, and the facts that it knows."""

    name: str
    clock_error: timedelta = timedelta()
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    journal: list[SignedEntry] = field(default_factory=list)
    facts: AccountFacts = field(default_factory=lambda: AccountFacts.new(ACCOUNT))
    hlc: Hlc = ZERO
    sent: int = 0
    heard: int = 0
    doubts: dict[str, tuple[Purpose, str]] = field(default_factory=dict)

    def write(self, body: AnyBody, now: datetime) -> SignedEntry:
        at = now + self.clock_error
        self.hlc = tick(self.hlc, wall_ms(at))
        head = self.journal[-1].head if self.journal else Head.empty(self.name, 1)
        signed = append(self.key, head, body, at=at, hlc=self.hlc)
        self.journal.append(signed)
        self.facts = fold(self.facts, [signed])
        return signed

    def hear(self, entries: list[SignedEntry]) -> None:
        others = [signed for signed in entries if signed.entry.writer != self.name]
        self.facts = fold(self.facts, others)
        self.hlc = max([self.hlc, *(signed.entry.hlc for signed in others)])
