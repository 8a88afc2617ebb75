"""Reversed though the meter had taken it: the money was given back for light that is burnt, and a person decides."""

from common.account.credits import Where
from common.account.facts import AccountFacts, JobState
from common.account.standing import Standing
from common.entries import CaseOpened, Purpose, RuleDecision

NAME = "reversed_though_taken"


def decide(facts: AccountFacts, view: Standing) -> list[RuleDecision]:
    """A case for each reversed credit that is in the meter."""
    undone = {
        job.for_job for job in facts.jobs.values() if job.purpose is Purpose.REVERSAL and job.state is JobState.WRITTEN
    }
    return [
        CaseOpened(
            key=f"{NAME}/{credit.job.job}",
            rule=NAME,
            account=facts.account,
            subject=credit.job.job,
            energy=credit.job.energy,
        )
        for credit in view.credits
        if credit.where is Where.METER and credit.job.job in undone
    ]
