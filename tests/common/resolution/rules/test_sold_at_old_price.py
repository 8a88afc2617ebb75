"""Sold at a price that had changed (common.resolution.rules.sold_at_old_price)."""

from common.account import open_debts
from common.entries import CaseOpened
from tests.common.histories import EVERYBODY, NEWEST, all_sync, played, scene
from tests.common.odd_world import OddWorld

SOLD = ("vend", 0, NEWEST, 1_200, "done")


def reports(world: OddWorld) -> list[CaseOpened]:
    decisions = world.office.facts.decisions.values()
    return [made for made in decisions if isinstance(made, CaseOpened) and made.rule == "sold_at_old_price"]


def test_the_printed_price_stands_and_the_difference_is_reported() -> None:
    world = played(scene("old_price", 0, 1))
    (report,) = reports(world)
    job = world.office.facts.jobs[report.subject]
    assert (job.amount, report.amount, report.options) == (1_200, 1_200, [])
    assert (report.writer, report.clerk) == ("till-0001", "wang")
    assert open_debts(world.office.facts) == []
    assert world.open_cases == [], "nobody has to decide anything"


def test_a_price_that_came_down_is_reported_as_paid_too_much() -> None:
    world = played([("publish", 3, -60), EVERYBODY, ("publish", 1, -30), SOLD])
    (report,) = reports(world)
    assert report.amount == -2_400


def test_a_tariff_that_is_published_late_finds_what_was_sold_before_it_came() -> None:
    world = played([SOLD, EVERYBODY, ("publish", 2, -30)])
    (report,) = reports(world)
    assert report.amount == 1_200


def test_a_tariff_that_is_not_in_force_yet_and_a_sale_before_it_was_are_no_matter() -> None:
    assert reports(played([("publish", 2, 10), SOLD])) == []
    assert reports(played([SOLD, ("publish", 2, 0)])) == []


def test_a_later_tariff_that_undoes_the_difference_withdraws_the_report() -> None:
    world = played([SOLD, EVERYBODY, ("publish", 2, -30), ("publish", 1, -29)])
    assert reports(world) == []


def test_a_sale_that_was_undone_is_not_reported() -> None:
    world = played(scene("old_price", 0, 1))
    world.reverse(0, NEWEST)
    all_sync(world)
    assert reports(world) == []
