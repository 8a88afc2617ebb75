"""What reports look up of an account: its cards and its sales."""

from collections.abc import Iterable, Mapping

from common.account import AccountFacts, CardState, Job, standing
from common.reports.line import lines_of
from syncserver.store import CardRow, VendRow


def cards_of(facts: AccountFacts) -> list[CardRow]:
    """The account's cards as they stand."""
    return [
        CardRow(card.serial, facts.account, card.issue, CardState(card.state).value)
        for card in standing(facts).cards.values()
    ]


def vends_of(names: Iterable[str], sealed: Mapping[str, Job], facts: AccountFacts) -> list[VendRow]:
    """What reports count of the jobs of these names, whether sealed by now or not, and of what is no job."""
    return lines_of(names, sealed, facts)
