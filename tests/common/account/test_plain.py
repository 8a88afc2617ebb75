"""A plain account is one that no rule has anything to say about: otherwise the office would pass a conflict over."""

from hypothesis import given, settings

from common.account import AccountFacts, CardState, fold, is_plain, seal, seal_plain, standing
from common.reports.accounts import lists_of
from common.resolution import due
from tests.common.histories import HISTORIES, History, lived
from tests.common.pieces import ACCOUNT
from tests.common.world import World

OLD = 0


def sealed(facts: AccountFacts) -> AccountFacts:
    return seal(facts)[0]


@settings(max_examples=300, deadline=None)
@given(HISTORIES)
def test_no_rule_has_anything_to_say_about_a_plain_account(history: History) -> None:
    """At every moment, by the facts of every order: till after till, and all together entry by entry."""
    world = lived(history)
    facts = AccountFacts.new(ACCOUNT)
    for signed in (signed for journal in world.entries for signed in journal):
        folded = fold(facts, [signed])
        facts = sealed(folded)
        if is_plain(folded):
            assert seal_plain(folded) == seal(folded)
            assert is_plain(facts)
        if is_plain(facts):
            assert due(facts) == {}
            assert lists_of(facts) == ()
            assert [card.state for card in standing(facts).cards.values()] == [CardState.ACTIVE]


def test_a_customer_who_buys_and_comes_back_is_plain() -> None:
    """Otherwise nothing would be gained."""
    world = World.new(1)
    for _ in range(12):
        world.vend(0, OLD, 5_000)
        facts = AccountFacts.new(ACCOUNT)
        for signed in world.entries[0]:
            facts = sealed(fold(facts, [signed]))
        assert is_plain(facts)
        world.insert(OLD)
