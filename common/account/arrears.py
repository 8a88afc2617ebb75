"""Arrears of an account: what of them is still open."""

from common.account.facts import AccountFacts, History, undone_jobs
from common.account.job import JobState
from common.tariff import Debt


def open_debts(facts: AccountFacts) -> list[Debt]:
    """The arrears that purchases have not paid yet, in the order of their ids: the oldest of each till first."""
    paid = dict((facts.history or History()).recovered)
    written = [job for job in facts.jobs.values() if job.state is JobState.WRITTEN]
    undone = undone_jobs(facts)
    for job in written:
        for arrears, amount in job.recovered.items() if job.job not in undone else ():
            paid[arrears] = paid.get(arrears, 0) + amount
    for found in facts.paid.values():
        paid[found.arrears] = paid.get(found.arrears, 0) + found.amount
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
    return [debt for debt in debts if debt.outstanding]
