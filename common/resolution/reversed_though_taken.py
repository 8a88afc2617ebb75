"""Reversed though the meter had taken it: the money was given back for light that is burnt, and a person decides."""

from common.account.credits import Where
from common.account.facts import AccountFacts, undone_jobs
from common.account.standing import Standing
from common.entries import CaseOpened, RuleDecision

NAME = "reversed_though_taken"


def decide(facts: AccountFacts, view: Standing) -> list[RuleDecision]:
    """A case for each reversed credit that is in the meter."""
    undone = undone_jobs(facts)
    return [
        CaseOpened(
            key=f"{NAME}/{credit.job.job}",
            rule=NAME,
            account=facts.account,
            subject=credit.job.job,
            credit=credit.job.credit,
            unit=credit.job.unit,
        )
        for credit in view.credits
        if credit.where is Where.METER and credit.job.job in undone
    ]
