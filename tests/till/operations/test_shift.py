"""Shifts at the till: the float, the count, differences, hand-over, midnight, and what a crash leaves."""

import os
import signal
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from common.clerks import Role
from common.entries import CashCount, ClerkSet, ShiftClosed, ShiftOpened, TillRevoked
from common.shift import expected_cash
from tests.till.operations.test_crash import die, in_a_process_of_its_own
from till.operations.arrears import enter_arrears, pay_arrears
from till.operations.cards import read_card
from till.operations.clerks import Supervisor, sign_in
from till.operations.receipts import print_z, x_text
from till.operations.refusals import (
    BadField,
    DifferenceNotApproved,
    DifferenceNotExplained,
    LeftInDoubt,
    NoShiftOpen,
    NotAllowed,
    ShiftIsOpen,
    TillIsRevoked,
    WrongPin,
)
from till.operations.reversal import reverse
from till.operations.shift import close_shift, closed_shift, difference, hand_over, open_shift, x_report
from till.operations.steps import Step
from till.operations.vend import Amount, vend
from till.printing.printer import FilePrinter
from till.store import Store
from till.store.rebuild import rebuild

PINS = {"wang": "380512", "zhao": "271828", "li": "194673", "sun": "902741"}
LI = Supervisor(clerk="li", pin=PINS["li"], reason="counted with her")


