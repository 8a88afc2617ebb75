"""The account fold: entries of many writers, in any order across writers, become keyed facts.

Each fact is kept under a key of its own and joined by a rule that does not ask which came first, so the facts are a
function of the *set* of entries. Only a writer's own order is relied on, and its chain guarantees that.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec import Struct

from common.card.image import ReturnData, ReturnStatus
from common.chain import SignedEntry
from common.clock import Hlc
from common.entries import (
    AccountAmended,
    AccountFrozen,
    AccountOpened,
    ArrearsEntered,
    CardBlocked,
    CardSeen,
    CaseOpened,
    Completed,
    DecisionWithdrawn,
    Entry,
    IssueStarted,
    MakeupOwed,
    MakeupStarted,
    MeterRead,
    Purpose,
    RefundPaid,
    ReplacementStarted,
    ReversalStarted,
    RuleDecision,
    SettledBy,
    Started,
    TransferStarted,
    VendStarted,
    Voided,
    WipeStarted,
    money_of,
    purpose_of,
)


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


class Job(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A card job: what was to be written on which card, by whom, and how it ended.

    Attributes:
        energy: the credit put on the card, watt-hours; 0 for a card without credit.
        amount: money taken, minor units: a vend's price, a card's fee; for a reversal, the money given back.
        year: the tariff year that a vend counts in; 0 for all but vends.
        known_count: for a replacement, the highest purchase count that its till knew of.
        for_job: what a make-up makes up, or a reversal undoes.
        from_meter: for a transfer, the meter that gave up the credit.
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
    energy: int
    writer: str
    epoch: int
    seq: int
    at: datetime
    hlc: Hlc
    clerk: str
    before_mark: int = 0
    amount: int = 0
    year: int = 0
    payment: str = ""
    replaces: str = ""
    known_count: int = 0
    reason: str = ""
    for_job: str = ""
    decision: str | None = None
    from_meter: str = ""
    recovered: dict[str, int] = {}
    approved_by: str = ""
    state: JobState = JobState.DOUBT
    by: SettledBy | None = None
    receipt: str | None = None
    void_reason: str | None = None

    @property
    def order(self) -> tuple[Hlc, str, int, int]:
        """A total order over jobs that agrees with causality; used only where the cards' counts do not decide."""
        return (self.hlc, self.writer, self.epoch, self.seq)


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


class Refund(Struct, frozen=True, kw_only=True):
    """Money given back for credit that a meter gave up."""

    energy: int
    amount: int
    at: datetime
    writer: str
    receipt: str
    clerk: str


class Purchase(Struct, frozen=True, array_like=True):
    """A completed vend in short, as it is shown. Energy in watt-hours; in minor units the amount, and what of it paid
    for the energy. `place`: which of the account's meters it was for, from 0."""

    place: int
    count: int
    at: datetime
    job: str
    energy: int
    amount: int
    cost: int
    receipt: str | None


class MeterHistory(Struct, frozen=True, array_like=True):
    """Of the vends that were sealed, those of one meter: the highest purchase count, and watt-hours."""

    top: int = 0
    energy: int = 0


class History(Struct, frozen=True, kw_only=True):
    """A summary of the vends that were sealed (common.account.history): all taken by the meter, beyond doubt.

    Attributes:
        energy, money: watt-hours and minor units, all of them together.
        years: watt-hours by tariff year (as text, a JSON member name).
        meters: by meter, the highest purchase count among them, and watt-hours.
        cards: the highest purchase count by `card:meter`.
        recovered: what they paid of which arrears, minor units.
        latest: the last few of them (common.account.purchases).
    """

    vends: int = 0
    energy: int = 0
    money: int = 0
    years: dict[str, int] = {}
    meters: dict[str, MeterHistory] = {}
    cards: dict[str, int] = {}
    recovered: dict[str, int] = {}
    latest: list[Purchase] = []


