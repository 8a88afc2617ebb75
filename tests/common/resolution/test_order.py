"""Order-free: any interleaving, duplication, batching and lateness of arrival gives the same master and cases."""

import random
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from common.account import AccountFacts, fold, pack, seal, standing, touches_history, unseal
from common.chain import SignedEntry
from common.entries import CaseDecided, TariffPublished
from common.resolution import due, settle
from common.units import CreditUnit
from tests.common.histories import ODD_HISTORIES, History, all_sync, examples, lived_oddly, scene, settle_doubts
from tests.common.odd_world import OddWorld
from tests.common.pieces import ACCOUNT

CHANCE = st.integers(0, 2**32 - 1).map(random.Random)


def arrived(world: OddWorld, chance: random.Random) -> OddWorld:
    """An office that hears of the same tills' entries, and whose people say the same things, at other moments: late,
    in other batches, some of it twice."""
    office = OddWorld([])
    queues: list[list[SignedEntry]] = [list(journal) for journal in world.entries]
    words: list[TariffPublished | CaseDecided] = list(world.said)
    while any(queues) or words:
        if words and (not any(queues) or chance.random() < 0.2):
            office.say(words.pop(0))
            continue
        queue = chance.choice([queue for queue in queues if queue])
        batch = chance.randint(1, len(queue))
        office.arrive(queue[:batch])
        if chance.random() < 0.2:
            office.office.facts = fold(office.office.facts, queue[:batch])
        del queue[:batch]
    return office


@settings(max_examples=examples(200), deadline=None)
@given(ODD_HISTORIES, CHANCE)
def test_any_order_of_arrival_gives_the_same_master(history: History, chance: random.Random) -> None:
    world = lived_oddly(history)
    first, second = arrived(world, chance), arrived(world, chance)
    assert pack(first.office.facts) == pack(second.office.facts)
    assert first.open_cases == second.open_cases
    assert standing(first.office.facts) == standing(second.office.facts)
    for made in first.office.facts.decisions.values():
        event(made.rule)


@settings(max_examples=examples(200), deadline=None)
@given(ODD_HISTORIES)
def test_the_office_comes_to_rest_and_every_till_agrees(history: History) -> None:
    world = lived_oddly(history)
    all_sync(world)
    settle_doubts(world)
    all_sync(world)
    assert settle(world.office.facts, world.tariffs) == []
    assert world.office.facts.decisions == due(world.office.facts, world.tariffs)
    for till in world.tills:
        assert pack(till.facts) == pack(world.office.facts)


@settings(max_examples=examples(200), deadline=None)
@given(ODD_HISTORIES)
def test_the_recent_segment_decides_what_all_facts_decide(history: History) -> None:
    world = lived_oddly(history)
    all_sync(world)
    whole, recent = AccountFacts.new(ACCOUNT), AccountFacts.new(ACCOUNT)
    archive = []
    for signed in world.feed:
        whole = fold(whole, [signed])
        if touches_history(recent, signed.entry):
            recent, archive = unseal(recent, archive), []
        recent, added = seal(fold(recent, [signed]), world.tariffs)
        archive += added
        assert due(recent, world.tariffs) == due(whole, world.tariffs)


@pytest.mark.parametrize(
    "story",
    [
        # A make-up on a copied card was owed by two rules, and the meter said the same of two issue numbers.
        [*scene("reversed_late", 0, 1), ("tear_out", 1), *scene("cloned", 1, 0)],
    ],
)
def test_stories_that_the_order_of_arrival_once_decided(story: list[tuple[Any, ...]]) -> None:
    """Found by the property above: which decision, and which word of the meter, was named depended on the order."""
    world = lived_oddly((story, (0, 0, 0), CreditUnit.ENERGY))
    offices = [arrived(world, random.Random(seed)) for seed in range(40)]
    assert len({pack(office.office.facts) for office in offices}) == 1
    assert all(standing(office.office.facts) == standing(offices[0].office.facts) for office in offices)
