"""What the office's rules, and people, decided about an account: told to the clerk who next sees its card."""

import msgspec

from common.account import AccountFacts
from common.entries import ArrearsOwed, CaseDecided, CaseOpened, MakeupOwed, RefundOwed, RuleDecision
from common.resolution.notices import notices
from till.messages import Explanation, Figures, Words

FOLDER = "rules"
"""The folder of till/messages with the words of each rule, under its name."""

_ANY = "any"


def told(facts: AccountFacts | None, figures: Figures) -> list[Explanation]:
    """Each decision that the clerk should hear of, as what happened, the money and the card, what to do."""
    return [] if facts is None else [explain_decision(made, figures) for made in notices(facts)]


def explain_decision(made: RuleDecision | CaseDecided, figures: Figures) -> Explanation:
    """A decision in words. A rule without words of its own gets those of any."""
    words = Words(figures.words.language, FOLDER)
    rule = "decided" if isinstance(made, CaseDecided) else made.rule
    section = rule if words.known(rule, "what") != "what" else _ANY
    facts = _facts(made, words, figures)
    what, safe, after = (words(f"{section}.{part}", **facts) for part in ("what", "safe", "next"))
    return Explanation(error=rule, what=what, safe=safe, next=after)


def _facts(made: RuleDecision | CaseDecided, words: Words, figures: Figures) -> dict[str, object]:
    """What the words may name: every member of the decision, the card that it is about, figures as people read them."""
    names = ("card", "subject", "credit", "amount", "writer", "clerk", "receipt")
    facts: dict[str, object] = dict.fromkeys(names, "") | msgspec.structs.asdict(made)
    facts["receipt"] = facts["receipt"] or "-"
    facts["card"] = facts["card"] or facts.get("stranded_on") or facts["subject"]
    if isinstance(made, CaseOpened | MakeupOwed):
        facts["credit"] = figures.credit(made.credit, made.unit)
    if isinstance(made, CaseOpened | ArrearsOwed | RefundOwed | CaseDecided):
        facts["amount"] = figures.money(abs(made.amount))
    if isinstance(made, CaseDecided):
        facts["option"] = words.known("option", made.option)
    return facts
