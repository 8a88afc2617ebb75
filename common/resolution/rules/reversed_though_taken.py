"""Given back though the meter had taken it: money for light that is burnt. The branch owes it, and a person decides who
bears it."""

from common.account.credits import Where
from common.account.job import JobState
from common.entries import CaseOpened, Option, Purpose, RuleDecision
from common.resolution.rule import Matter, Rule, case_about

NAME = "reversed_though_taken"
_OPTIONS = (Option.BRANCH_PAYS, Option.RECOVER, Option.FORGIVE)


def decide(matter: Matter) -> list[RuleDecision]:
    """A case for each credit that is in the meter and whose money was given back, by a reversal or as a refund. It
    names the till and the clerk that did so."""
    given_back = _by_refund(matter) | _by_reversal(matter)
    return [
        given_back[credit.job.job]
        for credit in matter.view.credits
        if credit.where is Where.METER and credit.job.job in given_back
    ]


def _by_reversal(matter: Matter) -> dict[str, CaseOpened]:
    """The case of each job that was reversed, should it be one; of several reversals the first."""
    jobs = matter.facts.jobs
    found = [job for job in jobs.values() if job.purpose is Purpose.REVERSAL and job.state is JobState.WRITTEN]
    return {
        job.for_job: case_about(NAME, job, subject=jobs[job.for_job], amount=job.amount, options=_OPTIONS)
        for job in sorted(found, key=lambda job: job.order, reverse=True)
        if job.for_job in jobs
    }


def _by_refund(matter: Matter) -> dict[str, CaseOpened]:
    """The case of each job that was refunded, should it be one; of several refunds the first."""
    jobs = matter.facts.jobs
    return {
        paid.for_job: CaseOpened(
            key=f"{NAME}/{paid.for_job}",
            rule=NAME,
            account=matter.facts.account,
            subject=paid.for_job,
            credit=jobs[paid.for_job].credit,
            unit=jobs[paid.for_job].unit,
            amount=paid.amount,
            writer=paid.writer,
            clerk=paid.clerk,
            receipt=paid.receipt,
            options=list(_OPTIONS),
        )
        for _, paid in sorted(matter.facts.refunds.items(), reverse=True)
        if paid.for_job in jobs
    }


RULE = Rule(NAME, decide)