class AccountFacts(Struct, frozen=True, kw_only=True):
    """Everything that entries say about one account.

    Attributes:
        amended: what was put right, by member.
        jobs: card jobs by id.
        early: endings of jobs whose start has not been folded yet.
        sightings: return data by card, meter, count and status (`sighting_key`).
        readings: what a person read, by meter.
        refunds: by id.
        arrears: by id.
        decisions: the office's decisions in force, by key.
        history: what of the past is not listed here any more; null when everything is.
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
    decisions: dict[str, RuleDecision] = {}
    history: History | None = None

    @classmethod
    def new(cls, account: str) -> "AccountFacts":
        """What is known of an account before its first entry."""
        return cls(account=account)


_encoder = msgspec.json.Encoder(order="sorted")
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
    return f"{card}:{meter}:{count}:{status.value}"


def seen_as(facts: AccountFacts, job: Job, status: ReturnStatus) -> ReturnData | None:
    """What the job's meter wrote when it did this with the job's card and count."""
    return facts.sightings.get(sighting_key(job.card, job.meter, job.count, status))


def undone_jobs(facts: AccountFacts) -> set[str]:
    """Ids of the jobs that were reversed."""
    jobs = facts.jobs.values()
    return {job.for_job for job in jobs if job.purpose is Purpose.REVERSAL and job.state is JobState.WRITTEN}


def fold(facts: AccountFacts, entries: Iterable[SignedEntry]) -> AccountFacts:
    """The facts once these entries are known too. Entries about other accounts, or of unknown types, change nothing."""
    draft = _Draft(facts)
    for signed in entries:
        draft.take(signed.entry)
    return draft.done()


def see(facts: AccountFacts, card: str, seen: ReturnData) -> AccountFacts:
    """The facts once this return data, read from this card, is known too."""
    draft = _Draft(facts)
    draft.see(card, seen)
    return draft.done()


def read_meter(facts: AccountFacts, read: MeterRead) -> AccountFacts:
    """The facts once this reading is known too."""
    draft = _Draft(facts)
    draft.read(read)
    return draft.done()


class _Draft:
    """Facts being added to: the maps are copied once for a whole batch."""

    def __init__(self, facts: AccountFacts) -> None:
        self.account = facts.account
        self.opened = facts.opened
        self.frozen = facts.frozen
        self.amended = dict(facts.amended)
        self.jobs = dict(facts.jobs)
        self.early = dict(facts.early)
        self.sightings = dict(facts.sightings)
        self.readings = dict(facts.readings)
        self.refunds = dict(facts.refunds)
        self.arrears = dict(facts.arrears)
        self.decisions = dict(facts.decisions)
        self.history = facts.history

    def take(self, entry: Entry) -> None:
        body = entry.body
        if getattr(body, "account", None) != self.account:
            return
        match body:
            case Started():
                self._start(entry, body)
            case Completed():
                self._end(entry, body.job, Ending(state=JobState.WRITTEN, by=body.by, receipt=body.receipt))
            case Voided():
                self._end(entry, body.job, Ending(state=JobState.VOIDED, by=body.by, reason=body.reason))
            case AccountOpened():
                opening = Opening(body=body, writer=entry.writer, at=entry.at, hlc=entry.hlc)
                if self.opened is None or _first(opening) < _first(self.opened):
                    self.opened = opening
            case AccountAmended():
                self._amend(entry, body)
            case AccountFrozen():
                freezing = Freezing(body=body, writer=entry.writer, at=entry.at, hlc=entry.hlc)
                if self.frozen is None or _first(freezing) < _first(self.frozen):
                    self.frozen = freezing
            case CardSeen():
                self.see(body.card, body.seen)
            case MeterRead():
                self.read(body)
            case RefundPaid():
                self._refund(entry, body)
            case ArrearsEntered() if job_id_of_writer(body.arrears, entry.writer):
                self.arrears.setdefault(body.arrears, body)
            case MakeupOwed() | CardBlocked() | CaseOpened():
                self.decisions[body.key] = body
            case DecisionWithdrawn():
                self.decisions.pop(body.key, None)
            case _:
                pass

    def _amend(self, entry: Entry, body: AccountAmended) -> None:
        for member in AMENDABLE:
            value = getattr(body, member)
            if value is not None:
                word = Amendment(entry.hlc, entry.writer, value)
                known = self.amended.get(member)
                if known is None or word.order > known.order:
                    self.amended[member] = word

    def _refund(self, entry: Entry, body: RefundPaid) -> None:
        if job_id_of_writer(body.refund, entry.writer):
            refund = Refund(
                energy=body.energy,
                amount=body.amount,
                at=entry.at,
                writer=entry.writer,
                receipt=body.receipt,
                clerk=body.clerk,
            )
            self.refunds.setdefault(body.refund, refund)

    def _start(self, entry: Entry, body: Started) -> None:
        if not job_id_of_writer(body.job, entry.writer) or body.job in self.jobs:
            return
        if body.seen is not None:
            self.see(body.image.serial, body.seen)
        job = _job(entry, body)
        ending = self.early.pop(body.job, None)
        self.jobs[body.job] = job if ending is None else _ended(job, ending)

    def _end(self, entry: Entry, job_id: str, ending: Ending) -> None:
        if not job_id_of_writer(job_id, entry.writer):
            return
        job = self.jobs.get(job_id)
        if job is None:
            known = self.early.get(job_id)
            self.early[job_id] = ending if known is None else min(known, ending, key=_ending_rank)
        else:
            self.jobs[job_id] = _ended(job, ending)

    def read(self, body: MeterRead) -> None:
        reading = Reading(count=body.count, use=body.use, remaining=body.remaining)
        self.readings[body.meter] = max(reading, self.readings.get(body.meter, reading))

    def see(self, card: str, seen: ReturnData) -> None:
        key = sighting_key(card, seen.meter, seen.card_count, seen.status)
        known = self.sightings.get(key)
        if known is None or _progress(seen) > _progress(known):
            self.sightings[key] = seen

    def done(self) -> AccountFacts:
        return AccountFacts(
            account=self.account,
            opened=self.opened,
            frozen=self.frozen,
            amended=self.amended,
            jobs=self.jobs,
            early=self.early,
            sightings=self.sightings,
            readings=self.readings,
            refunds=self.refunds,
            arrears=self.arrears,
            decisions=self.decisions,
            history=self.history,
        )


def _first(event: Opening | Freezing) -> tuple[Hlc, str]:
    return (event.hlc, event.writer)


def _progress(seen: ReturnData) -> tuple[int, int, int, int]:
    """Meters only count up, so what they wrote later is greater; the last member makes the order total."""
    return (seen.issue, seen.count, seen.use, seen.remaining)


def _ending_rank(ending: Ending) -> tuple[bool, str, str, str]:
    """Copies of a till may end one job twice: a write that was seen outranks one that was not."""
    written = ending.state is JobState.WRITTEN
    return (not written, ending.by.value, ending.receipt or "", ending.reason or "")


def _ended(job: Job, ending: Ending) -> Job:
    if job.by is not None:
        known = Ending(state=job.state, by=job.by, receipt=job.receipt, reason=job.void_reason)
        ending = min(known, ending, key=_ending_rank)
    return msgspec.structs.replace(
        job, state=ending.state, by=ending.by, receipt=ending.receipt, void_reason=ending.reason
    )


def _job(entry: Entry, body: Started) -> Job:
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
        energy=0 if isinstance(body, WipeStarted) else image.energy,
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
            recovered = {part.arrears: part.amount for part in body.quote.arrears}
            return msgspec.structs.replace(job, year=body.quote.year, payment=body.payment, recovered=recovered)
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
            return msgspec.structs.replace(job, from_meter=body.from_meter)
        case _:
            return job
