"""Who is at the till: PINs, the lock after five wrong ones, roles, approval, and the lock of a till left alone."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from common.clerks import MAX_TRIES, Action, RefusedBecause, Role
from common.entries import ClerkApproved, ClerkRefused, ClerkSet, ClerkSignedIn, ClerkSignedOut
from till.operations.accounts import open_account
from till.operations.cards import issue_card, read_card
from till.operations.clerks import (
    IDLE_AFTER,
    Supervisor,
    approve,
    authorize,
    change_pin,
    lock_when_idle,
    resume,
    set_idle_after,
    sign_in,
    sign_out,
    unlock,
)
from till.operations.closing import freeze_account, refund, wipe_card
from till.operations.makeup import make_up
from till.operations.meters import change_meter, clear_meter
from till.operations.refusals import BadField, NobodySignedIn, NoSuchClerk, NotAllowed, PinLocked, WrongPin
from till.operations.reversal import reverse
from till.operations.vend import Amount, vend
from till.store.rebuild import rebuild

PIN, OTHER = "380512", "194673"
LI = Supervisor(clerk="li", pin=OTHER, reason="seen it")
HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def clerk(name="wang", *roles, pin=PIN, active=True, branch="B1"):
    return ClerkSet(
        clerk=name, name="王芳", branch=branch, roles=list(roles or [Role.CLERK]), pin=HASHER.hash(pin), active=active
    )


@pytest.fixture
def staffed(branch, counter):
    """A branch with a clerk, a supervisor and somebody of another branch."""
    branch.office.say(clerk())
    branch.office.say(clerk("li", Role.SUPERVISOR, pin=OTHER))
    branch.office.say(clerk("far", branch="B2"))
    counter.hear()
    return counter


def said(desk, kind):
    own = desk.journal.head
    return [s.entry.body for s in desk.store.entries(own.writer, own.epoch) if isinstance(s.entry.body, kind)]


def wrong_tries(counter, times, name="wang"):
    for _ in range(times):
        with counter.desk() as desk, pytest.raises((WrongPin, PinLocked)):
            sign_in(desk, name, "999999")


def test_a_clerk_signs_in_and_out(staffed):
    with staffed.desk() as desk:
        assert sign_in(desk, "wang", PIN).name == "王芳"
    with staffed.desk() as desk:
        assert resume(desk).clerk == "wang"
        sign_in(desk, "li", OTHER)
        assert (desk.clerk, desk.roles) == ("li", (Role.SUPERVISOR,))
        assert sign_out(desk) == "li"
        assert sign_out(desk) is None
        with pytest.raises(NobodySignedIn):
            resume(desk)
        assert [body.clerk for body in said(desk, ClerkSignedIn)] == ["wang", "li"]
        assert [body.clerk for body in said(desk, ClerkSignedOut)] == ["wang", "li"]


@pytest.mark.parametrize("name", ["nobody", "far"])
def test_who_does_not_work_here_is_refused_and_that_is_an_entry(staffed, name):
    with staffed.desk() as desk:
        with pytest.raises(NoSuchClerk):
            sign_in(desk, name, PIN)
        (refused,) = said(desk, ClerkRefused)
        assert (refused.clerk, refused.because) == (name, RefusedBecause.UNKNOWN)


def test_five_wrong_tries_lock_the_pin_and_a_restart_does_not_help(staffed):
    lefts = []
    for _ in range(MAX_TRIES - 1):
        with staffed.desk() as desk, pytest.raises(WrongPin) as caught:
            sign_in(desk, "wang", "999999")
        lefts.append(caught.value.left)
    assert lefts == [4, 3, 2, 1]
    with staffed.desk() as desk, pytest.raises(PinLocked):
        sign_in(desk, "wang", "999999")
    with staffed.desk() as desk:
        with pytest.raises(PinLocked):
            sign_in(desk, "wang", PIN)
        because = [body.because for body in said(desk, ClerkRefused)]
        assert because == [RefusedBecause.WRONG_PIN] * MAX_TRIES + [RefusedBecause.LOCKED]
        assert rebuild(desk.store, check=True, progress=lambda _: None) == []


def test_a_right_pin_forgives_the_wrong_ones_before(staffed):
    for _ in range(2):
        wrong_tries(staffed, MAX_TRIES - 1)
        with staffed.desk() as desk:
            sign_in(desk, "wang", PIN)


def test_a_supervisor_unlocks_and_a_clerk_does_not(staffed):
    wrong_tries(staffed, MAX_TRIES)
    with staffed.desk() as desk:
        with pytest.raises(PinLocked):
            unlock(desk, "wang", "wang", PIN)
        with pytest.raises(WrongPin):
            unlock(desk, "wang", "li", PIN)
        with pytest.raises(PinLocked):
            sign_in(desk, "wang", PIN)
        unlock(desk, "wang", "li", OTHER)
        sign_in(desk, "wang", PIN)


def test_a_new_pin_from_the_office_is_not_locked(staffed, branch):
    wrong_tries(staffed, MAX_TRIES)
    branch.office.say(clerk(pin="271828"))
    staffed.hear()
    with staffed.desk() as desk:
        with pytest.raises(WrongPin):
            sign_in(desk, "wang", PIN)
        sign_in(desk, "wang", "271828")
        assert rebuild(desk.store, check=True, progress=lambda _: None) == []


def test_a_retired_clerk_is_out_at_the_next_contact(staffed, branch):
    with staffed.desk() as desk:
        sign_in(desk, "wang", PIN)
    branch.office.say(clerk(active=False))
    staffed.hear()
    with staffed.desk() as desk:
        with pytest.raises(NobodySignedIn):
            resume(desk)
        with pytest.raises(NoSuchClerk):
            sign_in(desk, "wang", PIN)
        assert said(desk, ClerkRefused)[-1].because is RefusedBecause.RETIRED


def test_a_till_left_alone_locks_itself(staffed, clock):
    with staffed.desk() as desk:
        sign_in(desk, "wang", PIN)
        for _ in range(3):
            clock.now += timedelta(minutes=9)
            resume(desk)
        clock.now += timedelta(minutes=11)
        with pytest.raises(NobodySignedIn):
            resume(desk)
        assert said(desk, ClerkSignedOut)[-1].idle


def test_a_clock_set_back_does_not_keep_a_till_open(staffed, clock):
    with staffed.desk() as desk:
        sign_in(desk, "wang", PIN)
        clock.now -= timedelta(days=1)
        with pytest.raises(NobodySignedIn):
            resume(desk)


def test_only_a_supervisor_changes_when_the_till_locks_itself(staffed, clock):
    with staffed.desk() as desk:
        sign_in(desk, "wang", PIN)
        with pytest.raises(NotAllowed):
            set_idle_after(desk, 60)
        sign_in(desk, "li", OTHER)
        set_idle_after(desk, 60)
        clock.now += timedelta(minutes=59)
        resume(desk)


def test_approval_is_a_supervisors_with_pin_and_reason(staffed):
    with staffed.desk() as desk:
        sign_in(desk, "wang", PIN)
        with pytest.raises(NotAllowed):
            approve(desk, Action.MAKE_UP, Supervisor(clerk="wang", pin=PIN, reason="card askew"))
        with pytest.raises(WrongPin):
            approve(desk, Action.MAKE_UP, Supervisor(clerk="li", pin=PIN, reason="card askew"))
        assert said(desk, ClerkApproved) == []
        approve(desk, Action.MAKE_UP, Supervisor(clerk="li", pin=OTHER, reason="card askew"))
        (approved,) = said(desk, ClerkApproved)
        assert (approved.clerk, approved.asked_by, approved.reason) == ("li", "wang", "card askew")


ALLOWED = {
    Role.AUDITOR: {Action.SIGN_IN, Action.LOOK},
    Role.FIELD: {Action.SIGN_IN, Action.LOOK, Action.SELL, Action.GIVE_CARD, Action.MAKE_UP, Action.CASH_UP},
    Role.CLERK: set(Action) - {Action.APPROVE},
    Role.SUPERVISOR: set(Action),
}


@pytest.mark.parametrize("role", list(Role))
def test_what_each_role_may_do(counter, role):
    with counter.desk() as desk:
        desk.roles = [role]
        for action in Action:
            before = len(said(desk, ClerkRefused))
            if action in ALLOWED[role]:
                authorize(desk, action)
            else:
                with pytest.raises(NotAllowed):
                    authorize(desk, action)
            assert len(said(desk, ClerkRefused)) == before + (action not in ALLOWED[role])


def test_operations_ask_for_the_role(branch, counter):
    card = branch.customer()
    with counter.desk() as desk, counter.card(card) as driver:
        desk.roles = [Role.AUDITOR]
        read_card(desk, driver)
        for refused in (
            lambda: vend(desk, driver, Amount(energy=1000)),
            lambda: open_account(desk, number="A2", name="x", meter="M2", tariff_class="residential", limit=1000),
            lambda: issue_card(desk, driver, "A1"),
            lambda: wipe_card(desk, driver),
            lambda: clear_meter(desk, driver),
            lambda: make_up(desk, driver),
            lambda: reverse(desk, driver, LI),
            lambda: refund(desk, "A1", payment="cash", supervisor=LI),
            lambda: change_meter(desk, driver, "M2", None),
            lambda: freeze_account(desk, "A1", LI),
        ):
            with pytest.raises(NotAllowed):
                refused()
        desk.clerk, desk.roles = "", []
        with pytest.raises(NobodySignedIn):
            vend(desk, driver, Amount(energy=1000))
        assert desk.store.totals().vends == 0


def test_a_clerk_chooses_another_pin_and_the_office_may_set_it_again(staffed, branch):
    with staffed.desk() as desk:
        for wrong in ("111111", "123456", "12ab56", PIN):
            with pytest.raises(BadField):
                change_pin(desk, "wang", PIN, wrong)
        with pytest.raises(WrongPin):
            change_pin(desk, "wang", "000001", "271828")
        change_pin(desk, "wang", PIN, "271828")
        change_pin(desk, "wang", "271828", "577215")
    with staffed.desk() as desk:
        for old in (PIN, "271828"):
            with pytest.raises(WrongPin):
                sign_in(desk, "wang", old)
        sign_in(desk, "wang", "577215")
        assert rebuild(desk.store, check=True, progress=lambda _: None) == []
    branch.office.say(clerk(pin="314159"))
    staffed.hear()
    with staffed.desk() as desk:
        with pytest.raises(WrongPin):
            sign_in(desk, "wang", "577215")
        sign_in(desk, "wang", "314159")


def test_the_screen_is_told_when_the_till_has_locked_itself(branch, staffed):
    with staffed.desk() as desk:
        sign_in(desk, "wang", PIN)
        assert not lock_when_idle(desk)
        branch.clock.now += IDLE_AFTER + timedelta(seconds=1)
        assert lock_when_idle(desk)
        assert (desk.clerk, desk.store.clerks.signed_in()) == ("", None)
        assert not lock_when_idle(desk)
        assert [body.idle for body in said(desk, ClerkSignedOut)] == [True]
