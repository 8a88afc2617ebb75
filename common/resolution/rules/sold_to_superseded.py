"""Sold to a superseded card: the sale stands, its energy is owed to the new card, the old card is blocked.

If return data shows that the meter took it after all, nothing is owed. Who could not know of whom is read from the
counts: the replacing till noted the highest purchase count that it knew of (ReplacementStarted.known_count); a credit
on an older card with a higher count was sold without knowing of the replacement.
"""

from common.account.job import Job, JobState
from common.entries import CardBlocked, MakeupOwed, Purpose, RuleDecision
from common.resolution.rule import Matter, Rule

NAME = "sold_to_superseded"


def decide(matter: Matter) -> list[RuleDecision]:
    """The decisions due: a block for each card that was sold to, a make-up for each credit that the meter lacks."""
    facts, view = matter.facts, matter.view
    replacements = [
        job for job in facts.jobs.values() if job.purpose is Purpose.REPLACEMENT and job.state is JobState.WRITTEN
    ]
    decisions: list[RuleDecision] = []
    for credit in view.credits:
        job = credit.job
        if not _unknown_to_a_replacement(job, replacements):
            continue
        decisions.append(CardBlocked(key=f"{NAME}/card/{job.card}", rule=NAME, account=facts.account, card=job.card))
        if credit.claimable and facts.frozen is None:
            decisions.append(
                MakeupOwed(
                    key=f"{NAME}/credit/{job.job}",
                    rule=NAME,
                    account=facts.account,
                    for_job=job.job,
                    credit=job.credit,
                    unit=job.unit,
                    stranded_on=job.card,
                )
            )
    return decisions


def _unknown_to_a_replacement(job: Job, replacements: list[Job]) -> bool:
    return any(job.meter == new.meter and job.issue < new.issue and job.count > new.known_count for new in replacements)


RULE = Rule(NAME, decide)
