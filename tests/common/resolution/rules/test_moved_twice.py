"""The meter was changed at two tills (common.resolution.rules.moved_twice): its credit moves once."""

from common.account import standing
from common.entries import CaseOpened
from tests.common.histories import NEWEST, all_sync, played, scene
from tests.common.odd_world import OddWorld

RULE = "moved_twice"


def moved_twice() -> OddWorld:
    """Till 2 gave out a new card and let it follow to the new meter; so did till 1 with the old card, each alone."""
    first = [("vend", 0, NEWEST, 1_000, "done"), ("insert", NEWEST)]
    return played(first, scene("moved_twice", 0, 1))


def rules(world: OddWorld) -> list[str]:
    return [made.rule for made in world.office.facts.decisions.values()]


def test_the_second_move_is_reported_and_the_report_names_who_did_it() -> None:
    world = moved_twice()
    (case,) = [made for made in world.office.facts.decisions.values() if made.rule == RULE]
    assert isinstance(case, CaseOpened)
    assert (case.credit, case.clerk, case.options) == (1_000, "wang", [])


def test_the_new_meter_gets_it_once_and_the_books_hold() -> None:
    world = moved_twice()
    for card in (NEWEST, -2, NEWEST):
        world.insert(card)
        world.read(0, card)
    all_sync(world)
    assert world.meter.total == 1_000
    view = standing(world.office.facts)
    assert view.owed == []
    assert (view.books.energy.moved, view.books.energy.held) == (1_000, 0)
    assert view.books.conserved
    assert world.open_cases == [], "nobody has to decide: the other credit is nowhere"
    assert RULE in rules(world), "but it is reported"


def test_the_move_that_the_meter_took_is_the_one_that_counts() -> None:
    """He brings the old card first: the meter takes it, and refuses the count of the new one."""
    world = moved_twice()
    for card in (-2, NEWEST):
        world.insert(card)
        world.read(0, card)
    all_sync(world)
    assert world.meter.total == 1_000
    view = standing(world.office.facts)
    assert (view.owed, view.books.conserved) == ([], True)
