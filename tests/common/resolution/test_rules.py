"""Each rule on its smallest example (design, section 7)."""

import msgspec
import pytest

from common.account import CardState, Owed, Where, standing
from common.admission import CardIsSuperseded, Refused
from common.card.image import CardImage
from common.entries import CardBlocked, CaseOpened, DecisionWithdrawn, MakeupOwed, RuleDecision
from common.resolution import RULES, due, settle
from common.units import CreditUnit
from tests.common.histories import all_sync
from tests.common.pieces import ACCOUNT, METER, Card
from tests.common.world import World, active_card

OLD, NEW, OTHER = 0, 1, 2
"""The account's first card, the one that replaced it, and another that replaced it too."""


def decisions(world: World) -> list[RuleDecision]:
    """The decisions in force; every till has heard of them."""
    all_sync(world)
    for till in world.tills:
        assert till.facts.decisions == world.office.facts.decisions
    return [made for _, made in sorted(world.office.facts.decisions.items())]


def rules_in_force(world: World) -> list[tuple[str, str]]:
    return [(made.rule, type(made).__name__) for made in decisions(world)]


def sold_to_superseded() -> World:
    """The meter knows the first card; the second till, alone, replaced it; the first till, alone, sold to it."""
    world = World.new(2)
    world.insert(OLD)
    world.replace(1)
    world.vend(0, OLD, 5_000)
    return world


def test_agreement_needs_no_decision() -> None:
    world = World.new(2)
    for _ in range(3):
        world.vend(0, OLD, 1_000)
        world.insert(OLD)
        all_sync(world)
    world.read(1, OLD)
    assert decisions(world) == []
    assert world.office.journal == []


def test_a_sale_to_a_superseded_card_is_owed_to_the_new_one() -> None:
    world = sold_to_superseded()
    block, debt = decisions(world)
    serial = world.cards[OLD].serial
    assert isinstance(block, CardBlocked)
    assert (block.account, block.card, block.rule) == (ACCOUNT, serial, "sold_to_superseded")
    assert isinstance(debt, MakeupOwed)
    assert (debt.credit, debt.stranded_on, debt.rule) == (5_000, serial, "sold_to_superseded")
    view = standing(world.office.facts)
    assert view.active == world.cards[NEW].serial
    assert view.cards[serial].state is CardState.BLOCKED
    assert view.owed == [Owed(for_job=debt.for_job, credit=5_000, unit=CreditUnit.ENERGY, decision=debt.key)]
    assert (view.books.energy.sold, view.books.energy.owed, view.books.conserved) == (5_000, 5_000, True)


def test_both_tills_refuse_the_old_card_and_say_which_to_use() -> None:
    world = sold_to_superseded()
    all_sync(world)
    for till in (0, 1):
        with pytest.raises(CardIsSuperseded) as refused:
            world.vend(till, OLD, 1_000)
        assert refused.value.use == world.cards[NEW].serial
        assert refused.value.writer == "till-0002"


def test_the_make_up_reaches_the_meter_and_nothing_is_owed() -> None:
    world = sold_to_superseded()
    all_sync(world)
    world.insert(NEW)
    world.make_up(0, NEW)
    all_sync(world)
    view = standing(world.office.facts)
    assert view.owed == []
    assert (view.books.energy.on_cards, view.books.conserved) == (5_000, True)
    world.insert(NEW)
    world.insert(OLD)
    world.read(1, NEW)
    assert [rule for rule, _ in rules_in_force(world)] == ["sold_to_superseded"] * 2
    view = standing(world.office.facts)
    assert world.meter.total == 5_000
    assert view.owed == []
    books = view.books.energy
    assert (books.sold, books.made_up, books.taken, books.on_dead_cards) == (5_000, 5_000, 5_000, 5_000)
    assert view.books.conserved


@pytest.mark.parametrize("shown", [OLD, NEW])
def test_nothing_is_owed_when_the_meter_took_it_after_all(shown: int) -> None:
    """He went home with the old card before he put in the new one. Either card proves it."""
    world = sold_to_superseded()
    assert len(decisions(world)) == 2
    world.insert(OLD)
    world.insert(NEW)
    world.read(1, shown)
    assert rules_in_force(world) == [("sold_to_superseded", "CardBlocked")]
    withdrawn = [signed.entry.body for signed in world.office.journal]
    assert [type(body) for body in withdrawn[-1:]] == [DecisionWithdrawn]
    view = standing(world.office.facts)
    assert view.owed == []
    assert (view.books.energy.taken, view.books.conserved) == (5_000, True)