@pytest.fixture
def staffed(branch):
    """The branch's counter with two clerks, a supervisor, an auditor."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    roles = {"li": [Role.SUPERVISOR], "sun": [Role.AUDITOR]}
    for clerk, pin in PINS.items():
        branch.office.say(
            ClerkSet(
                clerk=clerk,
                name=clerk,
                branch="B1",
                roles=roles.get(clerk, [Role.CLERK]),
                pin=hasher.hash(pin),
                active=True,
            )
        )
    branch.counter.hear()
    return branch.counter


def sell(counter, card: Path, money: int, payment: str = "cash") -> None:
    with counter.desk() as desk, counter.card(card) as driver:
        vend(desk, driver, Amount(money=money), payment=payment)


def bought(branch, counter, card: Path, *payments: tuple[int, str]) -> None:
    for money, payment in payments:
        sell(counter, card, money, payment)
        branch.insert(card)


def agrees(desk) -> bool:
    return rebuild(desk.store, check=True, progress=lambda _: None) == []


def bodies(store: Store, kind: type) -> list:
    return [signed.entry.body for signed in store.entries("till-0001", 1) if isinstance(signed.entry.body, kind)]


def test_a_shift_from_its_float_to_its_z_report(branch, staffed, tmp_path):
    card = branch.customer()
    with staffed.desk() as desk:
        open_shift(desk, 20_000)
        with pytest.raises(ShiftIsOpen):
            open_shift(desk, 0)
    bought(branch, staffed, card, (5_000, "cash"), (7_000, "card"))
    sell(staffed, card, 3_000, "card")
    with staffed.desk() as desk, staffed.card(card) as driver:
        reverse(desk, driver, supervisor=LI)
    with staffed.desk() as desk:
        enter_arrears(desk, "A1", name="2025", amount=1_000, share=0, fixed=500, supervisor=LI)
        pay_arrears(desk, "A1", 1_000, payment="cash")
        report = x_report(desk)
        assert expected_cash(report.shift) == 26_000
        assert "X REPORT" in x_text(desk, report)
        before = desk.journal.head
        counted = [CashCount(10_000, 2), CashCount(5_000, 1), CashCount(1_000, 1)]
        assert difference(desk, counted) == 0
        assert desk.journal.head == before
        closed = close_shift(desk, counted)
        assert {part.payment: part.amount for part in closed.closing.expected} == {"cash": 26_000, "card": 7_000}
        assert (closed.closing.number, closed.closing.cash, closed.closing.difference) == (1, 26_000, 0)
        with pytest.raises(NoShiftOpen):
            x_report(desk)
        assert closed_shift(desk, 1) == closed
        number = print_z(desk, FilePrinter(tmp_path / "paper"), closed)
        assert number == "till-0001-Z1-00001"
        paper = (tmp_path / "paper" / f"{number}.txt").read_text()
        assert "Z REPORT" in paper
        assert "100.00 x 2" in paper
        assert agrees(desk)


def test_a_sale_never_waits_for_a_shift(branch, staffed):
    card = branch.customer()
    sell(staffed, card, 5_000)
    with staffed.desk() as desk:
        shift = x_report(desk).shift
        assert shift.by_itself
        assert expected_cash(shift) == 5_000
        open_shift(desk, 10_000)
        assert expected_cash(x_report(desk).shift) == 15_000
        assert agrees(desk)
        assert close_shift(desk, 15_000).shift.clerk == "wang"


def test_a_difference_is_explained_and_a_large_one_approved(branch, staffed):
    with staffed.desk() as desk:
        open_shift(desk, 10_000)
        with pytest.raises(DifferenceNotExplained) as little:
            close_shift(desk, 9_990)
        assert little.value.off == -10
        with pytest.raises(DifferenceNotApproved) as much:
            close_shift(desk, 12_001, explanation="found under the till")
        assert (much.value.off, much.value.alone) == (2_001, 2_000)
        assert bodies(desk.store, ShiftClosed) == []
        closed = close_shift(desk, 12_001, explanation="found under the till", supervisor=LI)
        assert closed.closing.approval.by == "li"
        open_shift(desk, 0)
        assert close_shift(desk, 2_000, explanation="a tip").closing.approval is None


def test_what_is_no_money_here_is_not_counted(staffed):
    with staffed.desk() as desk:
        open_shift(desk, 0)
        for pieces in (CashCount(25, 1), CashCount(100, -1)):
            with pytest.raises(BadField):
                close_shift(desk, [pieces])


def test_only_who_may_and_also_on_a_revoked_till(branch, staffed):
    with staffed.desk() as desk:
        desk.clerk, desk.roles = "sun", [Role.AUDITOR]
        with pytest.raises(NotAllowed):
            open_shift(desk, 0)
    card = branch.customer()
    sell(staffed, card, 5_000)
    branch.insert(card)
    branch.office.say(TillRevoked(till="till-0001", reason="moved"))
    staffed.hear()
    with pytest.raises(TillIsRevoked):
        sell(staffed, card, 5_000)
    with staffed.desk() as desk:
        assert close_shift(desk, 5_000).closing.difference == 0


def test_two_clerks_hand_over_the_drawer(branch, staffed):
    card = branch.customer()
    with staffed.desk() as desk:
        sign_in(desk, "wang", PINS["wang"])
        open_shift(desk, 10_000)
    bought(branch, staffed, card, (5_000, "cash"))
    with staffed.desk() as desk:
        with pytest.raises(BadField):
            hand_over(desk, 15_000, to="wang", pin=PINS["wang"])
        with pytest.raises(WrongPin):
            hand_over(desk, 15_000, to="zhao", pin="999999")
        with pytest.raises(NotAllowed):
            hand_over(desk, 15_000, to="sun", pin=PINS["sun"])
        assert x_report(desk).shift.clerk == "wang"
        given = hand_over(desk, 15_000, to="zhao", pin=PINS["zhao"])
        assert (given.closing.clerk, given.closing.handed_to) == ("wang", "zhao")
        assert desk.clerk == "zhao"
        taken = x_report(desk).shift
        assert (taken.clerk, taken.opening_float, taken.taken) == ("zhao", 15_000, [])
        assert agrees(desk)
    bought(branch, staffed, card, (2_500, "cash"))
    with staffed.desk() as desk:
        assert close_shift(desk, 17_500).closing.number == 2
        assert [report.closing.number for report in desk.store.shifts.latest(5)] == [2, 1]


def test_a_shift_over_midnight_is_one_shift(branch, staffed, clock):
    """16:00 UTC is midnight in Shanghai."""
    card = branch.customer()
    clock.now = datetime.fromisoformat("2026-11-23T15:50:00+00:00")
    with staffed.desk() as desk:
        open_shift(desk, 0)
    bought(branch, staffed, card, (5_000, "cash"))
    clock.now += timedelta(minutes=20)
    bought(branch, staffed, card, (6_000, "cash"))
    with staffed.desk() as desk:
        assert "2026-11-23 23:50" in x_text(desk, x_report(desk))
        assert "2026-11-24 00:1" in x_text(desk, x_report(desk))
        assert close_shift(desk, 11_000).closing.number == 1


def test_a_sale_in_doubt_is_listed_and_counts_in_the_shift_that_settles_it(branch, staffed):
    card = branch.customer()
    with staffed.desk() as desk:
        open_shift(desk, 0)

    def pull(step: Step) -> None:
        if step is Step.WRITTEN:
            raise LeftInDoubt("", "", "")

    with staffed.desk(pull) as desk, staffed.card(card) as driver, pytest.raises(LeftInDoubt):
        vend(desk, driver, Amount(money=5_000))
    with staffed.desk() as desk:
        report = x_report(desk)
        assert [job.amount for job in report.doubt] == [5_000]
        assert expected_cash(report.shift) == 0
        assert "not counted" in x_text(desk, report)
        close_shift(desk, 0)
        open_shift(desk, 0)
        with staffed.card(card) as driver:
            read_card(desk, driver)
        assert expected_cash(x_report(desk).shift) == 5_000
        assert agrees(desk)


@pytest.mark.parametrize("step", list(Step))
def test_a_till_that_died_in_mid_shift_finds_it_open(branch, staffed, step):
    card = branch.customer()
    with staffed.desk() as desk:
        open_shift(desk, 10_000)

    def observe(now: Step) -> None:
        if now is step:
            die()

    def work() -> None:
        with staffed.desk(observe) as desk, staffed.card(card) as driver:
            vend(desk, driver, Amount(money=5_000))
        os.kill(os.getpid(), signal.SIGKILL)

    assert in_a_process_of_its_own(work) == signal.SIGKILL
    with staffed.desk() as desk, staffed.card(card) as driver:
        read_card(desk, driver)
        sold = desk.store.totals().money
        assert sold in (0, 5_000)
        shift = x_report(desk).shift
        assert (shift.clerk, expected_cash(shift)) == ("wang", 10_000 + sold)
        assert agrees(desk)
        assert close_shift(desk, 10_000 + sold).closing.number == 1


def kill_at_commit(counter, number: int) -> None:
    """Hand the drawer over, and die before the n-th commit of it, or at its end."""
    with counter.desk() as desk:
        commit, left = desk.journal.commit, number

        def counted(*made):
            nonlocal left
            if left == 0:
                die()
            left -= 1
            return commit(*made)

        desk.journal.commit = counted
        hand_over(desk, 10_000, to="zhao", pin=PINS["zhao"])
    die()


@pytest.mark.parametrize("number", range(4))
def test_killed_between_the_entries_of_a_hand_over(branch, staffed, number):
    with staffed.desk() as desk:
        sign_in(desk, "wang", PINS["wang"])
        open_shift(desk, 10_000)
    assert in_a_process_of_its_own(partial(kill_at_commit, staffed, number)) == signal.SIGKILL
    with staffed.desk() as desk:
        shift = x_report(desk).shift
        handed = number > 0
        assert shift.clerk == ("zhao" if handed else "wang")
        assert expected_cash(shift) == 10_000
        assert len(bodies(desk.store, ShiftClosed)) == int(handed)
        assert len(bodies(desk.store, ShiftOpened)) == 1 + handed
        assert agrees(desk)
        assert close_shift(desk, 10_000).closing.number == 1 + handed
