"""Both replaced the same card: the card that the meter has accepted wins, else the later one.

The loser is blocked, and credit on it that the meter did not take is owed to the winner.
"""

from common.account.cards import CardStanding, CardState
from common.account.standing import Standing
from common.entries import CardBlocked, MakeupOwed, RuleDecision
from common.resolution.rule import Matter, Rule

NAME = "both_replaced"


def decide(matter: Matter) -> list[RuleDecision]:
    """The decisions due: for each card that lost, a block, and a make-up for each credit on it that is not taken."""
    facts, view = matter.facts, matter.view
    decisions: list[RuleDecision] = []
    for loser in _losers(view):
        decisions.append(
            CardBlocked(key=f"{NAME}/card/{loser.serial}", rule=NAME, account=facts.account, card=loser.serial)
        )
        decisions.extend(
            MakeupOwed(
                key=f"{NAME}/credit/{credit.job.job}",
                rule=NAME,
                account=facts.account,
                for_job=credit.job.job,
                credit=credit.job.credit,
                unit=credit.job.unit,
                stranded_on=loser.serial,
            )
            for credit in view.credits
            if credit.job.card == loser.serial and credit.claimable and facts.frozen is None
        )
    return decisions


def _losers(view: Standing) -> list[CardStanding]:
    """Cards that share their issue number with one that outranks them; `view.cards` has the winner last."""
    winners = {card.issue: card.serial for card in view.cards.values()}
    return [
        card
        for card in view.cards.values()
        if winners[card.issue] != card.serial and card.state is not CardState.RETURNED
    ]


RULE = Rule(NAME, decide)
