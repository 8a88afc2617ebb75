"""The account fold: entries of many writers, in any order across writers, become keyed facts.

Each fact is kept under a key of its own and joined by a rule that does not ask which came first, so the facts are a
function of the *set* of entries. Only a writer's own order is relied on, and its chain guarantees that.
"""

from collections.abc import Iterable

from common.account.facts import (
    AMENDABLE,
    AccountFacts,
    Amendment,
    Freezing,
    Opening,
    Paying,
    Reading,
    Refund,
    Takeover,
    Voiding,
    job_id_of_writer,
    sighting_key,
)
from common.account.imported import jobs_of, joined, sum_of
from common.account.job import Ending, JobState, ended, ending_rank, job_of
from common.card.image import ReturnData
from common.chain import SignedEntry, carried
from common.clock import Hlc
from common.entries import (
    AccountAmended,
    AccountFrozen,
    AccountImported,
    AccountOpened,
    ArrearsEntered,
    ArrearsPaid,
    CardSeen,
    CaseDecided,
    Completed,
    Decision,
    DecisionWithdrawn,
    Entry,
    MeterRead,
    PurchasesImported,
    ReceiptVoided,
    RefundPaid,
    Started,
    Voided,
    paid_for,
)


def fold(facts: AccountFacts, entries: Iterable[SignedEntry]) -> AccountFacts:
    """The facts once these entries are known too. Entries about other accounts, or of unknown types, change nothing."""
    draft = _Draft(facts)
    for signed in entries:
        inner = carried(signed)
        if inner is None:
            draft.take(signed.entry)
        else:
            draft.carry(inner.entry, fork=getattr(signed.entry.body, "fork", False))
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
        self.jobs = dict(facts.jobs)
        self.early = dict(facts.early)
        self.sightings = dict(facts.sightings)
        self.amended = dict(facts.amended)
        self.readings = dict(facts.readings)
        self.refunds = dict(facts.refunds)
        self.arrears = dict(facts.arrears)
        self.paid = dict(facts.paid)
        self.decisions = dict(facts.decisions)
        self.forked = dict(facts.forked)
        self.decided = dict(facts.decided)
        self.history = facts.history
        self.voidings = dict(facts.voidings)
        self.takeover = facts.takeover
        self.imported = dict(facts.imported)

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
            case ArrearsPaid() if job_id_of_writer(body.paying, entry.writer):
                paying = Paying(body=body, writer=entry.writer, epoch=entry.epoch, seq=entry.seq, at=entry.at)
                self.paid.setdefault(body.paying, paying)
            case ReceiptVoided():
                self._void(entry, body)
            case AccountImported():
                self._take_over(entry, body)
            case PurchasesImported():
                part, sums = sum_of(body)
                self.imported[part] = joined(sums, self.imported.get(part))
            case Decision():
                self.decisions[body.key] = body
            case DecisionWithdrawn():
                self.decisions.pop(body.key, None)
            case CaseDecided():
                self.decided.setdefault(body.case, body)
            case _:
                pass

    def carry(self, entry: Entry, *, fork: bool) -> None:
        self.take(entry)
        body = entry.body
        if fork and isinstance(body, Completed | RefundPaid | ArrearsPaid) and body.account == self.account:
            name = paid_for(body)
            if body.receipt is not None and job_id_of_writer(name, entry.writer):
                self.forked[name] = min(body.receipt, self.forked.get(name, body.receipt))

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
                credit=body.credit,
                unit=body.unit,
                for_job=body.for_job,
                amount=body.amount,
                at=entry.at,
                writer=entry.writer,
                receipt=body.receipt,
                clerk=body.clerk,
                decision=body.decision,
                payment=body.payment,
                epoch=entry.epoch,
                seq=entry.seq,
            )
            self.refunds.setdefault(body.refund, refund)

    def _void(self, entry: Entry, body: ReceiptVoided) -> None:
        voiding = Voiding(
            instead=body.instead,
            writer=entry.writer,
            epoch=entry.epoch,
            seq=entry.seq,
            at=entry.at,
            clerk=body.clerk,
        )
        self.voidings.setdefault(body.receipt, voiding)

    def _take_over(self, entry: Entry, body: AccountImported) -> None:
        made = Takeover(body=body, writer=entry.writer, epoch=entry.epoch, seq=entry.seq, at=entry.at, hlc=entry.hlc)
        if self.takeover is None or _first(made) < _first(self.takeover):
            self.takeover = made
        for job in jobs_of(made):
            self.jobs.setdefault(job.job, job)

    def _start(self, entry: Entry, body: Started) -> None:
        if not job_id_of_writer(body.job, entry.writer) or body.job in self.jobs:
            return
        if body.seen is not None:
            self.see(body.image.serial, body.seen)
        job = job_of(entry, body)
        ending = self.early.pop(body.job, None)
        self.jobs[body.job] = job if ending is None else ended(job, ending)

    def _end(self, entry: Entry, job_id: str, ending: Ending) -> None:
        if not job_id_of_writer(job_id, entry.writer):
            return
        job = self.jobs.get(job_id)
        if job is None:
            known = self.early.get(job_id)
            self.early[job_id] = ending if known is None else min(known, ending, key=ending_rank)
        else:
            self.jobs[job_id] = ended(job, ending)

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
            paid=self.paid,
            decisions=self.decisions,
            forked=self.forked,
            decided=self.decided,
            history=self.history,
            voidings=self.voidings,
            takeover=self.takeover,
            imported=self.imported,
        )


def _first(event: Opening | Freezing | Takeover) -> tuple[Hlc, str]:
    return (event.hlc, event.writer)


def _progress(seen: ReturnData) -> tuple[int, int, int, int]:
    """Meters only count up, so what they wrote later is greater; the last member makes the order total."""
    return (seen.issue, seen.count, seen.use, seen.remaining)
