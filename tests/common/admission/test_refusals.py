"""Every reason to refuse a card, by the smallest history that leads to it, with its facts."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from common.account import AccountFacts
from common.admission import (
    AboveMeterLimit,
    AccountIsFrozen,
    AccountUnknown,
    AlreadyHasCard,
    AmountNotSold,
    CardIsBlank,
    CardIsBlocked,
    CardIsSuperseded,
    CardNotBlank,
    CardNotOfAccount,
    CardStillOut,
    CardWasReturned,
    ClearNotDone,
    CountDoesNotFollow,
    CreditNotTaken,
    CreditOfAnotherUnit,
    CreditStillThere,
    JobInDoubt,
    MakeupIsOwed,
    MakeupNotProved,
    MeterFirst,
    MeterGone,
    MeterIsAnother,
    MeterNotGivenUp,
    NoActiveCard,
    NothingOwed,
    NothingToRefund,
    NothingToReverse,
    ReadingBehind,
    Refused,
    ReturnDataTorn,
    check_freeze,
    check_reading,
    plan_issue,
    plan_replacement,
    plan_vend,
    refusals,
)
from common.entries import AccountFrozen, CardBlocked
from common.units import Credit, CreditUnit
from tests.common.admission.cards import BLANK, ENERGY, FIRST, JOB, SECOND, altered, owed_a_makeup, without_card
from tests.common.histories import all_sync
from tests.common.pieces import ACCOUNT, METER, START
from tests.common.world import LIMIT, World


def account_unknown() -> None:
    plan_vend(AccountFacts.new(ACCOUNT), World.new(1).cards[0].contents, 1_000, JOB)


def account_is_frozen() -> None:
    world = World.new(1)
    world.now = START + timedelta(hours=1)
    world.tills[0].write(AccountFrozen(account=ACCOUNT, reason="迁出", clerk="zhao"), world.now)
    world.now += timedelta(hours=1)
    world.vend(0, 0, 1_000)


def already_has_card() -> None:
    world = World.new(1)
    plan_issue(world.tills[0].facts, BLANK, JOB)


def no_active_card() -> None:
    plan_replacement(without_card(), BLANK, JOB)


def card_is_blank() -> None:
    plan_vend(World.new(1).tills[0].facts, BLANK, 1_000, JOB)


def card_not_blank() -> None:
    world = World.new(1)
    plan_replacement(world.tills[0].facts, altered(world.cards[0], account="A9"), JOB)


def card_not_of_account() -> None:
    world = World.new(1)
    plan_vend(world.tills[0].facts, altered(world.cards[0], serial="6201000000000099"), 1_000, JOB)


def card_is_superseded() -> None:
    world = World.new(2)
    world.now = START + timedelta(days=1)
    world.replace(1)
    all_sync(world)
    world.vend(0, 0, 1_000)


def card_is_blocked() -> None:
    world = World.new(1)
    world.feed.append(
        world.office.write(CardBlocked(key="by-hand/1", rule="by_hand", account=ACCOUNT, card=FIRST), START)
    )
    world.tills[0].hear(world.feed)
    world.vend(0, 0, 1_000)


def count_does_not_follow() -> None:
    """A copy of the card from before the last vend."""
    world = World.new(1)
    copy = world.cards[0].contents
    world.vend(0, 0, 1_000)
    plan_vend(world.tills[0].facts, copy, 1_000, JOB)


def credit_not_taken() -> None:
    world = World.new(1)
    world.vend(0, 0, 4_000)
    world.vend(0, 0, 1_000)


def makeup_is_owed() -> None:
    world = owed_a_makeup()
    world.insert(1)
    world.vend(0, 1, 1_000)


def nothing_owed() -> None:
    World.new(1).make_up(0, 0)


def meter_first() -> None:
    """The old card had credit; whether the meter took it nobody knows before the new card has been there."""
    world = World.new(1)
    world.vend(0, 0, 4_000)
    world.replace(0)
    world.vend(0, 1, 1_000)


def meter_is_another() -> None:
    """The card was in a neighbour's meter."""
    world = World.new(1)
    world.insert(0)
    card = world.cards[0]
    assert card.returned is not None
    card.returned = msgspec.structs.replace(card.returned, meter="M9")
    world.vend(0, 0, 1_000)


def return_data_torn() -> None:
    world = World.new(1)
    torn = msgspec.structs.replace(world.cards[0].contents, return_torn=True)
    plan_vend(world.tills[0].facts, torn, 1_000, JOB)


def above_meter_limit() -> None:
    World.new(1).vend(0, 0, LIMIT + 1)


def amount_not_sold() -> None:
    World.new(1).vend(0, 0, 0)


def clear_not_done() -> None:
    world = World.new(1)
    world.clear(0, 0)
    world.vend(0, 0, 1_000)


def card_was_returned() -> None:
    """A copy of a card that was taken back."""
    world = World.new(1)
    copy = world.cards[0].contents
    world.wipe(0, 0)
    plan_vend(world.tills[0].facts, copy, 1_000, JOB)


def makeup_not_proved() -> None:
    world = World.new(1)
    world.vend(0, 0, 4_000)
    world.replace(0)
    world.make_up(0, 1)


def nothing_to_reverse() -> None:
    world = World.new(1)
    world.vend(0, 0, 4_000)
    world.insert(0)
    world.reverse(0, 0)


