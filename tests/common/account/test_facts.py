"""The fold: the facts are a function of the set of entries."""

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.account import AccountFacts, JobState, fold, pack, see, unpack
from common.card.image import ReturnData, ReturnStatus
from common.chain import SignedEntry
from common.entries import (
    AccountFrozen,
    AccountOpened,
    AnyBody,
    CardSeen,
    SettledBy,
    Unknown,
    VendCompleted,
    VendVoided,
)
from tests.common.histories import HISTORIES, History, lived
from tests.common.pieces import ACCOUNT, METER, START, Writer
from tests.common.world import LIMIT, World

CHANCE = st.randoms(use_true_random=False)
NOTHING = AccountFacts.new(ACCOUNT)


def opened(name: str) -> AccountOpened:
    return AccountOpened(account=ACCOUNT, name=name, meter=METER, tariff_class="residential", limit=LIMIT, clerk="wang")


def in_turn(journals: list[list[SignedEntry]], chance: random.Random) -> list[SignedEntry]:
    """All entries, each writer's in its own order, the writers mixed by chance."""
    queues, mixed = [list(journal) for journal in journals if journal], []
    while queues:
        queue = chance.choice(queues)
        mixed.append(queue.pop(0))
        queues = [queue for queue in queues if queue]
    return mixed


@settings(max_examples=200, deadline=None)
@given(HISTORIES, CHANCE)
def test_any_order_across_writers_gives_the_same_facts(history: History, chance: random.Random) -> None:
    world = lived(history)
    journals = [*world.entries, world.office.journal]
    whole = fold(NOTHING, [signed for journal in journals for signed in journal])
    assert pack(fold(NOTHING, in_turn(journals, chance))) == pack(whole)


@settings(max_examples=200, deadline=None)
@given(HISTORIES, CHANCE)
def test_any_batches_and_repetitions_give_the_same_facts(history: History, chance: random.Random) -> None:
    world = lived(history)
    rest = in_turn([*world.entries, world.office.journal], chance)
    whole, facts = fold(NOTHING, rest), NOTHING
    while rest:
        size = chance.randint(1, len(rest))
        for _ in range(chance.choice((1, 1, 2))):
            facts = unpack(pack(fold(facts, rest[:size])))
        rest = rest[size:]
    assert pack(facts) == pack(whole)


@settings(max_examples=100, deadline=None)
@given(HISTORIES, CHANCE)
def test_a_tills_entries_may_come_again_at_any_time(history: History, chance: random.Random) -> None:
    world = lived(history)
    entries = in_turn(world.entries, chance)
    again = chance.choices(entries, k=len(entries))
    assert pack(fold(NOTHING, entries + again)) == pack(fold(NOTHING, entries))


@settings(max_examples=100, deadline=None)
@given(HISTORIES)
def test_facts_are_packed_and_unpacked(history: History) -> None:
    for writer in (world := lived(history)).tills + [world.office]:
        assert unpack(pack(writer.facts)) == writer.facts
        assert pack(unpack(pack(writer.facts))) == pack(writer.facts)


def test_folding_leaves_the_facts_it_began_with() -> None:
    world = World.new(1)
    before = world.tills[0].facts
    packed = pack(before)
    world.vend(0, 0, 1_000)
    assert pack(before) == packed
    assert pack(world.tills[0].facts) != packed


def test_what_is_not_about_the_account_changes_nothing() -> None:
    till = Writer("till-0001")
    till.write(AccountFrozen(account="A2", reason="r", clerk="c"), START)
    till.write(Unknown(type="account.merged", account=ACCOUNT), START)
    till.write(Unknown(type="drawer.locked"), START)
    assert till.facts == NOTHING
    assert fold(NOTHING, []) == NOTHING


def test_of_two_openings_the_earlier_counts() -> None:
    early, late = Writer("till-0002"), Writer("till-0001", clock_error=timedelta(minutes=1))
    first, second = early.write(opened("李四"), START), late.write(opened("张三"), START)
    for order in ([first, second], [second, first]):
        found = fold(NOTHING, order).opened
        assert found is not None
        assert (found.body.name, found.writer) == ("李四", "till-0002")


