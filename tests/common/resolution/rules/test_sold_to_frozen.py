"""Sold after another till froze the account (common.resolution.rules.sold_to_frozen)."""

import pytest

from common.account import standing
from common.admission import AccountIsFrozen, NothingToReverse, Refused
from common.entries import CaseOpened, Option, RefundOwed
from tests.common.histories import NEWEST, all_sync, played, scene
from tests.common.odd_world import OddWorld

OLD, SOLD_BY, CLOSED_BY = 0, 0, 1


def closed() -> OddWorld:
    """Till 2 gave out a new card, took it back and closed the account; till 1, alone, sold on the old card."""
    return played(scene("closed", SOLD_BY, CLOSED_BY))


def cases(world: OddWorld) -> list[CaseOpened]:
    decisions = world.office.facts.decisions.values()
    return [made for made in decisions if isinstance(made, CaseOpened) and made.rule == "sold_to_frozen"]


def refunds(world: OddWorld) -> list[RefundOwed]:
    return [made for made in world.office.facts.decisions.values() if isinstance(made, RefundOwed)]


def test_the_account_stays_closed_a_refund_is_due_and_the_case_names_clerk_and_receipt() -> None:
    world = closed()
    (case,), (refund,) = cases(world), refunds(world)
    facts = world.office.facts
    sold = facts.jobs[case.subject]
    assert facts.frozen is not None
    assert (case.clerk, case.writer, case.receipt) == ("wang", "till-0001", sold.receipt)
    assert (case.amount, refund.amount, refund.for_job) == (650, 650, sold.job)
    assert case.options == [Option.REFUND, Option.NOTE]
    with pytest.raises(AccountIsFrozen):
        world.vend(SOLD_BY, OLD, 100)


@pytest.mark.parametrize("till", [0, 1, 2])
def test_any_till_pays_the_refund_once_the_card_is_handed_in_and_then_nobody_does(till: int) -> None:
    world = closed()
    before = standing(world.office.facts).books.money
    world.reverse(till, OLD)
    for other in range(3):
        with pytest.raises(Refused):
            world.reverse(other, OLD)
    all_sync(world)
    assert (cases(world), refunds(world)) == ([], [])
    assert standing(world.office.facts).books.money == before - 650
    assert world.meter.total == 0


def test_what_the_meter_took_is_not_paid_back() -> None:
    world = closed()
    world.meter = world.removed.pop()
    world.insert(OLD)
    with pytest.raises((NothingToReverse, AccountIsFrozen)):
        world.reverse(SOLD_BY, OLD)
    world.read(SOLD_BY, OLD)
    all_sync(world)
    (case,) = cases(world)
    assert case.options == [Option.NOTE]
    assert refunds(world) == []


def test_without_the_card_a_person_decides_and_one_till_pays_once() -> None:
    world = closed()
    (case,) = cases(world)
    world.decide_case(case, Option.REFUND)
    all_sync(world)
    assert refunds(world) == [], "then the card brings nothing any more"
    with pytest.raises(Refused):
        world.reverse(0, OLD)
    before = standing(world.office.facts).books.money
    world.pay_decided(0)
    world.pay_decided(0)
    all_sync(world)
    assert standing(world.office.facts).books.money == before - 650
    assert world.open_cases == []


def test_a_closing_that_knew_of_the_sale_is_no_case() -> None:
    world = played([("vend", 0, NEWEST, 650, "done"), ("insert", NEWEST), ("close_account", 0, NEWEST)])
    assert world.office.facts.frozen is not None
    assert world.office.facts.decisions == {}
