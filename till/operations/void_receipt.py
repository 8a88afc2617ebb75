"""A receipt whose paper was spoiled, or never came out: its number is void, and another stands in its place."""

from common.clerks import Action
from common.entries import ReceiptVoided, account_of
from common.receipt_code import receipt_text
from till.operations.clerks import Supervisor, approve, authorize
from till.operations.desk import Desk
from till.operations.receipts import check_valid


def void_receipt(desk: Desk, number: str, supervisor: Supervisor) -> ReceiptVoided:
    """Void a receipt's number, and queue the original under the next one; a supervisor stands by it. What it was for
    stands. Both numbers are in the journal, so that none is missing in the row.

    Raises:
        Refused: BadField: there is no such receipt here, or it is void; or the supervisor's approval does not hold.
    """
    authorize(desk, Action.VOID_RECEIPT)
    job = check_valid(desk, number)
    account = account_of(desk.store.receipts.entries_of(number).named.entry.body) or ""
    approval = approve(desk, Action.VOID_RECEIPT, supervisor)
    made = desk.journal.commit(
        lambda: ReceiptVoided(
            receipt=number,
            instead=receipt_text(desk.till, desk.store.receipts.next()),
            job=job,
            account=account,
            clerk=desk.clerk,
            approval=approval,
        )
    )
    voided = made[-1].entry.body
    assert isinstance(voided, ReceiptVoided)
    return voided
