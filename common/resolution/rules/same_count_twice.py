"""The same purchase count written twice by one card, or taken from two cards: a copy, or a write that was torn out. The
card is blocked and a person decides.

Two cards with one count that a replacement explains are other rules' (sold_to_superseded, both_replaced): there a meter
takes one of the two.
"""

from collections.abc import Iterator
from itertools import groupby

from common.account.credits import Where
from common.account.facts import seen_as
from common.account.job import Job
from common.card.image import ReturnStatus
from common.entries import About, CardBlocked, CaseOpened, Option, RuleDecision
from common.resolution.rule import Matter, Rule

NAME = "same_count_twice"


def decide(matter: Matter) -> list[RuleDecision]:
    """For each credit that should not be: a case, and a block of its card until a person lifts it."""
    decisions: list[RuleDecision] = []
    for job in _second(matter):
        case = CaseOpened(
            key=f"{NAME}/{job.job}",
            rule=NAME,
            account=job.account,
            about=About.CARD,
            subject=job.card,
            credit=job.credit,
            unit=job.unit,
            amount=job.amount,
            writer=job.writer,
            clerk=job.clerk,
            receipt=job.receipt,
            options=[Option.KEEP_BLOCKED, Option.UNBLOCK],
        )
        decisions.append(case)
        if matter.decided(case.key) is not Option.UNBLOCK:
            decisions.append(CardBlocked(key=f"{NAME}/card/{job.card}", rule=NAME, account=job.account, card=job.card))
    return decisions


def _second(matter: Matter) -> Iterator[Job]:
    """Credits whose card wrote their count before, or whose meter took their count from another card too."""
    jobs = [credit.job for credit in matter.view.credits if credit.where is not Where.REVERSED]
    jobs.sort(key=lambda job: (job.meter, job.count, *job.order))
    for _, rivals in groupby(jobs, key=lambda job: (job.meter, job.count)):
        cards: set[str] = set()
        loaded: set[str] = set()
        for job in rivals:
            is_loaded = seen_as(matter.facts, job, ReturnStatus.LOADED) is not None
            if job.card in cards or (is_loaded and loaded):
                yield job
            cards.add(job.card)
            if is_loaded:
                loaded.add(job.card)


RULE = Rule(NAME, decide)
