"""Arrears: what an account owes from before, recovered from what it buys."""

from collections.abc import Callable
from functools import partial

from common.account import open_debts
from common.admission import AccountUnknown
from common.admission.judge import open_account
from common.clerks import Action
from common.entries import ArrearsEntered, ArrearsPaid
from common.receipt_code import receipt_text
from common.tariff import WHOLE
from common.units import LARGEST
from till.operations.clerks import Supervisor, approve, authorize
from till.operations.desk import Desk
from till.operations.job_id import new_job_id
from till.operations.refusals import BadField
from till.operations.typed import check_number, check_text


def enter_arrears(
    desk: Desk, account: str, *, name: str, amount: int, share: int, fixed: int, supervisor: Supervisor
) -> ArrearsEntered:
    """Enter that an account owes money from before; a supervisor stands by it.

    Args:
        name: what for, as receipts say it.
        amount: minor units.
        share: recovered from each purchase: millionths of what is paid; or
        fixed: a sum from each purchase, minor units.

    Raises:
        Refused: AccountUnknown, AccountIsFrozen, BadField; or the supervisor's approval does not hold.
    """
    authorize(desk, Action.ENTER_ARREARS)
    facts = desk.store.account(account)
    if facts is None:
        raise AccountUnknown(account)
    open_account(facts)
    check_text("name", name)
    check_number("amount", amount, LARGEST)
    check_number("share", share, WHOLE - 1)
    check_number("fixed", fixed, LARGEST)
    if not amount:
        raise BadField("amount", "zero")
    if (share == 0) == (fixed == 0):
        raise BadField("share", "share_or_fixed")
    entered = ArrearsEntered(
        arrears=new_job_id(desk.till, desk.now()),
        account=account,
        name=name,
        amount=amount,
        share=share,
        fixed=fixed,
        clerk=desk.clerk,
        approval=approve(desk, Action.ENTER_ARREARS, supervisor),
    )
    desk.journal.commit(entered)
    return entered


def pay_arrears(desk: Desk, account: str, amount: int, *, payment: str) -> list[ArrearsPaid]:
    """Take money for arrears without selling anything: the oldest first, as far as it goes.

    Raises:
        Refused: AccountUnknown; BadField: nothing, or more than is owed.
    """
    authorize(desk, Action.SELL)
    check_text("payment", payment)
    facts = desk.store.account(account)
    if facts is None:
        raise AccountUnknown(account)
    debts, left = open_debts(facts), amount
    if not 0 < amount <= sum(debt.outstanding for debt in debts):
        raise BadField("amount", "more_than_owed")
    parts: list[Callable[[], ArrearsPaid]] = []
    for debt in debts:
        part = min(left, debt.outstanding)
        if not part:
            break
        left -= part
        parts.append(partial(_paid, desk, account, debt.arrears, part, payment))
    made = desk.journal.commit(*parts)
    return [signed.entry.body for signed in made if isinstance(signed.entry.body, ArrearsPaid)]


def _paid(desk: Desk, account: str, arrears: str, amount: int, payment: str) -> ArrearsPaid:
    return ArrearsPaid(
        paying=new_job_id(desk.till, desk.now()),
        account=account,
        arrears=arrears,
        amount=amount,
        payment=payment,
        receipt=receipt_text(desk.till, desk.store.receipts.next()),
        clerk=desk.clerk,
    )
