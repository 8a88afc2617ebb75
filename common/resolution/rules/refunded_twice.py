"""The same refund paid at two tills: the first stands; the other is the branch's to answer for: a person decides."""

from common.account.facts import Refund, reversed_jobs
from common.entries import About, CaseOpened, Option, RuleDecision
from common.resolution.rule import Matter, Rule

NAME = "refunded_twice"


def decide(matter: Matter) -> list[RuleDecision]:
    """A case for each refund of what an earlier one, by its id, had paid back, or a reversal."""
    paid = reversed_jobs(matter.facts)
    cases: list[RuleDecision] = []
    for name, refund in sorted(matter.facts.refunds.items()):
        what = refund.for_job or refund.decision
        if what and what in paid:
            cases.append(_case(matter, name, refund))
        elif what:
            paid.add(what)
    return cases


def _case(matter: Matter, name: str, refund: Refund) -> CaseOpened:
    return CaseOpened(
        key=f"{NAME}/{name}",
        rule=NAME,
        account=matter.facts.account,
        about=About.JOB,
        subject=refund.for_job or name,
        credit=refund.credit,
        unit=refund.unit,
        amount=refund.amount,
        writer=refund.writer,
        clerk=refund.clerk,
        receipt=refund.receipt,
        options=[Option.BRANCH_PAYS, Option.RECOVER, Option.FORGIVE],
    )


RULE = Rule(NAME, decide)
