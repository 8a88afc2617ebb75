"""The rules' decisions about an account as rows, so that nobody looks through all accounts for the open cases."""

import msgspec

from common.account import AccountFacts
from common.entries import CaseOpened, RuleDecision, type_of
from syncserver.store import DecisionRow, DecisionState

_encoder = msgspec.json.Encoder(order="sorted")


def decisions_of(facts: AccountFacts) -> list[DecisionRow]:
    """The decisions in force, by key."""
    return [
        DecisionRow(key, facts.account, made.rule, type_of(made), _state(facts, made).value, _encoder.encode(made))
        for key, made in sorted(facts.decisions.items())
    ]


def _state(facts: AccountFacts, made: RuleDecision) -> DecisionState:
    if not isinstance(made, CaseOpened):
        return DecisionState.IN_FORCE
    if made.key in facts.decided:
        return DecisionState.DECIDED
    return DecisionState.OPEN if made.options else DecisionState.REPORTED
