"""The same make-up given by two tills (common.resolution.rules.made_up_twice)."""

from common.account import open_debts, standing
from common.entries import ArrearsOwed, CaseOpened, Option
from tests.common.histories import NEWEST, all_sync, played, scene
from tests.common.odd_world import OddWorld

RULE = "made_up_twice"


def twice() -> OddWorld:
    """Till 1 made the credit up and the meter took it; till 2, alone, gave out a new card and made it up once more."""
    return played(scene("made_up_twice", 0, 1))


def case_of(world: OddWorld) -> CaseOpened:
    (case,) = [made for made in world.open_cases if made.rule == RULE]
    return case


def test_the_second_is_owed_by_the_account_at_the_price_that_was_paid_and_the_case_says_so() -> None:
    world = twice()
    case = case_of(world)
    (debt,) = [made for made in world.office.facts.decisions.values() if isinstance(made, ArrearsOwed)]
    assert (case.writer, case.credit, case.amount) == ("till-0002", 700, 700)
    assert debt.amount == 700
    assert world.meter.total == 300 + 700 + 700
    assert [(found.arrears, found.outstanding) for found in open_debts(world.tills[2].facts)] == [(debt.key, 700)]


def test_the_next_purchase_at_any_till_recovers_it_once() -> None:
    world = twice()
    world.vend(2, NEWEST, 1_000)
    (job,) = [job for job in world.tills[2].facts.jobs.values() if job.recovered]
    assert list(job.recovered.values()) == [700]
    assert job.amount == job.cost + 700
    all_sync(world)
    assert open_debts(world.office.facts) == []
    world.insert(NEWEST)
    world.vend(1, NEWEST, 1_000)
    all_sync(world)
    assert [job.job for job in world.office.facts.jobs.values() if sum(job.recovered.values())] == [job.job]
    assert standing(world.office.facts).books.conserved


def test_a_person_may_forgive_it() -> None:
    world = twice()
    world.decide_case(case_of(world), Option.FORGIVE)
    all_sync(world)
    assert open_debts(world.tills[0].facts) == []
    assert world.open_cases == []


def test_what_was_recovered_before_it_was_forgiven_is_a_case() -> None:
    """The decision is overturned and somebody has acted on it."""
    world = twice()
    case = case_of(world)
    world.vend(2, NEWEST, 1_000)
    all_sync(world)
    world.decide_case(case, Option.FORGIVE)
    (overturned,) = world.open_cases
    assert (overturned.rule, overturned.amount) == ("overturned", 700)
    assert overturned.options == [Option.NOTE, Option.FORGIVE, Option.REFUND]
    world.decide_case(overturned, Option.REFUND)
    all_sync(world)
    before = standing(world.office.facts).books.money
    world.pay_decided(0)
    world.pay_decided(0)
    all_sync(world)
    assert standing(world.office.facts).books.money == before - 700
    assert world.open_cases == []


def test_one_make_up_is_no_case() -> None:
    world = played(scene("made_up", 0, 1))
    assert world.meter.total == 700
    assert world.open_cases == []
