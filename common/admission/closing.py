"""Closing an account, step by step: the meter gives up its credit, the card comes back, the refund is paid, the
account is frozen. Each step checks that those before it are done."""

from collections.abc import Callable, Sequence

from common.account.facts import AccountFacts, History, Purchase
from common.account.job import Job, JobState
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
from common.entries import Purpose
from common.units import Credit, CreditUnit


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


def held_to_refund(facts: AccountFacts) -> Credit:
    """The credit that meters have given up and that was neither moved nor refunded: of one unit, energy before money.

    Raises:
        Refused: AccountUnknown, AccountIsFrozen, NothingToRefund, or JobInDoubt: it may have moved.
    """
    open_account(facts)
    view = standing(facts)
    _expect_no_doubt(view, lambda job: job.purpose is Purpose.TRANSFER)
    held = [Credit(view.books.of(unit).held, unit) for unit in CreditUnit]
    found = next((credit for credit in held if credit.amount > 0), None)
    if found is None:
        raise NothingToRefund(facts.account, Credit(0, view.unit))
    return found


def owed_to_refund(facts: AccountFacts, job: str) -> Job:
    """The job whose credit is owed and is to be given back in money, instead of being made up.

    Raises:
        Refused: AccountUnknown, AccountIsFrozen, NothingToRefund, or JobInDoubt: it may be made up already.
    """
    open_account(facts)
    view = standing(facts)
    _expect_no_doubt(view, lambda doubt: doubt.for_job == job)
    if not any(debt.for_job == job for debt in view.owed):
        raise NothingToRefund(facts.account, Credit(0, view.unit))
    return facts.jobs[job]


def _expect_no_doubt(view: Standing, matters: Callable[[Job], bool]) -> None:
    """Credit that a card may have been written with already is not given back in money as well."""
    doubt = next(filter(matters, view.in_doubt), None)
    if doubt is not None:
        raise JobInDoubt(view.account, doubt.card)


def refund_value(credit: Credit, purchases: Sequence[Purchase]) -> int:
    """Minor units for credit given back. Money is worth what it says; energy that is left in a meter was bought last,
    at the prices of then.

    Args:
        purchases: the latest first; energy beyond them all is worth nothing. Each part is rounded down.
    """
    if credit.unit is CreditUnit.MONEY:
        return credit.amount
    amount, left = 0, credit.amount
    for bought in purchases:
        if bought.unit is not CreditUnit.ENERGY or bought.credit <= 0:
            continue
        part = min(left, bought.credit)
        amount += bought.cost * part // bought.credit
        left -= part
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
    for unit in CreditUnit:
        if held := view.books.of(unit).held:
            raise CreditStillThere(facts.account, Credit(held, unit))


def _check_meter_given_up(view: Standing) -> None:
    books = view.books.of(view.unit)
    if books.sold + books.made_up + books.moved and not given_up(view):
        raise MeterNotGivenUp(view.meter)


def _check_no_credit(view: Standing) -> None:
    for unit in CreditUnit:
        books = view.books.of(unit)
        if left := books.on_cards + books.owed:
            raise CreditStillThere(view.account, Credit(left, unit))
