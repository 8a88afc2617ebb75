"""A card job: what was to be written on which card, by whom, and how it ended."""

from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec import Struct

from common.clock import Hlc
from common.entries import (
    Entry,
    IssueStarted,
    MakeupStarted,
    Purpose,
    ReplacementStarted,
    ReversalStarted,
    SettledBy,
    Started,
    TransferStarted,
    VendStarted,
    WipeStarted,
    money_of,
    purpose_of,
)
from common.units import CreditUnit


class JobState(StrEnum):
    """How far a card job is known to have come."""

    DOUBT = "doubt"
    WRITTEN = "written"
    VOIDED = "voided"


class Ending(Struct, frozen=True, kw_only=True):
    """How a job ended."""

    state: JobState
    by: SettledBy
    receipt: str | None = None
    reason: str | None = None


class Priced(Struct, frozen=True, array_like=True):
    """How a vend was priced: when, by which tariff version, for which class, after how many watt-hours of the year."""

    at: datetime
    tariff: str
    tariff_class: str
    used: int


# gc=False, here and where else thousands are made: the collector of circles need not look at them, they have none.
class Job(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A card job: what was to be written on which card, by whom, and how it ended.

    Attributes:
        credit: put on the card, in the unit of its meter; 0 for a card without credit.
        amount: money taken, minor units: a vend's price, a card's fee; for a reversal, the money given back.
        year: the tariff year that a vend counts in; 0 for all but vends.
        priced: how a vend was priced; null for all but vends.
        known_count: for a replacement, the highest purchase count that its till knew of.
        for_job: what a make-up makes up, or a reversal undoes.
        from_meter: for a transfer, the meter that gave up the credit.
        model, limit: for a transfer, the new meter's model, and the most credit that it takes at once.
        recovered: of a vend's amount, what pays which arrears.
    """

    job: str
    purpose: Purpose
    account: str
    meter: str
    card: str
    issue: int
    count: int
    before: int | None
    credit: int
    writer: str
    epoch: int
    seq: int
    at: datetime
    hlc: Hlc
    clerk: str
    before_mark: int = 0
    unit: CreditUnit = CreditUnit.ENERGY
    amount: int = 0
    year: int = 0
    priced: Priced | None = None
    payment: str = ""
    replaces: str = ""
    known_count: int = 0
    reason: str = ""
    for_job: str = ""
    decision: str | None = None
    from_meter: str = ""
    model: str = ""
    limit: int = 0
    recovered: dict[str, int] = {}
    approved_by: str = ""
    state: JobState = JobState.DOUBT
    by: SettledBy | None = None
    receipt: str | None = None
    void_reason: str | None = None

    @property
    def energy(self) -> int:
        """Watt-hours put on the card; none for a meter that counts money."""
        return self.credit if self.unit is CreditUnit.ENERGY else 0

    @property
    def cost(self) -> int:
        """What of the amount paid for this job's own goods, minor units: the rest paid arrears."""
        return self.amount - sum(self.recovered.values())

    @property
    def order(self) -> tuple[Hlc, str, int, int]:
        """A total order over jobs that agrees with causality; used only where the cards' counts do not decide."""
        return (self.hlc, self.writer, self.epoch, self.seq)


def ending_rank(ending: Ending) -> tuple[bool, str, str, str]:
    """Copies of a till may end one job twice: a write that was seen outranks one that was not."""
    written = ending.state is JobState.WRITTEN
    return (not written, ending.by.value, ending.receipt or "", ending.reason or "")


def ended(job: Job, ending: Ending) -> Job:
    """The job once this ending is known too: of several, the one that outranks the others."""
    if job.by is not None:
        known = Ending(state=job.state, by=job.by, receipt=job.receipt, reason=job.void_reason)
        ending = min(known, ending, key=ending_rank)
    return msgspec.structs.replace(
        job, state=ending.state, by=ending.by, receipt=ending.receipt, void_reason=ending.reason
    )


def job_of(entry: Entry, body: Started) -> Job:
    """The job that this entry starts."""
    image = body.image
    job = Job(
        job=body.job,
        purpose=purpose_of(body),
        account=body.account,
        meter=image.meter,
        card=image.serial,
        issue=image.issue,
        count=image.count,
        before=body.before,
        before_mark=body.before_mark,
        credit=0 if isinstance(body, WipeStarted) else image.credit,
        unit=image.unit,
        amount=money_of(body),
        writer=entry.writer,
        epoch=entry.epoch,
        seq=entry.seq,
        at=entry.at,
        hlc=entry.hlc,
        clerk=body.clerk,
    )
    match body:
        case VendStarted():
            quote = body.quote
            return msgspec.structs.replace(
                job,
                year=quote.year,
                priced=Priced(quote.at, quote.tariff, quote.tariff_class, quote.used),
                payment=body.payment,
                recovered={part.arrears: part.amount for part in quote.arrears},
            )
        case IssueStarted():
            return msgspec.structs.replace(job, payment=body.payment)
        case ReplacementStarted():
            return msgspec.structs.replace(
                job,
                replaces=body.replaces,
                known_count=body.known_count,
                reason=body.reason,
                payment=body.payment,
            )
        case MakeupStarted():
            approved_by = "" if body.approval is None else body.approval.by
            return msgspec.structs.replace(job, for_job=body.for_job, decision=body.decision, approved_by=approved_by)
        case ReversalStarted():
            return msgspec.structs.replace(job, for_job=body.for_job, approved_by=body.approval.by)
        case TransferStarted():
            return msgspec.structs.replace(job, from_meter=body.from_meter, model=body.model, limit=body.limit)
        case _:
            return job