def test_nothing_is_decided_when_all_had_come_before() -> None:
    """The proof comes with the sale: no debt is ever made."""
    world = sold_to_superseded()
    world.insert(OLD)
    world.read(0, OLD)
    assert rules_in_force(world) == [("sold_to_superseded", "CardBlocked")]
    assert not any(isinstance(signed.entry.body, MakeupOwed) for signed in world.office.journal)


def test_a_replacement_that_knew_of_the_sale_blocks_nothing() -> None:
    world = World.new(2)
    world.vend(0, OLD, 5_000)
    world.insert(OLD)
    all_sync(world)
    world.replace(1)
    assert decisions(world) == []


def test_credit_on_a_lost_card_is_owed_once_the_meter_obeys_the_new_one() -> None:
    """He bought, lost the card on the way home, and got another from a till that knew of the sale."""
    world = World.new(1)
    world.insert(OLD)
    world.vend(0, OLD, 5_000)
    world.replace(0)
    all_sync(world)
    assert standing(world.office.facts).owed == [], "the old card may still come to the meter first"
    world.insert(NEW)
    world.read(0, NEW)
    all_sync(world)
    assert [debt.credit for debt in standing(world.office.facts).owed] == [5_000]
    world.make_up(0, NEW)
    world.insert(NEW)
    world.read(0, NEW)
    all_sync(world)
    view = standing(world.office.facts)
    assert world.meter.total == 5_000
    assert view.owed == []
    assert view.books.conserved


def test_of_two_credits_with_one_count_the_meter_took_one_and_the_other_is_owed() -> None:
    """A till that had not heard of the last sale gave a new card and sold the same count on it; that card was lost."""
    world = World.new(2)
    world.vend(0, OLD, 1_000)
    world.insert(OLD)
    world.replace(1)
    world.vend(1, NEW, 2_000)
    world.replace(1)
    all_sync(world)
    world.insert(OTHER)
    world.read(0, OTHER)
    all_sync(world)
    assert [debt.credit for debt in standing(world.office.facts).owed] == [2_000]
    world.make_up(0, OTHER)
    world.insert(OTHER)
    world.read(0, OTHER)
    all_sync(world)
    assert world.meter.total == 3_000
    assert standing(world.office.facts).owed == []
    assert standing(world.office.facts).books.conserved


def both_replaced() -> World:
    world = World.new(2)
    world.insert(OLD)
    world.replace(0)
    world.replace(1)
    return world


def test_of_two_replacements_the_later_wins() -> None:
    world = both_replaced()
    (block,) = decisions(world)
    assert isinstance(block, CardBlocked)
    assert (block.card, block.rule) == (world.cards[NEW].serial, "both_replaced")
    assert active_card(world) == OTHER


def test_of_two_replacements_the_one_that_the_meter_accepted_wins() -> None:
    world = both_replaced()
    all_sync(world)
    world.insert(NEW)
    world.read(0, NEW)
    (block,) = decisions(world)
    assert isinstance(block, CardBlocked)
    assert block.card == world.cards[OTHER].serial
    assert active_card(world) == NEW
    assert standing(world.office.facts).cards[world.cards[NEW].serial].state is CardState.ACTIVE


def test_the_losers_credit_is_owed_to_the_winner() -> None:
    world = both_replaced()
    world.vend(1, OTHER, 3_000)
    world.insert(NEW)
    world.read(0, NEW)
    assert rules_in_force(world) == [("both_replaced", "CardBlocked"), ("both_replaced", "MakeupOwed")]
    assert [debt.credit for debt in standing(world.office.facts).owed] == [3_000]
    world.make_up(0, NEW)
    world.insert(NEW)
    world.read(0, NEW)
    all_sync(world)
    view = standing(world.office.facts)
    assert world.meter.total == 3_000
    assert view.owed == []
    assert view.books.conserved


def test_a_loser_that_took_its_credit_to_the_meter_has_won() -> None:
    """Until its return data is read the office holds the later card for the winner; then it turns round."""
    world = both_replaced()
    world.vend(0, NEW, 3_000)
    world.insert(NEW)
    all_sync(world)
    assert active_card(world) == OTHER
    assert [debt.credit for debt in standing(world.office.facts).owed] == [3_000]
    world.read(1, NEW)
    assert rules_in_force(world) == [("both_replaced", "CardBlocked")]
    assert active_card(world) == NEW
    view = standing(world.office.facts)
    assert view.owed == []
    assert (view.books.energy.taken, view.books.conserved) == (3_000, True)