def test_of_two_openings_at_once_the_writer_decides() -> None:
    first, second = Writer("till-0001").write(opened("李四"), START), Writer("till-0002").write(opened("张三"), START)
    for order in ([first, second], [second, first]):
        found = fold(NOTHING, order).opened
        assert found is not None
        assert found.writer == "till-0001"


def test_of_two_freezings_the_earlier_counts() -> None:
    early, late = Writer("till-0002"), Writer("till-0001", clock_error=timedelta(minutes=1))
    body = AccountFrozen(account=ACCOUNT, reason="迁出", clerk="wang")
    first, second = early.write(body, START), late.write(body, START)
    for order in ([first, second], [second, first]):
        found = fold(NOTHING, order).frozen
        assert found is not None
        assert found.writer == "till-0002"


def test_a_job_is_in_doubt_until_its_end_is_known() -> None:
    world = World.new(1)
    world.vend(0, 0, 1_000)
    start, end = world.tills[0].journal[-2:]
    job = end.entry.body.job  # type: ignore[union-attr]  # the end of a vend
    before = world.tills[0].journal[:-2]
    assert fold(NOTHING, [*before, start]).jobs[job].state is JobState.DOUBT
    alone = fold(NOTHING, [*before, end])
    assert job not in alone.jobs
    assert pack(fold(alone, [start])) == pack(fold(NOTHING, [*before, start, end]))
    assert fold(alone, [start]).jobs[job].state is JobState.WRITTEN
    assert fold(alone, [start]).early == {}


def test_nobody_ends_another_writers_job() -> None:
    world = World.new(2)
    world.vend(0, 0, 1_000, fate="written")
    (job,) = world.tills[0].doubts
    stranger = world.tills[1]
    ended = stranger.write(VendCompleted(job=job, account=ACCOUNT, receipt="1", by=SettledBy.CARD), world.now)
    known = fold(world.tills[0].facts, [ended])
    assert known.jobs[job].state is JobState.DOUBT
    assert pack(known) == pack(world.tills[0].facts)


@pytest.mark.parametrize("voided_first", [True, False])
def test_of_two_ends_the_write_that_was_seen_counts(*, voided_first: bool) -> None:
    """Copies of a till may end one job twice."""
    world = World.new(1)
    world.vend(0, 0, 1_000, fate="written")
    till = world.tills[0]
    (job,) = till.doubts
    ends: list[AnyBody] = [
        VendVoided(job=job, account=ACCOUNT, reason="CardRemoved", by=SettledBy.TILL),
        VendCompleted(job=job, account=ACCOUNT, receipt="till-0001/7", by=SettledBy.CARD),
    ]
    for body in ends if voided_first else ends[::-1]:
        till.write(body, world.now)
    found = till.facts.jobs[job]
    assert (found.state, found.by, found.receipt) == (JobState.WRITTEN, SettledBy.CARD, "till-0001/7")
    assert found.void_reason is None


SIGHTINGS = st.builds(
    ReturnData,
    meter=st.sampled_from(["M1", "M2"]),
    issue=st.integers(1, 3),
    count=st.integers(0, 3),
    remaining=st.integers(0, 3),
    use=st.integers(0, 3),
    status=st.sampled_from(list(ReturnStatus)),
    card_count=st.integers(0, 2),
)


@given(st.lists(SIGHTINGS, max_size=8), CHANCE)
def test_return_data_is_joined_in_any_order(seen: list[ReturnData], chance: random.Random) -> None:
    shuffled = chance.sample(seen, len(seen)) + chance.sample(seen, len(seen) // 2)
    one = NOTHING
    for found in seen:
        one = see(one, "6201000000000001", found)
    till = Writer("till-0001")
    for found in shuffled:
        till.write(CardSeen(account=ACCOUNT, card="6201000000000001", seen=found), START)
    assert pack(one) == pack(till.facts)


def test_the_meters_latest_word_stays() -> None:
    card, early = "6201000000000001", ReturnData(
        meter=METER, issue=1, count=1, remaining=900, use=100, status=ReturnStatus.LOADED, card_count=1
    )  # fmt: skip
    late = ReturnData(meter=METER, issue=1, count=1, remaining=400, use=600, status=ReturnStatus.LOADED, card_count=1)
    for order in ([early, late], [late, early]):
        facts = NOTHING
        for found in order:
            facts = see(facts, card, found)
        assert facts.sightings == {f"{card}:{METER}:1:loaded": late}
