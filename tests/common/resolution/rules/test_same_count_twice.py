"""The same purchase count twice (common.resolution.rules.same_count_twice)."""

import pytest

from common.account import CardState, standing
from common.admission import CardIsBlocked
from common.entries import CardBlocked, Option
from tests.common.histories import NEWEST, all_sync, played, scene
from tests.common.odd_world import OddWorld

RULE = "same_count_twice"


@pytest.mark.parametrize("story", ["cloned", "torn_out"])
def test_the_card_is_blocked_and_a_person_decides(story: str) -> None:
    world = played(scene(story, 0, 1))
    (case,) = [case for case in world.open_cases if case.rule == RULE]
    serial = world.cards[0].serial
    assert (case.subject, case.writer, case.clerk) == (serial, "till-0002", "wang")
    assert case.options == [Option.KEEP_BLOCKED, Option.UNBLOCK]
    assert standing(world.office.facts).cards[serial].state is CardState.BLOCKED
    for till in range(3):
        with pytest.raises(CardIsBlocked) as refused:
            world.vend(till, NEWEST, 100)
        assert refused.value.rule == RULE


def test_a_torn_out_write_is_owed_once_the_card_is_unblocked() -> None:
    """He paid twice and the meter took one of the two."""
    world = played(scene("torn_out", 0, 1))
    (case,) = world.open_cases
    world.decide_case(case, Option.UNBLOCK)
    world.read(1, NEWEST)
    all_sync(world)
    assert not any(isinstance(made, CardBlocked) for made in world.office.facts.decisions.values())
    assert [debt.credit for debt in standing(world.tills[2].facts).owed] == [500]
    world.make_up(2, NEWEST)
    world.insert(NEWEST)
    world.read(2, NEWEST)
    all_sync(world)
    view = standing(world.office.facts)
    assert world.meter.total == 1_300
    assert view.books.conserved
    assert world.open_cases == []


def test_a_card_that_stays_blocked_is_replaced_and_nothing_is_lost() -> None:
    world = played(scene("torn_out", 0, 1))
    (case,) = world.open_cases
    world.decide_case(case, Option.KEEP_BLOCKED)
    all_sync(world)
    world.replace(2)
    world.insert(NEWEST)
    world.read(2, NEWEST)
    world.make_up(2, NEWEST)
    world.insert(NEWEST)
    world.read(2, NEWEST)
    all_sync(world)
    assert world.meter.total == 1_300
    assert standing(world.office.facts).books.conserved


def test_the_next_copy_is_another_case() -> None:
    world = played(scene("cloned", 0, 1))
    (case,) = [case for case in world.open_cases if case.rule == RULE]
    world.decide_case(case, Option.UNBLOCK)
    again = played_on(world)
    assert [other.key for other in again.open_cases if other.rule == RULE] != []
    assert case.key not in [other.key for other in again.open_cases]


def played_on(world: OddWorld) -> OddWorld:
    world.read(0, NEWEST)
    all_sync(world)
    world.make_up(0, NEWEST)
    world.insert(NEWEST)
    world.read(0, NEWEST)
    all_sync(world)
    world.clone(NEWEST)
    world.vend(0, NEWEST, 100)
    world.vend(1, -2, 100)
    all_sync(world)
    return world
