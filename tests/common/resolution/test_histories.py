"""Random offline histories: whatever two or three tills decide alone, nothing is lost, nothing comes from nowhere."""

import random
from contextlib import suppress

from hypothesis import event, given, settings
from hypothesis import strategies as st

from common.account import (
    AccountFacts,
    Archived,
    fold,
    latest_purchases,
    pack,
    seal,
    standing,
    touches_history,
    unpack,
    unseal,
)
from common.admission import CreditOfAnotherUnit, NothingOwed, Refused
from common.chain import SignedEntry
from common.entries import CaseOpened
from common.resolution import due, settle
from common.units import CreditUnit
from tests.common.histories import HISTORIES, History, all_sync, examples, lived, settle_doubts
from tests.common.pieces import ACCOUNT
from tests.common.world import World, active_card

GIVEN_TWICE = {"made_up_though_taken", "made_up_twice", "reversed_though_taken"}


@settings(max_examples=examples(300), deadline=None)
@given(HISTORIES)
def test_the_office_comes_to_rest_and_the_books_hold(history: History) -> None:
    world = lived(history)
    all_sync(world)
    settle_doubts(world)
    all_sync(world)
    assert settle(world.office.facts) == []
    assert world.office.facts.decisions == due(world.office.facts)
    view = standing(world.office.facts)
    assert view.books.conserved
    for till in world.tills:
        assert pack(till.facts) == pack(world.office.facts)
    for card in range(len(world.cards)):
        with suppress(Refused):
            world.read(0, card)
    all_sync(world)
    books = standing(world.office.facts).books
    assert books.conserved
    here = books.of(world.meter.unit)
    assert here.in_meters == world.meter.total or world.meter.issue == 0


@settings(max_examples=examples(300), deadline=None)
@given(HISTORIES)
def test_every_credit_reaches_the_meter_once(history: History) -> None:
    check_every_credit(history)


def test_a_meter_that_was_taken_down_for_empty_and_was_not_is_a_case() -> None:
    """Found by the property above: the credit was owed, so nobody asked for a reading; the old card had brought it."""
    actions = [
        ("replace", 0, "done"), ("clear", 1, 0, "done"), ("insert", 0), ("vend", 1, 0, 1, "done"), ("insert", 0),
        ("change_meter", 0, 0, "done", CreditUnit.ENERGY),
    ]  # fmt: skip
    check_every_credit((actions, (0, 0, 0), CreditUnit.ENERGY))


def test_a_credit_that_moved_to_a_meter_which_went_before_it_took_it_is_given_back() -> None:
    """Found by the property above: it was on the card, no sale that could be reversed, and the next meter counts in
    another unit; so the customer could neither use it nor have its money."""
    actions = [
        ("insert", 0), ("vend", 0, 0, 281, "done"), ("insert", 0), ("change_meter", 0, 0, "done", CreditUnit.MONEY),
        ("change_meter", 0, 0, "done", CreditUnit.ENERGY),
    ]  # fmt: skip
    check_every_credit((actions, (0, 0, 0), CreditUnit.MONEY))


def test_credit_that_moved_at_one_till_and_was_given_back_at_another_is_a_case() -> None:
    """Found by the property above: the books said only that more had left the meter than was in it."""
    actions = [
        ("vend", 1, 0, 1, "done"), ("insert", 0), ("change_meter", 1, 0, "done", CreditUnit.ENERGY), ("read_meter", 0),
        ("refund", 0),
    ]  # fmt: skip
    world = lived((actions, (0, 0, 0), CreditUnit.ENERGY))
    all_sync(world)
    cases = [case for case in world.office.facts.decisions.values() if isinstance(case, CaseOpened)]
    assert [(case.rule, case.credit, case.amount) for case in cases] == [("refunded_twice", 1, 1)]
    books = standing(world.office.facts).books
    assert (books.energy.held, books.energy.refunded_again, books.conserved) == (0, 1, True)


