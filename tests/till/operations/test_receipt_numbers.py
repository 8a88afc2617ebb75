"""Receipt numbers: 1, 2, 3 ... through all that moves money, whoever asks at the same time; none twice, no gap."""

import os

import msgspec
import pytest
from argon2 import PasswordHasher

from common.clerks import Role
from common.entries import ClerkSet, Naming, receipt_of
from common.shift import expected_cash
from till.operations.arrears import enter_arrears, pay_arrears
from till.operations.clerks import Supervisor
from till.operations.receipts import print_queued, reprint, x_text
from till.operations.refusals import BadField, WrongPin
from till.operations.shift import open_shift, x_report
from till.operations.vend import Amount, vend
from till.operations.void_receipt import void_receipt
from till.printing.printer import FilePrinter
from till.store.rebuild import rebuild

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
    return [number for body in bodies if isinstance(body, Naming) and (number := receipt_of(body))]


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


def test_a_void_number_and_the_one_in_its_place_are_both_in_the_row(branch, counter, tmp_path):
    """Spoiled paper: the sale stands, its money counts once, and the Z report says that a receipt was voided."""
    staffed(branch)
    card, paper = branch.customer(), FilePrinter(tmp_path / "paper")
    with counter.desk() as desk:
        open_shift(desk, 0)
        with counter.card(card) as driver:
            first = vend(desk, driver, Amount(money=1_000)).receipt
        print_queued(desk, paper)
        before = desk.store.totals()
        voided = void_receipt(desk, first, LI)
        assert (voided.receipt, voided.instead) == (first, "till-0001-00000002")
        assert desk.store.totals() == msgspec.structs.replace(before, receipts=2)
        assert print_queued(desk, paper) == [voided.instead]
        for again in (lambda: void_receipt(desk, first, LI), lambda: reprint(desk, paper, first)):
            with pytest.raises(BadField) as refused:
                again()
            assert (refused.value.reason, refused.value.about) == ("receipt_is_void", voided.instead)
        assert reprint(desk, paper, voided.instead) == 1
        third = void_receipt(desk, voided.instead, LI)
        assert third.instead == "till-0001-00000003"
        print_queued(desk, paper)
        shift = x_report(desk).shift
        assert (shift.first_receipt, shift.last_receipt) == (first, third.instead)
        assert [(row.kind, row.count, row.money) for row in shift.taken] == [("vend", 1, 1_000), ("voided", 2, 0)]
        assert expected_cash(shift) == 1_000
        assert "Receipt voided" in x_text(desk, x_report(desk))
        assert rebuild(desk.store, check=True, progress=lambda _: None) == []
        assert desk.store.receipts.next() == 4
    texts = {path.stem: path.read_text() for path in (tmp_path / "paper").glob("*.txt")}
    assert set(texts) == {first, voided.instead, f"{voided.instead}-copy-1", third.instead}
    assert "10.00 CNY" in texts[third.instead]
    assert texts[third.instead].count(voided.instead) == 1
    assert "In place of" in texts[third.instead]
    assert "In place of" not in texts[first]


def test_a_number_that_is_void_before_it_was_printed_is_not_printed(branch, counter, tmp_path):
    staffed(branch)
    card, paper = branch.customer(), FilePrinter(tmp_path / "paper")
    with counter.desk() as desk:
        with counter.card(card) as driver:
            first = vend(desk, driver, Amount(money=1_000)).receipt
        instead = void_receipt(desk, first, LI).instead
        assert print_queued(desk, paper) == [instead]


def test_a_clerk_alone_cannot_void(branch, counter):
    staffed(branch)
    card = branch.customer()
    with counter.desk() as desk:
        with counter.card(card) as driver:
            first = vend(desk, driver, Amount(money=1_000)).receipt
        with pytest.raises(WrongPin):
            void_receipt(desk, first, Supervisor(clerk="li", pin="111222", reason="x"))
        with pytest.raises(BadField):
            void_receipt(desk, "till-0001-00000009", LI)
        assert desk.store.receipts.next() == 2
