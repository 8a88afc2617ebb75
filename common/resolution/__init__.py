"""The rules that settle what offline tills decided differently about one account.

`settle` compares what is due by the rules with what is in force. To add a rule, write its module in
common/resolution/rules, with a RULE in it: it is found there. Its words for the clerk stand in till/messages.
"""

from collections.abc import Sequence

from common.account.facts import AccountFacts
from common.account.standing import standing
from common.entries import AnyBody, DecisionWithdrawn, RuleDecision
from common.resolution import overturned
from common.resolution.rule import Matter, Rule
from common.resolution.rules import found_rules
from common.tariff import Tariff

RULES: dict[str, Rule] = {rule.name: rule for rule in found_rules()}

NAMES = frozenset({*RULES, overturned.NAME})
"""The names that decisions carry."""


def due(facts: AccountFacts, tariffs: Sequence[Tariff] = ()) -> dict[str, RuleDecision]:
    """The decisions that the rules ask for by these facts, by key. A function of the entries alone."""
    matter = Matter(facts, standing(facts), tariffs)
    asked = {decision.key: decision for rule in RULES.values() for decision in rule.decide(matter)}
    return asked | {case.key: case for case in overturned.cases(facts, asked.keys(), RULES.keys())}


def settle(facts: AccountFacts, tariffs: Sequence[Tariff] = ()) -> list[AnyBody]:
    """What the office must write about this account now. Nothing, once what this returned has been folded.

    A decision that is not due any more is withdrawn, a case too: it was asked too early, before all entries had come.
    What is in force is therefore exactly what is due by the facts, whatever order the entries came in.
    """
    wanted = due(facts, tariffs)
    made: list[AnyBody] = [wanted[key] for key in sorted(wanted) if facts.decisions.get(key) != wanted[key]]
    withdrawn: list[AnyBody] = [
        DecisionWithdrawn(key=key, account=facts.account) for key in sorted(facts.decisions) if key not in wanted
    ]
    return withdrawn + made
