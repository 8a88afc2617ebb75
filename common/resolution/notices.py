"""What the clerk who next sees a customer's card is to be told of what the rules, or people, decided."""

from common.account.arrears import open_debts, refunds_due
from common.account.facts import AccountFacts
from common.account.standing import standing
from common.entries import (
    About,
    ArrearsOwed,
    CardBlocked,
    CaseDecided,
    CaseOpened,
    MakeupOwed,
    Option,
    RefundOwed,
    RuleDecision,
)

_WEIGHT: tuple[type[RuleDecision], ...] = (CaseOpened, RefundOwed, ArrearsOwed, MakeupOwed, CardBlocked)
"""Of one rule's decisions the first kind says most, and speaks for the others."""


def notices(facts: AccountFacts) -> list[RuleDecision | CaseDecided]:
    """The decisions in force that a clerk should hear of, a rule's decisions spoken for by the weightiest; then what
    people decided, while it is still to be carried out.

    What was only reported is told until the account buys again; a case is told until somebody has decided it.
    """
    by_rule: dict[str, list[RuleDecision]] = {}
    for _, made in sorted(facts.decisions.items()):
        by_rule.setdefault(made.rule, []).append(made)
    told: list[RuleDecision | CaseDecided] = []
    for decisions in by_rule.values():
        kind = next(kind for kind in _WEIGHT if any(isinstance(made, kind) for made in decisions))
        told += [made for made in decisions if isinstance(made, kind) and _is_news(facts, made)]
    return told + _to_carry_out(facts)


def _is_news(facts: AccountFacts, made: RuleDecision) -> bool:
    if not isinstance(made, CaseOpened):
        return True
    if made.options:
        return made.key not in facts.decided
    job = facts.jobs.get(made.subject) if made.about is About.JOB else None
    return job is not None and job.count >= standing(facts).last_count


def _to_carry_out(facts: AccountFacts) -> list[RuleDecision | CaseDecided]:
    keys = {debt.arrears for debt in open_debts(facts)} | {refund.decision for refund in refunds_due(facts)}
    active = standing(facts).active
    about_card = (Option.UNBLOCK, Option.KEEP_BLOCKED)
    return [
        word
        for key, word in sorted(facts.decided.items())
        if key in keys or (word.option in about_card and word.subject == active)
    ]
