"""Many tills' journals, of the real bodies and signed as tills sign, without the tills: for loads by the million.

Each till has accounts of its own. Every account is opened, gets a card, and buys in rounds; each purchase brings what
the meter wrote when it took the one before, as customers do. So every account is plain, and its books hold.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.card.image import CardImage, ReturnData, ReturnStatus, job_mark
from common.chain import GENESIS, Head, digest, public_hex, signed_bytes
from common.clock import ZERO, Hlc, tick, wall_ms
from common.entries import (
    AccountOpened,
    AnyBody,
    Entry,
    IssueCompleted,
    IssueStarted,
    JournalOpened,
    SettledBy,
    TillEnrolled,
    VendCompleted,
    VendStarted,
)
from common.sealing import box_hex, new_box
from common.tariff.quote import LineKind, Quote, QuoteLine
from syncserver.office.office import Office
from syncserver.store import WriterRow, WriterState

START = datetime(2026, 11, 1, tzinfo=UTC)
_encoder = msgspec.json.Encoder(order="sorted")

ENERGY, AMOUNT = 50_000, 2_690
"""A purchase: 50 kWh at 0.538 yuan."""


@dataclass
class Customer:
    """An account and its card."""

    account: str
    meter: str
    image: CardImage
    bought: int = 0


@dataclass
class Seller:
    """A till's key and where its journal ends. It writes lines and keeps none. `step`: from one sale to the next."""

    till: str
    branch: str
    accounts: int
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    now: datetime = START
    jobs: int = 0
    step: timedelta = timedelta(minutes=3)

    def __post_init__(self) -> None:
        self.head = Head.empty(self.till, 1)
        self._hlc: Hlc = ZERO
        number = int(self.till.rpartition("-")[2])
        self.customers = [self._customer(number * 100_000 + place) for place in range(self.accounts)]

    def opening(self) -> list[bytes]:
        """The journal's beginning: every account opened, and its card given out."""
        lines = [self.line(JournalOpened(kind="till", key=public_hex(self.key), branch=self.branch, version="test"))]
        for customer in self.customers:
            lines += map(self.line, self._open(customer))
        return lines

    def sold(self, entries: int) -> list[bytes]:
        """The lines of the next purchases: each account in turn buys once. `entries` is even."""
        lines: list[bytes] = []
        while len(lines) < entries:
            self.now += self.step
            lines += map(self.line, self._buy(self.customers[self.jobs % self.accounts]))
        return lines

    @property
    def row(self) -> WriterRow:
        """The till as the office enrolled it."""
        return WriterRow(
            id=self.till, epoch=1, branch=self.branch, name=self.till, key=public_hex(self.key),
            box=box_hex(new_box()), seq=0, hash=GENESIS, state=WriterState.ACTIVE, reason="",
        )  # fmt: skip

    def line(self, body: AnyBody) -> bytes:
        self._hlc = tick(self._hlc, wall_ms(self.now))
        head = self.head
        # As common.chain.append writes it, but not read back: these bodies are good, and the office checks them anyway.
        raw = _encoder.encode(
            Entry(v=1, writer=head.writer, epoch=head.epoch, seq=head.seq + 1, prev=head.hash, at=self.now,
                  hlc=self._hlc, body=body)
        )  # fmt: skip
        hash = digest(raw)
        self.head = Head(writer=head.writer, epoch=head.epoch, seq=head.seq + 1, hash=hash)
        return self.key.sign(signed_bytes(hash)).hex().encode() + b" " + raw + b"\n"

    def _customer(self, number: int) -> Customer:
        account, meter = f"{number:010d}", f"M{number:010d}"
        serial = f"62{number:014d}"
        return Customer(
            account, meter, CardImage(serial=serial, account=account, meter=meter, issue=1, count=0, credit=0)
        )

    def _next_job(self) -> str:
        self.jobs += 1
        return f"{self.till}/{self.jobs:08d}"

    def _open(self, customer: Customer) -> Iterator[AnyBody]:
        yield AccountOpened(
            account=customer.account, name="李四", meter=customer.meter, tariff_class="residential", limit=3_000_000,
            clerk="wang",
        )  # fmt: skip
        job = f"{self.till}/issue-{customer.account}"
        yield IssueStarted(
            job=job, account=customer.account, before=None, image=customer.image, seen=None, clerk="wang"
        )
        yield IssueCompleted(job=job, account=customer.account, receipt=None, by=SettledBy.TILL)

    def _buy(self, customer: Customer) -> Iterator[AnyBody]:
        job, before = self._next_job(), customer.image
        seen = ReturnData(
            meter=customer.meter, issue=1, count=before.count, remaining=20_000 if before.count else 0,
            use=customer.bought - (20_000 if before.count else 0),
            status=ReturnStatus.LOADED if before.count else ReturnStatus.NOTHING, card_count=before.count,
        )  # fmt: skip
        customer.image = CardImage(
            serial=before.serial, account=before.account, meter=before.meter, issue=1, count=before.count + 1,
            credit=ENERGY, job_mark=job_mark(job),
        )  # fmt: skip
        line = QuoteLine(kind=LineKind.ENERGY, tier=1, energy=ENERGY, price=538_000, amount=AMOUNT)
        quote = Quote(
            job=job, tariff="zhejiang-2026", tariff_class="residential", year=self.now.year, used=customer.bought,
            energy=ENERGY, amount=AMOUNT, lines=[line], at=self.now,
        )  # fmt: skip
        yield VendStarted(
            job=job, account=customer.account, before=before.count, before_mark=before.job_mark, image=customer.image,
            seen=seen, clerk="wang", quote=quote, payment="cash",
        )  # fmt: skip
        customer.bought += ENERGY
        yield VendCompleted(
            job=job, account=customer.account, receipt=f"{self.till}-{self.jobs:08d}", by=SettledBy.TILL
        )


def sellers(tills: int, accounts: int, a_branch: int = 1) -> list[Seller]:
    """So many tills, each with so many accounts, and so many tills a branch."""
    return [Seller(f"till-{n:04d}", f"branch-{(n - 1) // a_branch}", accounts) for n in range(1, tills + 1)]


def enrol(office: Office, fleet: list[Seller]) -> None:
    """Let the office know them, without codes."""
    with office.change() as intake:
        for seller in fleet:
            row = seller.row
            intake.writing.add_writer(row)
            intake.say(TillEnrolled(till=row.id, branch=row.branch, name=row.name, epoch=1, key=row.key, box=row.box))
