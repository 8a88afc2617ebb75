"""What reports count: a line for each sale, make-up, reversal, card given out, refund, arrears paid, and void receipt.

Lines are a function of an account's facts (common.account), so they are the same at the till and at the office. Those
of what was bought in an old system are the office's alone: a till knows their sums.
"""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from common.account import AccountFacts, Job, JobState
from common.entries import (
    AccountImported,
    Entry,
    ImportedPurchase,
    PurchasesImported,
    Purpose,
    is_import,
    purchase_id,
)
from common.shift import ARREARS, REFUND, VOIDED
from common.units import CreditUnit

VEND = Purpose.VEND.value
MAKEUP = Purpose.MAKEUP.value
REVERSAL = Purpose.REVERSAL.value
ISSUE = Purpose.ISSUE.value
REPLACEMENT = Purpose.REPLACEMENT.value
KINDS = (VEND, MAKEUP, REVERSAL, REFUND, ISSUE, REPLACEMENT, ARREARS, VOIDED)

_BESIDE_SALES = frozenset({Purpose.MAKEUP, Purpose.REVERSAL, Purpose.ISSUE, Purpose.REPLACEMENT})
_WRITTEN = JobState.WRITTEN.value


class Line(Struct, frozen=True, array_like=True, gc=False):
    """Something that reports count.

    Attributes:
        job: id of the card job, the refund or the paying; of a receipt in another's place, its number.
        writer, epoch, seq: the entry that it begins with, and `at` its time, ISO 8601 by the writer's own clock.
        receipt: the number of its one original, an old system's own for what came from there; None without one.
        energy: watt-hours sold or made up; below zero for what was undone or refunded.
        amount: minor units taken; below zero when given back.
        state: of a sale, how far it is known to have come (JobState); all others are lines once they are `written`.
        clerk: who did it.
        tariff_class: of the sale, or of the one that was reversed; "" for all others.
        payment: the way of paying, or of giving back; "" without money.
        money_credit: what `energy` is, for meters that count money: minor units.
        kind: one of KINDS.
        for_job: what it undoes, makes up or pays; the receipt in whose place it stands; "" for all others.
    """

    job: str
    account: str
    writer: str
    receipt: str | None
    energy: int
    amount: int
    at: str
    state: str
    epoch: int
    seq: int
    clerk: str = ""
    tariff_class: str = ""
    payment: str = ""
    money_credit: int = 0
    kind: str = VEND
    for_job: str = ""

    @property
    def counts(self) -> bool:
        """Whether it is in totals: what is in doubt or was voided is not."""
        return self.state == _WRITTEN

    @property
    def place(self) -> tuple[int, int]:
        """Epoch and number of the entry that it begins with."""
        return (self.epoch, self.seq)


def lines_of(names: Iterable[str], sealed: Mapping[str, Job], facts: AccountFacts) -> list[Line]:
    """The lines of the jobs of these names, and of all that is not a job, by id.

    Args:
        sealed: jobs that left the recent facts (common.account.seal).
        facts: the account's recent ones.
    """
    recent = facts.jobs
    lines = [
        line
        for name in sorted({*names, *_undoing(names, facts)})
        if (job := recent.get(name) or sealed.get(name)) is not None and (line := _of_job(job, facts)) is not None
    ]
    if facts.refunds or facts.paid or facts.voidings:
        lines += _of_hand(facts)
    return lines


def all_lines(facts: AccountFacts, sealed: Mapping[str, Job]) -> list[Line]:
    """Every line of an account, by id."""
    return lines_of([*facts.jobs, *sealed], sealed, facts)


def imported_lines(entry: Entry) -> list[Line]:
    """The lines of what came from an old system with this entry. They are told by it alone: an account's facts have
    only their sums."""
    body = entry.body
    if isinstance(body, PurchasesImported):
        return [_of_import(entry, body, number, bought) for number, bought in enumerate(body.purchases, body.first)]
    if isinstance(body, AccountImported) and body.waiting is not None:
        return [_of_import(entry, body, body.waiting_number, body.waiting)]
    return []


def _of_import(entry: Entry, body: AccountImported | PurchasesImported, number: int, bought: ImportedPurchase) -> Line:
    energy = bought.credit if body.unit is CreditUnit.ENERGY else 0
    return Line(
        purchase_id(entry.writer, body.account, number), body.account, entry.writer, bought.receipt or None, energy,
        bought.amount, bought.at.isoformat(), _WRITTEN, entry.epoch, entry.seq, bought.clerk, bought.tariff_class,
        bought.payment, bought.credit - energy, REVERSAL if bought.amount < 0 else VEND,
    )  # fmt: skip


def _undoing(names: Iterable[str], facts: AccountFacts) -> list[str]:
    """Reversals of these jobs say what they undid only once both are known."""
    undone = [job for job in facts.jobs.values() if job.purpose is Purpose.REVERSAL]
    if not undone:
        return []
    wanted = set(names)
    return [job.job for job in undone if job.for_job in wanted]


def _of_job(job: Job, facts: AccountFacts) -> Line | None:
    if is_import(job.writer):
        return None
    if job.purpose is Purpose.VEND:
        return _line(job, job.energy, job.credit - job.energy, job.amount, job.payment, _class(job))
    if job.state is not JobState.WRITTEN or job.purpose not in _BESIDE_SALES:
        return None
    if job.purpose is Purpose.REVERSAL:
        undone = facts.jobs.get(job.for_job)
        if undone is None:
            return _line(job, 0, 0, -job.amount, "", "")
        credit = undone.energy - undone.credit
        return _line(job, -undone.energy, credit, -job.amount, undone.payment, _class(undone))
    return _line(job, job.energy, job.credit - job.energy, job.amount, job.payment, "")


def _class(job: Job) -> str:
    return "" if job.priced is None else job.priced.tariff_class


def _line(job: Job, energy: int, money_credit: int, amount: int, payment: str, tariff_class: str) -> Line:
    return Line(
        job.job,
        job.account,
        job.writer,
        job.receipt,
        energy,
        amount,
        job.at.isoformat(),
        job.state.value,
        job.epoch,
        job.seq,
        job.clerk,
        tariff_class,
        payment,
        money_credit,
        job.purpose.value,
        job.for_job,
    )


def _of_hand(facts: AccountFacts) -> Iterator[Line]:
    for name, refund in sorted(facts.refunds.items()):
        energy = refund.credit if refund.unit is CreditUnit.ENERGY else 0
        yield Line(
            name, facts.account, refund.writer, refund.receipt, -energy, -refund.amount, refund.at.isoformat(),
            _WRITTEN, refund.epoch, refund.seq, refund.clerk, "", refund.payment, energy - refund.credit, REFUND,
            refund.for_job,
        )  # fmt: skip
    for name, found in sorted(facts.paid.items()):
        body = found.body
        yield Line(
            name, facts.account, found.writer, body.receipt, 0, body.amount, found.at.isoformat(), _WRITTEN,
            found.epoch, found.seq, body.clerk, "", body.payment, 0, ARREARS, body.arrears,
        )  # fmt: skip
    for receipt, voiding in sorted(facts.voidings.items()):
        yield Line(
            voiding.instead, facts.account, voiding.writer, voiding.instead, 0, 0, voiding.at.isoformat(), _WRITTEN,
            voiding.epoch, voiding.seq, voiding.clerk, "", "", 0, VOIDED, receipt,
        )  # fmt: skip
