"""Receipt numbers: 1, 2, 3 ... through all that moves money, whoever asks at the same time; none twice, no gap."""

import os

from argon2 import PasswordHasher

from common.clerks import Role
from common.entries import ArrearsPaid, ClerkSet, Completed, RefundPaid
from till.operations.arrears import enter_arrears, pay_arrears
from till.operations.clerks import Supervisor
from till.operations.vend import Amount, vend

HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
LI = Supervisor(clerk="li", pin="194673", reason="as agreed")


def staffed(branch) -> None:
    pin = HASHER.hash(LI.pin)
    branch.office.say(ClerkSet(clerk="li", name="li", branch="B1", roles=[Role.SUPERVISOR], pin=pin, active=True))
    branch.counter.hear()


def numbers(counter) -> list[str]:
    """The receipts that the till's entries name, in the order of the entries."""
    with counter.desk() as desk:
        bodies = [signed.entry.body for signed in desk.store.entries("till-0001", 1)]
    return [body.receipt for body in bodies if isinstance(body, Completed | RefundPaid | ArrearsPaid) and body.receipt]


def test_programs_that_take_money_at_the_same_time_share_one_row(branch, counter):
    """Two programs and a vend: none fails, and each number is given once."""
    staffed(branch)
    card = branch.customer()
    each = 12
    with counter.desk() as desk:
        for name in "BC":
            branch.open(desk, f"A{name}", f"M{name}")
            enter_arrears(desk, f"A{name}", name=name, amount=100_000, share=0, fixed=1, supervisor=LI)
    children = []
    for name in "BC":
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                with counter.desk() as desk:
                    for _ in range(each):
                        pay_arrears(desk, f"A{name}", 100, payment="cash")
                code = 0
            finally:
                os._exit(code)
        children.append(pid)
    with counter.desk() as desk, counter.card(card) as driver:
        vend(desk, driver, Amount(money=1_000))
    assert [os.waitpid(pid, 0)[1] for pid in children] == [0, 0]
    assert numbers(counter) == [f"till-0001-{number:08d}" for number in range(1, 2 * each + 2)]
