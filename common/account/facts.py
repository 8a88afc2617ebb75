"""Everything that entries say about one account: keyed facts. common.account.fold makes them."""

from datetime import datetime

import msgspec
from msgspec import Struct

from common.account.job import Ending, Job, JobState
from common.card.image import ReturnData, ReturnStatus
from common.clock import Hlc
from common.entries import (
    AccountFrozen,
    AccountImported,
    AccountOpened,
    ArrearsEntered,
    ArrearsPaid,
    CaseDecided,
    Purpose,
    RuleDecision,
)
from common.units import CreditUnit


class Opening(Struct, frozen=True, kw_only=True):
    """An account's opening and who wrote it."""

    body: AccountOpened
    writer: str
    at: datetime
    hlc: Hlc


class Amendment(Struct, frozen=True, array_like=True):
    """The latest word on one member of an account."""

    hlc: Hlc
    writer: str
    value: str | int

    @property
    def order(self) -> tuple[Hlc, str]:
        """Which of two words is the later."""
        return (self.hlc, self.writer)


AMENDABLE = ("name", "tariff_class", "limit", "phone", "address", "note")
"""Members of an account that can be put right."""


class Freezing(Struct, frozen=True, kw_only=True):
    """An account's closing for good, and who wrote it."""

    body: AccountFrozen
    writer: str
    at: datetime
    hlc: Hlc


class Reading(Struct, frozen=True, kw_only=True, order=True):
    """What a meter showed when it was taken out of use. Meters count up, so of two readings the greater is later."""

    count: int
    use: int
    remaining: int


class Refund(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Money given back for credit that a meter gave up, for one that never reached it (`for_job`), or because a person
    decided so in a case (`decision`)."""

    credit: int
    amount: int
    at: datetime
    writer: str
    receipt: str
    clerk: str
    unit: CreditUnit = CreditUnit.ENERGY
    for_job: str = ""
    decision: str | None = None
    payment: str = ""
    epoch: int = 1
    seq: int = 0


class Paying(Struct, frozen=True, kw_only=True):
    """Arrears that were paid without buying, and the entry that says so."""

    body: ArrearsPaid
    writer: str
    epoch: int
    seq: int
    at: datetime


class Voiding(Struct, frozen=True, kw_only=True):
    """The paper of a receipt is void, and another number stands in its place: and the entry that says so."""

    instead: str
    writer: str
    epoch: int
    seq: int
    at: datetime
    clerk: str


class Purchase(Struct, frozen=True, array_like=True):
    """A completed vend in short, as it is shown. Credit in the unit of its meter; in minor units the amount, and what
    of it paid for the credit. `place`: which of the account's meters it was for, from 0."""

    place: int
    count: int
    at: datetime
    job: str
    credit: int
    amount: int
    cost: int
    receipt: str | None
    unit: CreditUnit = CreditUnit.ENERGY


class MeterHistory(Struct, frozen=True, array_like=True):
    """Of the vends that were sealed, those of one meter: the highest purchase count, and the credit in its unit."""

    top: int = 0
    credit: int = 0


class History(Struct, frozen=True, kw_only=True):
    """A summary of the vends that were sealed (common.account.history): all taken by the meter, beyond doubt.

    Attributes:
        energy, money_credit: what they put on cards, by unit: watt-hours, and minor units.
        money: what was paid, minor units.
        years: watt-hours by tariff year (as text, a JSON member name).
        meters: by meter, the highest purchase count among them, and the credit.
        cards: the highest purchase count by `card:meter`.
        recovered: what they paid of which arrears, minor units.
        latest: the last few of them (common.account.purchases).
    """

    vends: int = 0
    energy: int = 0
    money_credit: int = 0
    money: int = 0
    years: dict[str, int] = {}
    meters: dict[str, MeterHistory] = {}
    cards: dict[str, int] = {}
    recovered: dict[str, int] = {}
    latest: list[Purchase] = []


class Takeover(Struct, frozen=True, kw_only=True):
    """How an account stood in the old system that it was taken over from, and the entry that says so."""

    body: AccountImported
    writer: str
    epoch: int
    seq: int
    at: datetime
    hlc: Hlc


class AccountFacts(Struct, frozen=True, kw_only=True, array_like=True):
    """Everything that entries say about one account.

    Attributes:
        amended: what was put right, by member.
        jobs: card jobs by id.
        early: endings of jobs whose start has not been folded yet.
        sightings: return data by card, meter, count and status (`sighting_key`).
        readings: what a person read, by meter.
        refunds: by id.
        arrears: by id.
        paid: arrears that were paid without buying, by the id of the paying.
        decisions: the office's decisions in force, by key.
        forked: receipts named by entries of a journal's other branch, by the id of what they are for.
        decided: what people decided, by the key of the case.
        history: what of the past is not listed here any more; null when everything is.
        voidings: of receipts, by the number that is void.
        takeover: how it stood in an old system; null for an account that came from none.
        imported: sums of what was bought there and is settled, by the part of the import (common.account.imported).
    """

    account: str
    opened: Opening | None = None
    amended: dict[str, Amendment] = {}
    frozen: Freezing | None = None
    jobs: dict[str, Job] = {}
    early: dict[str, Ending] = {}
    sightings: dict[str, ReturnData] = {}
    readings: dict[str, Reading] = {}
    refunds: dict[str, Refund] = {}
    arrears: dict[str, ArrearsEntered] = {}
    paid: dict[str, Paying] = {}
    decisions: dict[str, RuleDecision] = {}
    forked: dict[str, str] = {}
    decided: dict[str, CaseDecided] = {}
    history: History | None = None
    voidings: dict[str, Voiding] = {}
    takeover: Takeover | None = None
    imported: dict[str, History] = {}

    @classmethod
    def new(cls, account: str) -> "AccountFacts":
        """What is known of an account before its first entry."""
        return cls(account=account)


_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(AccountFacts)


def pack(facts: AccountFacts) -> bytes:
    """The facts as bytes: equal facts give equal bytes."""
    return _encoder.encode(facts)


def unpack(raw: bytes) -> AccountFacts:
    """The facts that `pack` wrote.

    Raises:
        msgspec.DecodeError: the bytes are none of ours.
    """
    return _decoder.decode(raw)


def job_id_of_writer(job: str, writer: str) -> bool:
    """Whether a writer may use this job id: it begins with the writer's own, so that nobody can take another's."""
    return job.startswith(f"{writer}/")


def sighting_key(card: str, meter: str, count: int, status: ReturnStatus) -> str:
    """The key of a sighting: which card in which meter, the purchase count on the card, and what the meter did.

    A later visit that found nothing to load does not hide that the meter loaded this count before.
    """
    return f"{card}:{meter}:{count}:{status}"


def seen_as(facts: AccountFacts, job: Job, status: ReturnStatus) -> ReturnData | None:
    """What the job's meter wrote when it did this with the job's card and count."""
    return facts.sightings.get(sighting_key(job.card, job.meter, job.count, status))


def reversed_jobs(facts: AccountFacts) -> set[str]:
    """Ids of the jobs that were taken off their card again."""
    jobs = facts.jobs.values()
    return {job.for_job for job in jobs if job.purpose is Purpose.REVERSAL and job.state is JobState.WRITTEN}


def undone_jobs(facts: AccountFacts) -> set[str]:
    """Ids of the jobs that were reversed, and of those whose credit never arrived and whose money was given back."""
    return reversed_jobs(facts) | {refund.for_job for refund in facts.refunds.values() if refund.for_job}
