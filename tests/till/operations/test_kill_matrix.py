"""The kill -9 matrix: each card job x each step x both chips. Then the job is there once or not at all, and done again
it comes to the same end."""

import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from common.account import JobState, standing
from common.clerks import Role
from common.entries import ClerkSet, Purpose
from tests.till.branch import Branch, Counter
from tests.till.operations.test_crash import die, in_a_process_of_its_own
from till.cards.driver import CardDriver
from till.operations.cards import issue_card, read_card, replace_card
from till.operations.clerks import Supervisor
from till.operations.closing import wipe_card
from till.operations.desk import Desk
from till.operations.makeup import make_up
from till.operations.meters import Reading, change_meter, clear_meter
from till.operations.receipts import print_queued
from till.operations.reversal import reverse
from till.operations.steps import Step
from till.operations.vend import Amount, vend
from till.printing.printer import FilePrinter
from till.store.rebuild import rebuild

HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
LI = Supervisor(clerk="li", pin="194673", reason="seen it")
ENERGY = 50_000
Act = Callable[[Desk, CardDriver], object]


@dataclass
class Matter:
    """A job to be killed: how the world is before, and what is done."""

    purpose: Purpose
    prepare: Callable[[Branch, Counter], Path]
    act: Act
    receipts: int
    money: int


def sell(desk, driver):
    vend(desk, driver, Amount(energy=ENERGY))


def at(counter: Counter, card: Path, act: Act) -> None:
    with counter.desk() as desk, counter.card(card) as driver:
        act(desk, driver)


def account_without_card(branch, counter):
    with counter.desk() as desk:
        branch.open(desk, "A1", "M1")
    return branch.blank()


def customer(branch, counter):
    return branch.customer()


def second_card(branch, counter):
    branch.customer()
    return branch.blank(1)


def with_credit(branch, counter):
    card = branch.customer()
    at(counter, card, sell)
    return card


def credit_in_the_meter(branch, counter):
    card = with_credit(branch, counter)
    branch.insert(card)
    at(counter, card, read_card)
    return card


def owed_a_makeup(branch, counter):
    with_credit(branch, counter)
    new = branch.blank(1)
    at(counter, new, lambda desk, driver: replace_card(desk, driver, "A1", "damaged"))
    branch.insert(new)
    return new


def burnt(desk, driver):
    change_meter(desk, driver, "M2", Reading("M1", 1, ENERGY, 0, LI))


MATTERS = [
    Matter(Purpose.ISSUE, account_without_card, lambda desk, driver: issue_card(desk, driver, "A1"), 0, 0),
    Matter(Purpose.VEND, customer, sell, 1, 2_690),
    Matter(Purpose.REPLACEMENT, second_card, lambda desk, driver: replace_card(desk, driver, "A1", "lost"), 0, 0),
    Matter(Purpose.MAKEUP, owed_a_makeup, make_up, 1, 2_690),
    Matter(Purpose.REVERSAL, with_credit, lambda desk, driver: reverse(desk, driver, LI), 2, 0),
    Matter(Purpose.CLEAR, credit_in_the_meter, clear_meter, 1, 2_690),
    Matter(Purpose.TRANSFER, credit_in_the_meter, burnt, 1, 2_690),
    Matter(Purpose.WIPE, customer, wipe_card, 0, 0),
]


@pytest.mark.parametrize("chip", ["cpu", "sle4442"])
@pytest.mark.parametrize("step", [Step.READ, Step.JUDGED, Step.STARTED, Step.WRITTEN, Step.COMPLETED])
@pytest.mark.parametrize("matter", MATTERS, ids=lambda matter: matter.purpose.value)
def test_killed(branch, counter, tmp_path, matter, step, chip):
    branch.chip = chip
    branch.office.say(
        ClerkSet(clerk="li", name="li", branch="B1", roles=[Role.SUPERVISOR], pin=HASHER.hash(LI.pin), active=True)
    )
    counter.hear()
    card = matter.prepare(branch, counter)

    def observe(now: Step) -> None:
        if now is step:
            die()

    def killed() -> None:
        with counter.desk(observe) as desk, counter.card(card) as driver:
            matter.act(desk, driver)

    assert in_a_process_of_its_own(killed) == signal.SIGKILL
    at(counter, card, read_card)
    assert written(counter, matter.purpose) == (1 if step in (Step.WRITTEN, Step.COMPLETED) else 0)
    if not written(counter, matter.purpose):
        at(counter, card, matter.act)
    assert written(counter, matter.purpose) == 1
    with counter.desk() as desk:
        paper = FilePrinter(tmp_path / "paper")
        print_queued(desk, paper)
        assert len(list(paper.folder.glob("*.txt"))) == matter.receipts
        assert (desk.store.open_jobs(), desk.store.totals().money) == ([], matter.money)
        assert standing(desk.store.account("A1")).books.conserved
        assert rebuild(desk.store, check=True, progress=lambda _: None) == []
        assert desk.journal.verify(lambda _: None) == desk.journal.head


def written(counter: Counter, purpose: Purpose) -> int:
    with counter.desk() as desk:
        jobs = desk.store.account("A1").jobs.values()
        return sum(job.purpose is purpose and job.state is JobState.WRITTEN for job in jobs)