def meter_not_given_up() -> None:
    world = World.new(1)
    world.vend(0, 0, 4_000)
    world.insert(0)
    world.wipe(0, 0)


def meter_gone() -> None:
    """The meter was read for good, and the card did not follow to the new one."""
    world = World.new(1)
    world.change_meter(0, 0, "lost")
    world.vend(0, 0, 1_000)


def reading_behind() -> None:
    world = World.new(1)
    world.vend(0, 0, 4_000)
    world.insert(0)
    world.read(0, 0)
    check_reading(world.tills[0].facts, METER, 0, 0)


def nothing_to_refund() -> None:
    World.new(1).refund(0)


def job_in_doubt() -> None:
    world = World.new(1)
    world.vend(0, 0, 4_000, "written")
    check_freeze(world.tills[0].facts)


def card_still_out() -> None:
    check_freeze(World.new(1).tills[0].facts)


def credit_still_there() -> None:
    world = World.new(1)
    world.vend(0, 0, 4_000)
    world.insert(0)
    world.clear(0, 0)
    world.insert(0)
    world.wipe(0, 0)
    check_freeze(world.tills[0].facts)


def credit_of_another_unit() -> None:
    world = World.new(1)
    world.vend(0, 0, 4_000)
    world.insert(0)
    world.clear(0, 0)
    world.insert(0)
    world.change_meter(0, 0, unit=CreditUnit.MONEY)


REFUSALS: dict[type[Refused], tuple[Callable[[], None], dict[str, Any]]] = {
    AccountUnknown: (account_unknown, {"account": ACCOUNT}),
    AccountIsFrozen: (
        account_is_frozen,
        {
            "account": ACCOUNT,
            "at": START + timedelta(hours=1),
            "writer": "till-0001",
            "clerk": "zhao",
            "reason": "迁出",
        },
    ),
    AlreadyHasCard: (already_has_card, {"account": ACCOUNT, "card": FIRST}),
    NoActiveCard: (no_active_card, {"account": ACCOUNT}),
    CardIsBlank: (card_is_blank, {"card": BLANK.serial}),
    CardNotBlank: (card_not_blank, {"card": FIRST, "account": "A9"}),
    CardNotOfAccount: (card_not_of_account, {"card": "6201000000000099", "account": ACCOUNT}),
    CardIsSuperseded: (
        card_is_superseded,
        {
            "card": FIRST,
            "account": ACCOUNT,
            "use": SECOND,
            "at": START + timedelta(days=1, minutes=1),
            "writer": "till-0002",
            "clerk": "wang",
        },
    ),
    CardIsBlocked: (card_is_blocked, {"card": FIRST, "account": ACCOUNT, "use": None, "rule": "by_hand"}),
    CountDoesNotFollow: (count_does_not_follow, {"card": FIRST, "on_card": 0, "expected": 1}),
    CreditNotTaken: (credit_not_taken, {"card": FIRST, "count": 1, "credit": Credit(4_000, ENERGY)}),
    MakeupIsOwed: (makeup_is_owed, {"account": ACCOUNT, "credit": Credit(5_000, ENERGY)}),
    NothingOwed: (nothing_owed, {"account": ACCOUNT}),
    MeterFirst: (meter_first, {"card": SECOND}),
    MeterIsAnother: (meter_is_another, {"card": FIRST, "found": "M9", "expected": METER}),
    ReturnDataTorn: (return_data_torn, {"card": FIRST}),
    AboveMeterLimit: (
        above_meter_limit,
        {"credit": Credit(LIMIT + 1, ENERGY), "limit": Credit(LIMIT, ENERGY)},
    ),
    AmountNotSold: (amount_not_sold, {"reason": "zero"}),
    ClearNotDone: (clear_not_done, {"card": FIRST}),
    CardWasReturned: (card_was_returned, {"card": FIRST, "account": ACCOUNT}),
    MakeupNotProved: (makeup_not_proved, {"account": ACCOUNT, "credit": Credit(4_000, ENERGY)}),
    NothingToReverse: (nothing_to_reverse, {"card": FIRST}),
    MeterNotGivenUp: (meter_not_given_up, {"meter": METER}),
    MeterGone: (meter_gone, {"meter": METER}),
    ReadingBehind: (reading_behind, {"meter": METER, "count": 1, "credit": Credit(0, ENERGY)}),
    NothingToRefund: (nothing_to_refund, {"account": ACCOUNT, "credit": Credit(0, ENERGY)}),
    JobInDoubt: (job_in_doubt, {"account": ACCOUNT, "card": FIRST}),
    CardStillOut: (card_still_out, {"account": ACCOUNT, "card": FIRST}),
    CreditOfAnotherUnit: (credit_of_another_unit, {"account": ACCOUNT, "credit": Credit(4_000, ENERGY)}),
    CreditStillThere: (credit_still_there, {"account": ACCOUNT, "credit": Credit(4_000, ENERGY)}),
}


@pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: kind.__name__)
def test_the_refusal_states_its_facts(kind: type[Refused]) -> None:
    history, facts = REFUSALS[kind]
    with pytest.raises(Refused) as refused:
        history()
    assert type(refused.value) is kind
    assert asdict(refused.value) == facts
    assert str(refused.value).startswith(f"{kind.__name__}(")


def test_every_refusal_has_its_example() -> None:
    defined = {
        kind
        for kind in vars(refusals).values()
        if isinstance(kind, type) and issubclass(kind, Refused) and kind is not Refused
    }
    assert set(REFUSALS) == defined
