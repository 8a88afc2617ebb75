"""Card jobs without credit: first issue and replacement; and reading a card."""

from common.account import AccountFacts
from common.admission import AccountUnknown, plan_issue, plan_replacement
from common.clerks import Action
from common.entries import IssueStarted, ReplacementStarted
from till.cards.driver import CardDriver
from till.operations.card_job import JobDone, run
from till.operations.clerks import authorize
from till.operations.desk import Desk, Presented, job_start, note_evidence, present
from till.operations.job_id import new_job_id
from till.operations.meter_models import check_card_fits
from till.operations.prices import fees_now
from till.operations.refusals import NotInStock
from till.operations.typed import check_text


def issue_card(desk: Desk, driver: CardDriver, account: str, payment: str = "cash") -> JobDone:
    """Give an account that has no card in use one: a blank one from stock, in the reader; for the tariff's fee.

    Raises:
        Refused: see common.admission.plan_issue; or NotInStock, CardOfAnotherModel.
        NothingWritten, LeftInDoubt, CardError: as for every card job.
    """
    authorize(desk, Action.GIVE_CARD)
    check_text("payment", payment)
    presented, job = present(desk, driver), new_job_id(desk.till, desk.now())
    facts = _account(desk, account)
    image = plan_issue(facts, presented.contents, job)
    _check_stock(desk, facts, presented)
    fee = fees_now(desk).issue
    started = IssueStarted(
        **job_start(desk, presented, job, account), image=image, fee=fee, payment=payment if fee else ""
    )
    return run(desk, driver, started)


def replace_card(desk: Desk, driver: CardDriver, account: str, reason: str, payment: str = "cash") -> JobDone:
    """Give an account a new card, for the tariff's fee: from then on every older one is refused.

    Raises:
        Refused: see common.admission.plan_replacement; or NotInStock, CardOfAnotherModel, BadField.
        NothingWritten, LeftInDoubt, CardError: as for every card job.
    """
    authorize(desk, Action.GIVE_CARD)
    check_text("reason", reason)
    check_text("payment", payment)
    presented, job = present(desk, driver), new_job_id(desk.till, desk.now())
    facts = _account(desk, account)
    image, old, known_count = plan_replacement(facts, presented.contents, job)
    _check_stock(desk, facts, presented)
    fee = fees_now(desk).replacement
    started = ReplacementStarted(
        **job_start(desk, presented, job, account),
        image=image,
        replaces=old.serial,
        known_count=known_count,
        reason=reason,
        fee=fee,
        payment=payment if fee else "",
    )
    return run(desk, driver, started)


def read_card(desk: Desk, driver: CardDriver) -> Presented:
    """Read the card, settle what it had left in doubt, and enter what its meter says.

    Raises:
        CardError, Refused: see `present`.
    """
    authorize(desk, Action.LOOK)
    presented = present(desk, driver)
    note_evidence(desk, presented)
    return presented


def _account(desk: Desk, account: str) -> AccountFacts:
    facts = desk.store.account(account)
    if facts is None:
        raise AccountUnknown(account)
    return facts


def _check_stock(desk: Desk, facts: AccountFacts, presented: Presented) -> None:
    serial = presented.contents.serial
    if not desk.store.in_stock(serial):
        raise NotInStock(serial)
    check_card_fits(desk, facts, presented.driver, serial)
