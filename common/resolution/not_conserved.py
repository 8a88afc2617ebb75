"""The meter says that it took more or less than the entries say: never silent, a person looks."""

from common.account.facts import AccountFacts
from common.account.standing import Standing
from common.entries import CaseOpened, RuleDecision

NAME = "not_conserved"


def decide(facts: AccountFacts, view: Standing) -> list[RuleDecision]:
    """A case when the account's books do not hold. One for each difference, so that a new one opens a new case."""
    books = view.books
    if books.conserved or books.meter_says is None:
        return []
    gap = books.meter_says - books.meter_should_say
    return [
        CaseOpened(
            key=f"{NAME}/{facts.account}/{gap}",
            rule=NAME,
            account=facts.account,
            subject=facts.account,
            energy=abs(gap),
        )
    ]
