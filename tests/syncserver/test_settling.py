"""The office settles what offline tills decided: in any order of arrival, in any batches, the master is the same."""

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from common.account import AccountFacts, seal, standing, unpack
from common.chain import GENESIS, SignedEntry, public_hex
from common.entries import CardBlocked, MakeupOwed
from common.resolution import due
from syncserver.audit.books import balance, decisions
from syncserver.audit.rebuild import rebuild
from syncserver.ingest.folding import whole_facts
from syncserver.ingest.intake import Intake
from syncserver.store import MasterStore, ReadModel, WriterRow, WriterState
from tests.common.histories import HISTORIES, History, lived, settle_doubts
from tests.common.pieces import ACCOUNT, START
from tests.common.world import World
from tests.postgresql import stores

pytestmark = pytest.mark.usefixtures("each_store")

OLD, NEW = 0, 1


@contextmanager
def master(tills: list[str], keys: Mapping[str, Ed25519PrivateKey] = {}) -> Iterator[MasterStore]:
    """An office's database that knows these tills, and these keys of theirs."""
    with stores.chosen.new() as store:
        with store.write() as writing:
            for writer in ("office", *tills):
                writing.add_writer(
                    WriterRow(
                        id=writer,
                        epoch=1,
                        branch="" if writer == "office" else "hill",
                        name=writer,
                        key=public_hex(keys.get(writer) or Ed25519PrivateKey.generate()),
                        box="",
                        seq=0,
                        hash=GENESIS,
                        state=WriterState.ACTIVE,
                        reason="",
                    )
                )
        try:
            yield store
        finally:
            store.close()


KEY = Ed25519PrivateKey.generate()


def take(store: MasterStore, batches: list[list[SignedEntry]]) -> None:
    """One transaction for these batches."""
    with store.write() as writing:
        intake = Intake(writing, KEY, START)
        for batch in batches:
            intake.take(batch)
        intake.finish()


def shuffled(world: World, chance: random.Random) -> list[list[list[SignedEntry]]]:
    """The tills' journals, each in its own order, cut into batches and the batches into transactions, by chance."""
    queues = [list(journal) for journal in world.entries]
    groups: list[list[list[SignedEntry]]] = []
    while any(queues):
        group: list[list[SignedEntry]] = []
        for _ in range(chance.randint(1, 3)):
            left = [queue for queue in queues if queue]
            if left:
                queue = chance.choice(left)
                size = chance.randint(1, len(queue))
                group.append(queue[:size])
                del queue[:size]
        groups.append(group)
    return groups


def facts_of(store: MasterStore) -> AccountFacts:
    with store.read() as reading:
        row = reading.accounts([ACCOUNT])[ACCOUNT]
        whole = whole_facts(reading, ACCOUNT, row.last)
        tariffs = reading.tariffs()
    assert unpack(row.facts) == seal(whole, tariffs)[0]
    return whole


def models(store: MasterStore) -> dict[str, list[tuple[object, ...]]]:
    """What of the master does not depend on the order in which entries came."""
    with store.read() as reading:
        found = {model.value: list(reading.rows(model)) for model in ReadModel if model is not ReadModel.FEED}
    found["account"] = [(number, branch, branches, facts) for number, branch, branches, _, facts in found["account"]]
    return found


@settings(max_examples=25, deadline=None)
@given(HISTORIES, st.randoms(use_true_random=False))
def test_any_order_and_any_batches_give_the_same_master(history: History, chance: random.Random) -> None:
    world = lived(history)
    settle_doubts(world)
    names = [till.name for till in world.tills]
    with master(names) as first, master(names) as second:
        for store in (first, second):
            for group in shuffled(world, chance):
                take(store, group)
        assert models(first) == models(second)
        assert decisions(first) == decisions(second)
        assert balance(first).conserved
        assert rebuild(first, check=True, progress=lambda _: None) == []
        assert facts_of(first).decisions == due(facts_of(first))
        alone = World.new(0)
        alone.arrive([signed for journal in world.entries for signed in journal])
        assert standing(facts_of(first)) == standing(alone.office.facts)


def test_sold_to_a_superseded_card_makes_it_up_on_the_new_one_and_blocks_the_old() -> None:
    world = World.new(2)
    world.vend(0, OLD, 20_000)
    world.insert(OLD)
    for till in (0, 1):
        world.sync(till)
    world.vend(0, OLD, 30_000)
    world.replace(1)
    with master([till.name for till in world.tills]) as store:
        # The replacing till is heard first: then nothing is wrong yet.
        take(store, [world.entries[0][:-2], world.entries[1]])
        assert decisions(store) == []
        take(store, [world.entries[0][-2:]])
        made = facts_of(store).decisions.values()
        assert {type(decision) for decision in made} == {CardBlocked, MakeupOwed}
        assert [decision.credit for decision in made if isinstance(decision, MakeupOwed)] == [30_000]
        assert [decision.card for decision in made if isinstance(decision, CardBlocked)] == [world.cards[OLD].serial]
        totals = balance(store)
        energy = totals.energy
        assert (energy.sold, energy.taken, energy.owed, totals.conserved) == (50_000, 20_000, 30_000, True)


def test_a_decision_that_is_not_due_any_more_is_withdrawn() -> None:
    """The old card's credit did reach the meter: when its return data comes, nothing is owed."""
    world = World.new(2)
    world.vend(0, OLD, 30_000)
    world.insert(OLD)
    world.replace(1)
    with master([till.name for till in world.tills]) as store:
        take(store, world.entries)
        assert [kind["type"] for kind in decisions(store)] == ["card.blocked", "makeup.owed"]
        world.read(0, OLD)
        take(store, [world.entries[0][-1:]])
        assert [kind["type"] for kind in decisions(store)] == ["card.blocked"]
        assert balance(store).conserved


def test_an_account_that_buys_for_years_stays_small() -> None:
    world = World.new(1)
    with master([till.name for till in world.tills]) as store:
        take(store, world.entries)
        sizes = []
        for _ in range(30):
            before = len(world.entries[0])
            world.vend(0, OLD, 1_000)
            world.insert(OLD)
            take(store, [world.entries[0][before:]])
            with store.read() as reading:
                sizes.append(len(reading.accounts([ACCOUNT])[ACCOUNT].facts))
        assert max(sizes[10:]) < 1.1 * max(sizes[:10])
        assert rebuild(store, check=True, progress=lambda _: None) == []
        assert balance(store).energy.sold == 30_000
