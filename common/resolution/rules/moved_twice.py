"""The meter was changed at two tills: its credit moves once, with the transfer that a meter took, else with the first.
The other is reported, and where both may reach a meter, a person decides."""

from collections import Counter

from common.account.credits import Where
from common.account.meters import transfers_beside_the_line
from common.entries import Option, Purpose, RuleDecision
from common.resolution.rule import Matter, Rule, case_about

NAME = "moved_twice"


def decide(matter: Matter) -> list[RuleDecision]:
    """A case for each transfer from a meter that had been changed already."""
    loose = Counter(
        credit.job.from_meter
        for credit in matter.view.credits
        if credit.job.purpose is Purpose.TRANSFER and credit.where in (Where.METER, Where.CARD)
    )
    return [
        case_about(NAME, job, options=[Option.NOTE] if loose[job.from_meter] > 1 else [])
        for job in transfers_beside_the_line(matter.facts)
    ]


RULE = Rule(NAME, decide)
