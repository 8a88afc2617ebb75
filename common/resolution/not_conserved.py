"""The meter says that it took more or less than the entries say: never silent, a person looks."""

from common.account.facts import AccountFacts
from common.account.meters import meter_unit
from common.account.standing import Standing
from common.entries import CaseOpened, RuleDecision
from common.units import CreditUnit

NAME = "not_conserved"


def decide(facts: AccountFacts, view: Standing) -> list[RuleDecision]:
    """A case for each meter that says otherwise, and one when more was moved or refunded than meters gave up. One for
    each difference, so that a new one opens a new case."""
    gaps = [(meter, gap, meter_unit(facts, meter)) for meter, gap in view.books.gaps.items()]
    overdrawn = ((unit, view.books.of(unit).held) for unit in CreditUnit)
    gaps += [(f"held_{unit.value}", held, unit) for unit, held in overdrawn if held < 0]
    return [
        CaseOpened(
            key=f"{NAME}/{facts.account}/{where}/{gap}",
            rule=NAME,
            account=facts.account,
            subject=where,
            credit=abs(gap),
            unit=unit,
        )
        for where, gap, unit in gaps
    ]
