"""The one card operation: started, written, completed or voided; every purpose is run by it."""

from dataclasses import dataclass
from functools import partial

from common.account import Verdict, judge_doubt
from common.entries import Completed, Purpose, SettledBy, StartedJob, WipeStarted, money_of, purpose_of
from common.units import CreditUnit
from till.cards.driver import CardDriver
from till.cards.errors import CardError
from till.operations.desk import Desk
from till.operations.refusals import LeftInDoubt, NothingWritten
from till.operations.settle import completion, void
from till.operations.steps import Step


@dataclass(frozen=True)
class JobDone:
    """A completed job. `credit` is in the unit; `receipt` is the number of its receipt, for a job with money."""

    job: str
    account: str
    card: str
    purpose: Purpose
    count: int
    credit: int
    unit: CreditUnit
    receipt: str | None


def run(desk: Desk, driver: CardDriver, started: StartedJob) -> JobDone:
    """Run a judged job to its end: the start on disk, the card written and read back, the end on disk.

    Raises:
        NothingWritten: the card is as it was; the job is void.
        LeftInDoubt: the card is gone; it settles the job when it comes back.
        StoreError: the disk failed. Before the start nothing has happened; after it the job is in doubt.
    """
    desk.observe(Step.JUDGED)
    desk.journal.commit(started)
    desk.observe(Step.STARTED)
    try:
        if isinstance(started, WipeStarted):
            driver.wipe()
        else:
            driver.write(started.image)
    except CardError as error:
        _settle_failed_write(desk, driver, started, error)
    desk.observe(Step.WRITTEN)
    return _complete(desk, started)


def _complete(desk: Desk, started: StartedJob) -> JobDone:
    purpose = purpose_of(started)
    amount = money_of(started)
    job, account = started.job, started.account
    made = desk.journal.commit(
        partial(completion, desk.store, desk.till, job, account, purpose, amount, SettledBy.TILL)
    )
    completed = made[-1].entry.body
    assert isinstance(completed, Completed)
    desk.observe(Step.COMPLETED)
    image = started.image
    return JobDone(
        job=started.job,
        account=started.account,
        card=image.serial,
        purpose=purpose,
        count=image.count,
        credit=0 if purpose is Purpose.WIPE else image.credit,
        unit=image.unit,
        receipt=completed.receipt,
    )


def _settle_failed_write(desk: Desk, driver: CardDriver, started: StartedJob, error: CardError) -> None:
    """Look at the card again: returns when it was written after all."""
    cause = type(error).__name__
    facts, job = desk.store.account(started.account), desk.store.job(started.job)
    try:
        contents = driver.read()
    except CardError:
        raise LeftInDoubt(started.job, started.image.serial, cause) from error
    verdict = Verdict.OPEN if facts is None or job is None else judge_doubt(facts, job, contents.image)
    if verdict is Verdict.WRITTEN:
        return
    if verdict is Verdict.OPEN:
        raise LeftInDoubt(started.job, started.image.serial, cause) from error
    desk.journal.commit(void(purpose_of(started), started.job, started.account, cause, SettledBy.CARD))
    raise NothingWritten(started.job, started.image.serial, cause) from error
