"""Money that was taken or given on another branch of a journal, by a till whose disk was restored, or that was copied.

It is in the books like all other money. The number on its receipt may have been given a second time: it is reported, so
that whoever counts the drawers knows.
"""

from common.entries import About, CaseOpened, RuleDecision
from common.resolution.rule import Matter, Rule

NAME = "sold_on_a_fork"


def decide(matter: Matter) -> list[RuleDecision]:
    """A case for each receipt that such an entry names. Only what is kept for good is looked at: a sale that is settled
    leaves the recent facts."""
    return [_case(matter, name, receipt) for name, receipt in sorted(matter.facts.forked.items())]


def _case(matter: Matter, name: str, receipt: str) -> CaseOpened:
    return CaseOpened(
        key=f"{NAME}/{name}",
        rule=NAME,
        account=matter.facts.account,
        about=About.JOB,
        subject=name,
        credit=0,
        writer=name.partition("/")[0],
        receipt=receipt,
    )


RULE = Rule(NAME, decide)
