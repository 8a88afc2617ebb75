"""Closing an account, step by step: the meter gives up its credit, the card comes back, the refund is paid, the
account is frozen. Each step checks that those before it are done."""

from collections.abc import Sequence

from common.account.facts import AccountFacts, History, Purchase
from common.account.job import JobState
from common.account.standing import Standing, standing
from common.admission.judge import admit_card, check_nothing_waits, open_account
from common.admission.meters import given_up
from common.admission.refusals import (
    CardIsBlank,
    CardNotOfAccount,
    CardStillOut,
    CountDoesNotFollow,
    CreditStillThere,
    JobInDoubt,
    MeterNotGivenUp,
    NothingToRefund,
)
from common.card.image import CardContents, CardImage, job_mark


def plan_wipe(facts: AccountFacts, contents: CardContents) -> CardImage:
    """What is wiped off a card that came back.

    A superseded or blocked card may always be wiped: what was on it is owed elsewhere or lost with it. The active one
    only when neither it nor its meter holds credit, so that wiping never costs the customer anything.

    Raises:
        Refused: CardIsBlank, AccountUnknown, CardNotOfAccount, or what still stands in the way.
    """
    image = contents.image
    if image is None:
        raise CardIsBlank(contents.serial)
    view = standing(facts)
    if image.serial not in view.cards:
        raise CardNotOfAccount(image.serial, facts.account)
    if view.in_doubt:
        raise JobInDoubt(facts.account, view.in_doubt[0].card)
    if image.serial == view.active:
        check_nothing_waits(admit_card(facts, contents, any_meter=True))
        _check_meter_given_up(view)
        _check_no_credit(view)
    elif not _is_known(facts, image):
        raise CountDoesNotFollow(image.serial, image.count, view.cards[image.serial].count)
    return image


def _is_known(facts: AccountFacts, image: CardImage) -> bool:
    """Whether what stands on the card was written by a job that this till knows: else it may be somebody's credit."""
    sealed = (facts.history or History()).cards.get(f"{image.serial}:{image.meter}", -1)
    return image.count <= sealed or any(
        job.card == image.serial
        and (job.meter, job.count) == (image.meter, image.count)
        and image.job_mark in (0, job_mark(job.job))
        for job in facts.jobs.values()
        if job.state is JobState.WRITTEN
    )


def check_refund(facts: AccountFacts, energy: int) -> None:
    """Check that so much energy may be refunded: meters have given it up, and it was neither moved nor refunded.

    Raises:
        Refused: AccountUnknown, AccountIsFrozen or NothingToRefund.
    """
    open_account(facts)
    held = standing(facts).books.held
    if not 0 < energy <= held:
        raise NothingToRefund(facts.account, max(0, held))


def refund_value(energy: int, purchases: Sequence[Purchase]) -> int:
    """Minor units for energy given back: what is left in a meter was bought last, at the prices of then.

    Args:
        purchases: the latest first; energy beyond them all is worth nothing. Each part is rounded down.
    """
    amount = 0
    for bought in purchases:
        part = min(energy, bought.energy)
        if part <= 0:
            break
        amount += bought.cost * part // bought.energy
        energy -= part
    return amount


def check_freeze(facts: AccountFacts) -> None:
    """Check that an account may be closed for good.

    Raises:
        Refused: AccountUnknown, AccountIsFrozen, or the first step that is not done: JobInDoubt, MeterNotGivenUp,
            CardStillOut, CreditStillThere.
    """
    open_account(facts)
    view = standing(facts)
    if view.in_doubt:
        raise JobInDoubt(facts.account, view.in_doubt[0].card)
    if not view.cards:
        return
    _check_meter_given_up(view)
    if view.active is not None:
        raise CardStillOut(facts.account, view.active)
    _check_no_credit(view)
    if view.books.held:
        raise CreditStillThere(facts.account, view.books.held)


def _check_meter_given_up(view: Standing) -> None:
    bought = bool(view.books.sold + view.books.made_up + view.books.moved)
    if bought and not given_up(view):
        raise MeterNotGivenUp(view.meter)


def _check_no_credit(view: Standing) -> None:
    left = view.books.on_cards + view.books.owed
    if left:
        raise CreditStillThere(view.account, left)
