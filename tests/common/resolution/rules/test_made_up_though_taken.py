"""A decision that is overturned after somebody acted on it (common.resolution.rules.made_up_though_taken)."""

from common.account import open_debts, standing
from common.entries import CaseOpened, DecisionWithdrawn, MakeupOwed, Option
from tests.common.histories import BEFORE, EVERYBODY, NEWEST, all_sync, played, scene
from tests.common.odd_world import OddWorld

RULE = "made_up_though_taken"


def kinds(world: OddWorld) -> set[tuple[str, str]]:
    return {(made.rule, type(made).__name__) for made in world.office.facts.decisions.values()}


def test_a_decision_that_nobody_acted_on_is_withdrawn() -> None:
    world = played(scene("stranded", 0, 1))
    assert ("sold_to_superseded", "MakeupOwed") in kinds(world)
    world.insert(BEFORE)
    world.read(0, BEFORE)
    all_sync(world)
    assert kinds(world) == {("sold_to_superseded", "CardBlocked")}
    assert isinstance(world.office.journal[-1].entry.body, DecisionWithdrawn)


def test_a_decision_that_a_till_acted_on_becomes_a_case() -> None:
    """The make-up is on the new card when the old card turns out to have reached the meter."""
    world = played(scene("overturned", 0, 1))
    assert not any(isinstance(made, MakeupOwed) for made in world.office.facts.decisions.values())
    (case,) = world.open_cases
    assert (case.rule, case.writer, case.credit, case.amount) == (RULE, "till-0002", 700, 700)


def test_a_sale_that_was_undone_after_it_was_made_up_is_a_case() -> None:
    world = played(scene("reversed_late", 0, 1))
    (case,) = world.open_cases
    assert (case.rule, case.amount) == (RULE, 700)


def test_what_a_person_decides_holds_and_reaches_the_tills() -> None:
    world = played(scene("reversed_late", 0, 1))
    (case,) = world.open_cases
    world.decide_case(case, Option.RECOVER)
    all_sync(world)
    assert [(debt.arrears, debt.outstanding) for debt in open_debts(world.tills[2].facts)] == [(case.key, 700)]
    world.insert(NEWEST)
    world.vend(2, NEWEST, 1_000)
    all_sync(world)
    assert open_debts(world.office.facts) == []
    assert world.open_cases == []
    assert standing(world.office.facts).books.conserved


def test_a_case_that_is_gone_after_a_person_decided_it_is_another_case() -> None:
    """The meter refuses the make-up after all, but the account owes for it already."""
    world = played(scene("overturned", 0, 1))
    (case,) = world.open_cases
    world.decide_case(case, Option.RECOVER)
    world.insert(NEWEST)
    world.read(0, NEWEST)
    all_sync(world)
    assert case.key not in world.office.facts.decisions
    (overturned,) = world.open_cases
    assert (overturned.rule, overturned.subject, overturned.amount) == ("overturned", case.key, 700)
    assert [debt.outstanding for debt in open_debts(world.tills[0].facts)] == [700], "what was decided holds"
    world.decide_case(overturned, Option.FORGIVE)
    all_sync(world)
    assert open_debts(world.tills[0].facts) == []
    assert world.open_cases == []


def test_agreement_is_no_case() -> None:
    world = played(scene("stranded", 0, 1), [EVERYBODY, ("make_up", 1, NEWEST, "done"), ("insert", NEWEST)])
    assert not any(isinstance(made, CaseOpened) for made in world.office.facts.decisions.values())
