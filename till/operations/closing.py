"""Closing an account: the meter gives up its credit, the card is taken back and wiped, the refund is paid, the account
is frozen; in that order, each step checked."""

from common.account import AccountFacts, refunds_due, standing
from common.admission import (
    AccountUnknown,
    CardStillOut,
    CreditStillThere,
    JobInDoubt,
    MeterNotGivenUp,
    NothingToRefund,
    Refused,
    check_freeze,
    held_to_refund,
    owed_to_refund,
    plan_wipe,
    refund_value,
)
from common.clerks import Action
from common.entries import AccountFrozen, RefundPaid, WipeStarted
from common.receipt_code import receipt_text
from common.units import Credit, CreditUnit
from till.cards.driver import CardDriver
from till.operations.card_job import JobDone, run
from till.operations.clerks import Supervisor, approve, authorize
from till.operations.desk import Desk, job_start, note_evidence, present
from till.operations.job_id import new_job_id
from till.operations.typed import check_text

_PURCHASES_LOOKED_AT = 1_000
"""A refund is valued by the latest purchases; credit that is older than so many is worth nothing."""


def wipe_card(desk: Desk, driver: CardDriver) -> JobDone:
    """Take a card back: it is made blank and returns to the stock.

    Raises:
        Refused: see common.admission.plan_wipe.
        NothingWritten, LeftInDoubt, CardError: as for every card job.
    """
    authorize(desk, Action.TAKE_BACK)
    presented, job = present(desk, driver), new_job_id(desk.till, desk.now())
    facts = presented.account
    try:
        image = plan_wipe(facts, presented.contents)
    except Refused:
        note_evidence(desk, presented)
        raise
    return run(desk, driver, WipeStarted(**job_start(desk, presented, job, facts.account), image=image))


def refund(desk: Desk, account: str, *, payment: str, supervisor: Supervisor) -> RefundPaid:
    """Give back the money that the office decided to give back; else that for all credit that meters have given up and
    that was neither moved nor refunded; else that for the first credit that is owed.

    Raises:
        Refused: see common.admission.held_to_refund; BadField; or the supervisor's approval does not hold.
    """
    authorize(desk, Action.REFUND)
    check_text("payment", payment)
    facts = _account(desk, account)
    due, nothing = refunds_due(facts), Credit(0, CreditUnit.ENERGY)
    if due:
        return _pay(desk, account, nothing, due[0].amount, payment, supervisor, decision=due[0].decision)
    try:
        credit = held_to_refund(facts)
    except NothingToRefund:
        owed = standing(facts).owed
        if not owed:
            raise
        return refund_owed(desk, account, owed[0].for_job, payment=payment, supervisor=supervisor)
    amount = refund_value(credit, desk.store.purchases(account, _PURCHASES_LOOKED_AT))
    return _pay(desk, account, credit, amount, payment, supervisor)


def refund_owed(desk: Desk, account: str, job: str, *, payment: str, supervisor: Supervisor) -> RefundPaid:
    """Give back the money for a credit that never reached its meter, instead of making it up.

    Args:
        job: whose credit it is (common.account.Owed.for_job).

    Raises:
        Refused: see common.admission.owed_to_refund; BadField; or the supervisor's approval does not hold.
    """
    authorize(desk, Action.REFUND)
    check_text("payment", payment)
    owed = owed_to_refund(_account(desk, account), job)
    credit = Credit(owed.credit, owed.unit)
    amount = owed.cost or refund_value(credit, desk.store.purchases(account, _PURCHASES_LOOKED_AT))
    return _pay(desk, account, credit, amount, payment, supervisor, job=job)


def _pay(
    desk: Desk,
    account: str,
    credit: Credit,
    amount: int,
    payment: str,
    supervisor: Supervisor,
    *,
    job: str = "",
    decision: str | None = None,
) -> RefundPaid:
    approval = approve(desk, Action.REFUND, supervisor)
    made = desk.journal.commit(
        lambda: RefundPaid(
            refund=new_job_id(desk.till, desk.now()),
            account=account,
            decision=decision,
            credit=credit.amount,
            unit=credit.unit,
            for_job=job,
            amount=amount,
            payment=payment,
            receipt=receipt_text(desk.till, desk.store.receipts.next()),
            reason=supervisor.reason,
            clerk=desk.clerk,
            approval=approval,
        )
    )
    paid = made[-1].entry.body
    assert isinstance(paid, RefundPaid)
    return paid


def freeze_account(desk: Desk, account: str, supervisor: Supervisor) -> AccountFrozen:
    """Close an account for good: nothing is sold to it any more, and nothing of it goes.

    Raises:
        Refused: see common.admission.check_freeze; or the supervisor's approval does not hold.
    """
    authorize(desk, Action.CLOSE_ACCOUNT)
    facts = _account(desk, account)
    check_freeze(facts)
    approval = approve(desk, Action.CLOSE_ACCOUNT, supervisor)
    view = standing(facts)
    frozen = AccountFrozen(
        account=account,
        reason=approval.reason,
        clerk=desk.clerk,
        meter=view.meter,
        known_count=view.last_count,
    )
    desk.journal.commit(frozen)
    return frozen


def next_step(desk: Desk, account: str) -> Refused | None:
    """What still stands in the way of closing an account; None when it can be frozen.

    Raises:
        Refused: AccountUnknown or AccountIsFrozen.
    """
    authorize(desk, Action.LOOK)
    try:
        check_freeze(_account(desk, account))
    except (JobInDoubt, MeterNotGivenUp, CardStillOut, CreditStillThere) as refused:
        return refused
    return None


def _account(desk: Desk, account: str) -> AccountFacts:
    facts = desk.store.account(account)
    if facts is None:
        raise AccountUnknown(account)
    return facts
