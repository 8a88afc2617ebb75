"""The meter was changed at two tills: its credit moves once, with the first; the other is a case for a person."""

from common.account.facts import AccountFacts
from common.account.meters import transfers_beside_the_line
from common.account.standing import Standing
from common.entries import CaseOpened, RuleDecision

NAME = "moved_twice"


def decide(facts: AccountFacts, view: Standing) -> list[RuleDecision]:
    """A case for each transfer from a meter whose credit had moved already."""
    del view
    return [
        CaseOpened(
            key=f"{NAME}/{job.job}",
            rule=NAME,
            account=facts.account,
            subject=job.job,
            credit=job.credit,
            unit=job.unit,
        )
        for job in transfers_beside_the_line(facts)
    ]