def test_made_up_though_taken_is_a_case_while_it_may_be_taken_twice() -> None:
    world = sold_to_superseded()
    all_sync(world)
    world.make_up(1, NEW)
    world.insert(OLD)
    world.read(0, OLD)
    found = [made for made in decisions(world) if isinstance(made, CaseOpened)]
    assert [(made.rule, made.credit) for made in found] == [("made_up_though_taken", 5_000)]
    assert found[0].subject == next(job.job for job in world.office.facts.jobs.values() if job.for_job)
    world.insert(NEW)
    assert world.meter.total == 5_000, "both have the same count, so that the meter takes one of them"
    world.read(0, NEW)
    assert rules_in_force(world) == [("sold_to_superseded", "CardBlocked")]
    view = standing(world.office.facts)
    assert view.owed == []
    assert view.books.conserved


def forge(world: World, energy: int) -> None:
    """Somebody writes credit on the account's card without a till."""
    card = world.cards[OLD]
    assert card.image is not None
    world.insert(OLD)
    image: CardImage = msgspec.structs.replace(card.image, count=world.meter.count + 1, credit=energy)
    world.meter.insert(Card(card.serial, image))


def test_energy_from_nowhere_is_a_case() -> None:
    world = World.new(1)
    forge(world, 7_000)
    world.insert(OLD)
    world.read(0, OLD)
    (case,) = decisions(world)
    assert isinstance(case, CaseOpened)
    assert (case.rule, case.subject, case.credit) == ("not_conserved", METER, 7_000)
    books = standing(world.office.facts).books
    assert not books.conserved
    assert books.gaps == {METER: 7_000}


def test_more_energy_from_nowhere_is_another_case() -> None:
    world = World.new(1)
    forge(world, 7_000)
    world.insert(OLD)
    world.read(0, OLD)
    (first,) = decisions(world)
    forge(world, 1_000)
    world.insert(OLD)
    world.read(0, OLD)
    (second,) = decisions(world)
    assert isinstance(second, CaseOpened)
    assert second.credit == 8_000
    assert second.key != first.key


def test_a_meter_that_lost_credit_is_a_case() -> None:
    world = World.new(1)
    world.vend(0, OLD, 5_000)
    world.insert(OLD)
    world.meter.total -= 2_000
    world.insert(OLD)
    world.read(0, OLD)
    (case,) = decisions(world)
    assert isinstance(case, CaseOpened)
    assert (case.rule, case.credit) == ("not_conserved", 2_000)


def test_settling_is_done_once() -> None:
    world = sold_to_superseded()
    all_sync(world)
    made = len(world.office.journal)
    assert settle(world.office.facts) == []
    all_sync(world)
    assert len(world.office.journal) == made
    assert due(world.office.facts) == world.office.facts.decisions


def test_every_decision_names_its_rule_and_account_in_its_key() -> None:
    for world in (sold_to_superseded(), both_replaced()):
        for made in decisions(world):
            assert made.rule in RULES
            assert made.key.startswith(f"{made.rule}/")
            assert made.account == ACCOUNT


def test_a_credit_in_doubt_is_counted_nowhere() -> None:
    world = World.new(1)
    world.vend(0, OLD, 5_000, fate="written")
    view = standing(world.tills[0].facts)
    assert [job.credit for job in view.in_doubt] == [5_000]
    assert (view.books.energy.sold, view.books.money, view.credits) == (0, 0, [])
    world.insert(OLD)
    world.read(0, OLD)
    view = standing(world.tills[0].facts)
    assert view.in_doubt == []
    assert [credit.where for credit in view.credits] == [Where.METER]
    assert (view.books.energy.sold, view.books.conserved) == (5_000, True)


def test_a_card_that_never_was_is_refused_everywhere() -> None:
    world = both_replaced()
    world.cards.append(Card("6201000099999999", world.cards[NEW].image))
    assert world.cards[-1].image is not None
    world.cards[-1].image = msgspec.structs.replace(world.cards[-1].image, serial="6201000099999999")
    for till in (0, 1):
        with pytest.raises(Refused):
            world.vend(till, 3, 1_000)
