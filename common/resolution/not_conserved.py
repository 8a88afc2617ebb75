"""The meter says that it took more or less than the entries say: never silent, a person looks."""

from common.account.facts import AccountFacts
from common.account.standing import Standing
from common.entries import CaseOpened, RuleDecision

NAME = "not_conserved"


def decide(facts: AccountFacts, view: Standing) -> list[RuleDecision]:
    """A case for each meter that says otherwise, and one when more was moved or refunded than meters gave up. One for
    each difference, so that a new one opens a new case."""
    gaps = dict(view.books.gaps)
    if view.books.held < 0:
        gaps["held"] = view.books.held
    return [
        CaseOpened(
            key=f"{NAME}/{facts.account}/{where}/{gap}",
            rule=NAME,
            account=facts.account,
            subject=where,
            energy=abs(gap),
        )
        for where, gap in gaps.items()
    ]