def test_credit_that_moved_at_two_tills_and_was_taken_twice_is_a_case() -> None:
    """Found by the property above: the books said only that more had left the meters than was in them."""
    actions = [
        ("vend", 0, 0, 1, "done"), ("insert", 0), ("change_meter", 0, 0, "done", CreditUnit.ENERGY), ("insert", 0),
        ("replace", 1, "done"), ("change_meter", 0, 0, "done", CreditUnit.ENERGY),
        ("change_meter", 1, 1, "done", CreditUnit.ENERGY),
    ]  # fmt: skip
    check_every_credit((actions, (0, 0, 0), CreditUnit.ENERGY))


def test_a_card_follows_from_a_meter_that_only_the_other_till_knew_of() -> None:
    """Found by the property above: both tills had changed the first meter, and the card was for the later one's; it was
    refused for ever."""
    actions = [
        ("replace", 1, "done"), ("change_meter", 0, 0, "done", CreditUnit.ENERGY),
        ("change_meter", 0, 0, "lost", CreditUnit.ENERGY), ("change_meter", 1, 1, "done", CreditUnit.ENERGY),
    ]  # fmt: skip
    check_every_credit((actions, (0, 0, 0), CreditUnit.ENERGY))


def test_nothing_is_given_back_while_a_card_may_have_been_written_with_it() -> None:
    """Found by the property above: the money was given back at the till that had not finished moving the credit."""
    actions = [
        ("vend", 0, 0, 1, "done"), ("insert", 0), ("change_meter", 0, 0, "written", CreditUnit.ENERGY), ("refund", 0),
    ]  # fmt: skip
    world = lived((actions, (0, 0, 0), CreditUnit.ENERGY))
    assert world.tills[0].facts.refunds == {}
    check_every_credit((actions, (0, 0, 0), CreditUnit.ENERGY))


def check_every_credit(history: History) -> None:
    """The customer brings the right card until nothing is owed: his meter took what he paid for, to the watt-hour."""
    world = lived(history)
    all_sync(world)
    settle_doubts(world)
    all_sync(world)
    for _ in range(60):
        card = active_card(world)
        if card is None:
            world.issue(0)
            all_sync(world)
            continue
        world.insert(card)
        # Where the meter refuses the card because it obeys another of the same issue number, he brings that one.
        obeyed = next((place for place, found in enumerate(world.cards) if found.serial == world.meter.card), card)
        for shown in (card, obeyed):
            with suppress(Refused):
                world.read(0, shown)
        all_sync(world)
        if active_card(world) != card:
            continue  # the meter's word made another the one to use
        view = standing(world.office.facts)
        image = world.cards[card].image
        assert image is not None
        if {view.meter, image.meter} != {world.meter.number}:
            _follow(world, card)
            all_sync(world)
            continue
        try:
            world.make_up(0, card)
        except NothingOwed:
            if not standing(world.office.facts).owed:
                break
            world.refund_owed(0)  # of another unit than the meter that is there now
        except Refused as refused:
            event(type(refused).__name__)
        all_sync(world)
    else:
        raise AssertionError("it never ends")
    world.insert(card)
    for shown in range(len(world.cards)):
        with suppress(Refused):
            world.read(0, shown)
    all_sync(world)
    books = standing(world.office.facts).books
    assert books.conserved
    for unit in CreditUnit:
        here = books.of(unit)
        twice = sum(
            case.credit
            for case in world.office.facts.decisions.values()
            if isinstance(case, CaseOpened) and case.rule in GIVEN_TWICE and case.unit is unit
        )
        # A meter that was taken down unread, for it was believed empty, holds what its last card brought it.
        meters = sum(meter.total for meter in (world.meter, *world.removed) if meter.unit is unit)
        twice += here.moved_again + here.refunded_again
        assert meters + here.refunded + here.held == here.sold - here.reversed + twice


def _follow(world: World, card: int) -> None:
    """The card follows a change of the meter; what the new one cannot count is given back as money first."""
    try:
        world.change_meter(0, card, swap=False)
    except CreditOfAnotherUnit:
        for give_back in (
            lambda: world.read_meter(0),
            lambda: world.reverse(0, card),
            lambda: world.refund_owed(0),
            lambda: world.refund(0),
        ):
            with suppress(Refused):
                give_back()


