"""Order-free at the real office: the queue, its transactions and the master store's tables, byte for byte."""

import random
from concurrent.futures import Future
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.chain import Head
from common.resolution import due
from common.units import CreditUnit
from syncserver.audit.rebuild import rebuild
from syncserver.ingest.intake import Intake
from syncserver.ingest.queue import IngestQueue
from syncserver.office.cases import cases
from syncserver.store import MasterStore
from tests.common.histories import ODD_HISTORIES, History, examples, lived_oddly, scene, settle_doubts
from tests.common.odd_world import OddWorld
from tests.common.world import START
from tests.syncserver.test_settling import KEY, facts_of, master, models


def deliver(store: MasterStore, world: OddWorld, chance: random.Random) -> None:
    """Everything that the tills and the office's people said, through the ingest queue: interleaved, late, in batches
    of any size, of which some come twice."""
    queue = IngestQueue(store, KEY, lambda: START)
    sent = dict.fromkeys(range(len(world.tills)), 0)
    words = list(world.said)
    waiting: list[Future[Head]] = []
    while words or any(sent[till] < len(world.entries[till]) for till in sent):
        left = [till for till in sent if sent[till] < len(world.entries[till])]
        if words and (not left or chance.random() < 0.2):
            for future in waiting:
                future.result()
            with store.write() as writing:
                intake = Intake(writing, KEY, START)
                intake.say(words.pop(0))
                intake.finish()
            continue
        till = chance.choice(left)
        journal = world.entries[till]
        first = max(0, sent[till] - chance.choice([0, 0, 0, 3]))
        sent[till] += chance.randint(1, len(journal) - sent[till])
        waiting.append(queue.submit(world.tills[till].name, 1, journal[first : sent[till]]))
    queue.close()
    for future in waiting:
        future.result()


def check_any_order(world: OddWorld, chance: random.Random) -> None:
    names, keys = [till.name for till in world.tills], {till.name: till.key for till in world.tills}
    with master(names, keys) as first, master(names, keys) as second:
        for store in (first, second):
            deliver(store, world, chance)
        assert models(first) == models(second)
        with first.read() as one, second.read() as other:
            assert cases(one, every=True) == cases(other, every=True)
        facts = facts_of(first)
        assert facts.decisions == due(facts, world.tariffs)
        assert rebuild(first, check=True, progress=lambda _: None) == []
        alone = OddWorld([])
        for word in world.said:
            alone.say(word)
        alone.arrive([signed for journal in world.entries for signed in journal])
        assert facts.decisions == alone.office.facts.decisions
        assert facts.decided == alone.office.facts.decided


@settings(max_examples=examples(40), deadline=None)
@given(ODD_HISTORIES, st.integers(0, 2**32 - 1).map(random.Random))
def test_any_interleaving_batching_lateness_and_duplication_give_the_same_master(
    history: History, chance: random.Random
) -> None:
    world = lived_oddly(history)
    settle_doubts(world)
    check_any_order(world, chance)


@pytest.mark.parametrize(
    "story",
    [
        [*scene("reversed_late", 0, 1), ("tear_out", 1), *scene("cloned", 1, 0)],
        [*scene("old_price", 0, 1), *scene("old_price", 1, 0), *scene("old_price", 0, 1), *scene("old_price", 1, 0)],
    ],
)
def test_stories_that_once_depended_on_the_order(story: list[tuple[Any, ...]]) -> None:
    world = lived_oddly((story, (0, 0, 0), CreditUnit.ENERGY))
    for seed in range(5):
        check_any_order(world, random.Random(seed))
