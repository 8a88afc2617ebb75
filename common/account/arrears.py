"""Money between an account and the utility besides sales: arrears, from before or by a decision, and refunds due."""

from collections.abc import Iterator

from msgspec import Struct

from common.account.facts import AccountFacts, History, undone_jobs
from common.account.job import JobState
from common.entries import ArrearsOwed, Option
from common.tariff import Debt

OVERTURNED = "overturned"
"""The rule that finds decisions whose grounds have gone after somebody acted on them."""


class RefundDue(Struct, frozen=True, kw_only=True):
    """Money to be given back because a person decided so.

    Attributes:
        decision: the key of the case.
        amount: minor units.
    """

    decision: str
    amount: int


def open_debts(facts: AccountFacts) -> list[Debt]:
    """The arrears that nobody has paid yet: those that decisions ask for, recovered whole from the next purchase, then
    those from before, in the order of their ids: the oldest of each till first."""
    paid = paid_for_arrears(facts)
    debts = [
        Debt(
            arrears=found.arrears,
            name=found.name,
            outstanding=max(0, found.amount - paid.get(found.arrears, 0)),
            share=found.share,
            fixed=found.fixed,
        )
        for _, found in sorted(facts.arrears.items())
    ]
    return [debt for debt in [*_decided_debts(facts, paid), *debts] if debt.outstanding]


def refunds_due(facts: AccountFacts) -> list[RefundDue]:
    """The refunds that people decided on and that no till has paid."""
    paid = {refund.decision for refund in facts.refunds.values()}
    return [
        RefundDue(decision=case, amount=decided.amount)
        for case, decided in sorted(facts.decided.items())
        if decided.option is Option.REFUND and case not in paid
    ]


def paid_for_arrears(facts: AccountFacts) -> dict[str, int]:
    """What was paid of which arrears, with purchases and without: minor units by id."""
    paid = dict((facts.history or History()).recovered)
    undone = undone_jobs(facts)
    for job in facts.jobs.values():
        if job.state is JobState.WRITTEN and job.job not in undone:
            for arrears, amount in job.recovered.items():
                paid[arrears] = paid.get(arrears, 0) + amount
    for found in facts.paid.values():
        paid[found.body.arrears] = paid.get(found.body.arrears, 0) + found.body.amount
    return paid


def is_forgiven(facts: AccountFacts, key: str) -> bool:
    """Whether a person decided that nothing is to be paid for a case or decision."""
    words = (facts.decided.get(name) for name in (key, f"{OVERTURNED}/{key}"))
    return any(word is not None and word.option in (Option.FORGIVE, Option.BRANCH_PAYS) for word in words)


def _decided_debts(facts: AccountFacts, paid: dict[str, int]) -> Iterator[Debt]:
    wanted: dict[str, tuple[str, int]] = {
        key: (made.name, made.amount) for key, made in facts.decisions.items() if isinstance(made, ArrearsOwed)
    }
    wanted.update(
        (key, (word.reason, word.amount)) for key, word in facts.decided.items() if word.option is Option.RECOVER
    )
    for key, (name, amount) in sorted(wanted.items()):
        if not is_forgiven(facts, key):
            yield Debt(arrears=key, name=name, outstanding=max(0, amount - paid.get(key, 0)), fixed=amount)