@settings(max_examples=examples(200), deadline=None)
@given(HISTORIES, st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_master(history: History, chance: random.Random) -> None:
    world = lived(history)
    first, second = World.new(0), World.new(0)
    for office in (first, second):
        queues = [list(journal) for journal in world.entries]
        while any(queues):
            queue = chance.choice([queue for queue in queues if queue])
            batch = chance.randint(1, len(queue))
            office.arrive(queue[:batch])
            if chance.random() < 0.2:
                office.office.facts = fold(office.office.facts, queue[:batch])  # it came twice
            del queue[:batch]
    assert pack(first.office.facts) == pack(second.office.facts)
    assert standing(first.office.facts) == standing(second.office.facts)


@settings(max_examples=examples(200), deadline=None)
@given(HISTORIES)
def test_the_recent_segment_says_what_all_facts_say(history: History) -> None:
    """Folding entry by entry into sealed facts is folding all of them."""
    world = lived(history)
    all_sync(world)
    whole, recent = AccountFacts.new(ACCOUNT), AccountFacts.new(ACCOUNT)
    archive: list[Archived] = []
    for signed in world.feed:
        whole = fold(whole, [signed])
        if touches_history(recent, signed.entry):
            recent, archive = unseal(recent, archive), []
        recent, added = seal(fold(recent, [signed]))
        archive += added
        assert pack(unseal(recent, archive)) == pack(whole)
        assert unpack(pack(recent)) == recent
        short, full = standing(recent), standing(whole)
        assert (short.books, short.cards, short.active) == (full.books, full.cards, full.active)
        assert (short.owed, short.in_doubt, short.meter_count) == (full.owed, full.in_doubt, full.meter_count)
        assert (short.last_count, short.heard_from_active) == (full.last_count, full.heard_from_active)
        assert due(recent) == due(whole)
        assert latest_purchases(recent) == latest_purchases(whole)
    event(f"{len(archive)} sealed")


def sealed_as_they_come(entries: list[SignedEntry]) -> bytes:
    """The recent facts of a store that folds entry by entry."""
    recent, archive = AccountFacts.new(ACCOUNT), list[Archived]()
    for signed in entries:
        if touches_history(recent, signed.entry):
            recent, archive = unseal(recent, archive), []
        recent, added = seal(fold(recent, [signed]))
        archive += added
    return pack(recent)


def interleaved(world: World, chance: random.Random) -> list[SignedEntry]:
    """The tills' journals, each in its order."""
    queues, entries = [list(journal) for journal in world.entries if journal], list[SignedEntry]()
    while queues:
        queue = chance.choice(queues)
        entries.append(queue.pop(0))
        queues = [left for left in queues if left]
    return entries


@settings(max_examples=examples(200), deadline=None)
@given(HISTORIES, st.randoms(use_true_random=False))
def test_what_is_sealed_does_not_depend_on_the_order(history: History, chance: random.Random) -> None:
    world = lived(history)
    all_sync(world)
    first, second = (sealed_as_they_come(interleaved(world, chance)) for _ in range(2))
    assert first == second


def test_a_sale_on_an_older_card_opens_what_was_sealed_above_it() -> None:
    """Found by the simulation: a third purchase on a card that another till had replaced is heard of last."""
    world = World.new(2)
    world.vend(0, 0, 5_000)
    world.insert(0)
    world.read(0, 0)
    world.sync(0)
    world.sync(1)
    world.vend(0, 0, 5_000)
    world.insert(0)
    world.read(1, 0)
    world.replace(1)
    world.vend(0, 0, 5_000)
    world.insert(1)
    world.vend(1, 1, 7_000)
    world.insert(1)
    world.read(1, 1)
    early, late = world.entries
    assert sealed_as_they_come([*early, *late]) == sealed_as_they_come([*late, *early])
