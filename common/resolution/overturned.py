"""A decision that later entries overturned after somebody had acted on it: a person looks at it.

Nobody need tell whether the decision was ever written, and when: the entries of those who acted name it. A make-up that
was given and is not owed any more has a rule of its own (made_up_though_taken), for it is energy and not money.
"""

from collections.abc import Collection, Iterator

from common.account.arrears import OVERTURNED, paid_for_arrears
from common.account.facts import AccountFacts
from common.entries import About, CaseDecided, CaseOpened, Option
from common.resolution.rule import sayable

NAME = OVERTURNED


def cases(facts: AccountFacts, asked: Collection[str], rules: Collection[str]) -> Iterator[CaseOpened]:
    """A case for each decision, a rule's or a person's, that is not asked for any more and by which money was paid, or
    is still to be paid because a person said so.

    Args:
        asked: the keys of the decisions that are due.
        rules: the names of the rules.
    """
    moved = _money_by_rules(facts, rules) | _money_by_people(facts)
    for key, amount in sorted(moved.items()):
        if key not in asked:
            yield _case(facts, key, amount)


def _money_by_rules(facts: AccountFacts, rules: Collection[str]) -> dict[str, int]:
    """What accounts paid by decisions: minor units by key."""
    return {key: paid for key, paid in paid_for_arrears(facts).items() if paid and key.partition("/")[0] in rules}


def _money_by_people(facts: AccountFacts) -> dict[str, int]:
    """What people decided: positive, what the account owes; negative, what it is given."""
    found: dict[str, int] = {}
    for key, word in facts.decided.items():
        if key.partition("/")[0] != NAME and word.amount:
            found[key] = -word.amount if word.option is Option.REFUND else word.amount
    return found


def _case(facts: AccountFacts, key: str, amount: int) -> CaseOpened:
    word: CaseDecided | None = facts.decided.get(key)
    return CaseOpened(
        key=f"{NAME}/{key}",
        rule=NAME,
        account=facts.account,
        about=About.DECISION,
        subject=key,
        credit=0,
        amount=sayable(amount),
        clerk="" if word is None else word.by,
        options=[Option.NOTE, Option.FORGIVE, Option.REFUND] if amount > 0 else [Option.NOTE, Option.RECOVER],
    )
