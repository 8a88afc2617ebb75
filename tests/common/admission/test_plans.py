"""What goes on a card when nothing is refused, and what a plan demands beside its card."""

from collections.abc import Callable

import pytest

from common.account import AccountFacts
from common.admission import (
    AccountIsFrozen,
    AccountUnknown,
    CountDoesNotFollow,
    CreditNotTaken,
    MeterIsAnother,
    NothingOwed,
    admit_card,
    plan_issue,
    plan_makeup,
    plan_replacement,
    plan_vend,
)
from common.card.image import CardContents, CardImage, job_mark
from common.entries import AccountFrozen
from tests.common.admission.cards import BLANK, FIRST, JOB, SECOND, altered, image_of, owed_a_makeup, without_card
from tests.common.pieces import ACCOUNT, METER, START, Writer
from tests.common.world import LIMIT, World


@pytest.mark.parametrize("plan", [plan_issue, plan_replacement])
def test_a_new_card_needs_an_open_account(plan: Callable[[AccountFacts, CardContents, str], object]) -> None:
    with pytest.raises(AccountUnknown):
        plan(AccountFacts.new(ACCOUNT), BLANK, JOB)
    till = Writer("till-0001")
    till.facts = without_card()
    till.write(AccountFrozen(account=ACCOUNT, reason="迁出", clerk="zhao"), START)
    with pytest.raises(AccountIsFrozen):
        plan(till.facts, BLANK, JOB)


def test_an_image_for_another_meter_is_refused() -> None:
    world = World.new(1)
    with pytest.raises(MeterIsAnother) as refused:
        plan_vend(world.tills[0].facts, altered(world.cards[0], meter="M9"), 1_000, JOB)
    assert refused.value.found == "M9"


def test_an_image_with_another_issue_number_is_refused() -> None:
    world = World.new(1)
    with pytest.raises(CountDoesNotFollow):
        plan_vend(world.tills[0].facts, altered(world.cards[0], issue=2), 1_000, JOB)


def test_what_is_written_when_nothing_is_refused() -> None:
    world = World.new(1)
    till = world.tills[0]
    image = plan_vend(till.facts, world.cards[0].contents, LIMIT, JOB)
    assert image == CardImage(
        serial=FIRST, account=ACCOUNT, meter=METER, issue=1, count=1, credit=LIMIT, job_mark=job_mark(JOB)
    )
    assert admit_card(till.facts, world.cards[0].contents).next_count == 1
    first = plan_issue(without_card(), BLANK, JOB)
    assert (first.serial, first.issue, first.count, first.credit) == (BLANK.serial, 1, 0, 0)
    assert first.job_mark == job_mark(JOB)


def test_a_replacement_knows_what_was_sold_and_carries_the_meters_count() -> None:
    world = World.new(1)
    world.vend(0, 0, 4_000)
    world.insert(0)
    world.vend(0, 0, 1_000)
    image, old, known = plan_replacement(world.tills[0].facts, BLANK, JOB)
    assert (image.issue, image.count, image.credit) == (2, 1, 0)
    assert (old.serial, known) == (FIRST, 2)


def test_a_make_up_has_the_stranded_credits_count() -> None:
    """So that the meter takes one of the two and never both."""
    world = owed_a_makeup()
    stranded = image_of(world.cards[0])
    image, owed = plan_makeup(world.tills[1].facts, world.cards[1].contents, JOB)
    assert (image.serial, image.issue, image.count, image.credit) == (SECOND, 2, stranded.count, 5_000)
    assert (owed.credit, owed.decision is None) == (5_000, False)


def test_a_make_up_waits_for_the_meter_too() -> None:
    world = owed_a_makeup()
    world.make_up(0, 1)
    with pytest.raises(CreditNotTaken):
        world.make_up(0, 1)
    with pytest.raises(CreditNotTaken):
        world.vend(0, 1, 1_000)
    world.insert(1)
    with pytest.raises(NothingOwed):
        world.make_up(0, 1)
    world.vend(0, 1, 1_000)


def test_a_refusal_writes_nothing() -> None:
    world = World.new(1)
    world.vend(0, 0, 4_000)
    before, image = len(world.tills[0].journal), world.cards[0].image
    with pytest.raises(CreditNotTaken):
        world.vend(0, 0, 1_000)
    assert len(world.tills[0].journal) == before
    assert world.cards[0].image == image
