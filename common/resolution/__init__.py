"""The rules that settle what offline tills decided differently about one account.

A rule is a pure function from an account's facts to the decisions that are due by them. `settle` compares what is due
with what is in force. To add a rule, write its module and name it in RULES.
"""

from collections.abc import Callable, Sequence

from common.account.facts import AccountFacts
from common.account.standing import Standing, standing
from common.entries import AnyBody, DecisionWithdrawn, RuleDecision
from common.resolution import (
    both_replaced,
    made_up_though_taken,
    moved_twice,
    not_conserved,
    reversed_though_taken,
    sold_to_superseded,
)

Rule = Callable[[AccountFacts, Standing], Sequence[RuleDecision]]

RULES: dict[str, Rule] = {
    sold_to_superseded.NAME: sold_to_superseded.decide,
    both_replaced.NAME: both_replaced.decide,
    made_up_though_taken.NAME: made_up_though_taken.decide,
    reversed_though_taken.NAME: reversed_though_taken.decide,
    moved_twice.NAME: moved_twice.decide,
    not_conserved.NAME: not_conserved.decide,
}


def due(facts: AccountFacts) -> dict[str, RuleDecision]:
    """The decisions that the rules ask for by these facts, by key. A function of the entries alone."""
    view = standing(facts)
    return {decision.key: decision for rule in RULES.values() for decision in rule(facts, view)}


def settle(facts: AccountFacts) -> list[AnyBody]:
    """What the office must write about this account now. Nothing, once what this returned has been folded.

    A decision that is not due any more is withdrawn, a case too: it was asked too early, before all entries had come.
    What is in force is therefore exactly what is due by the facts, whatever order the entries came in.
    """
    wanted = due(facts)
    made: list[AnyBody] = [wanted[key] for key in sorted(wanted) if key not in facts.decisions]
    withdrawn: list[AnyBody] = [
        DecisionWithdrawn(key=key, account=facts.account) for key in sorted(facts.decisions) if key not in wanted
    ]
    return withdrawn + made
