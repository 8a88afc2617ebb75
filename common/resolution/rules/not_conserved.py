"""The meter says that it took more or less than the entries say: never silent, a person looks."""

from common.account.meters import meter_unit
from common.entries import About, CaseOpened, Option, RuleDecision
from common.resolution.rule import Matter, Rule
from common.units import CreditUnit

NAME = "not_conserved"


def decide(matter: Matter) -> list[RuleDecision]:
    """A case for each meter that says otherwise, and one when more was moved than meters gave up. One for
    each difference, so that a new one opens a new case."""
    facts, books = matter.facts, matter.view.books
    gaps = [(meter, gap, meter_unit(facts, meter)) for meter, gap in books.gaps.items()]
    overdrawn = ((unit, books.of(unit).held) for unit in CreditUnit)
    gaps += [(f"held_{unit.value}", held, unit) for unit, held in overdrawn if held < 0]
    return [
        CaseOpened(
            key=f"{NAME}/{facts.account}/{where}/{gap}",
            rule=NAME,
            account=facts.account,
            about=About.METER,
            subject=where,
            credit=abs(gap),
            unit=unit,
            options=[Option.NOTE],
        )
        for where, gap, unit in gaps
    ]


RULE = Rule(NAME, decide)
