"""Make-up: credit that was paid for and never reached the meter is written again, for nothing."""

from common.admission import MakeupNotProved, Refused, plan_makeup
from common.clerks import Action
from common.entries import MakeupStarted
from till.cards.driver import CardDriver
from till.operations.card_job import JobDone, run
from till.operations.clerks import Supervisor, approve, authorize
from till.operations.desk import Desk, Presented, job_start, note_evidence, present
from till.operations.job_id import new_job_id


def make_up(desk: Desk, driver: CardDriver, supervisor: Supervisor | None = None) -> JobDone:
    """Write the first make-up that is owed to the account on its card. The customer pays nothing.

    Args:
        supervisor: stands by it where nothing proves that the meter lacks the credit; not asked where something does.

    Raises:
        Refused: see common.admission.plan_makeup; MakeupNotProved without a supervisor.
        NothingWritten, LeftInDoubt, CardError: as for every card job.
    """
    authorize(desk, Action.MAKE_UP)
    presented, job = present(desk, driver), new_job_id(desk.till, desk.now())
    try:
        return run(desk, driver, _start(desk, presented, job, supervisor))
    except Refused:
        note_evidence(desk, presented)
        raise


def _start(desk: Desk, presented: Presented, job: str, supervisor: Supervisor | None) -> MakeupStarted:
    facts, approval = presented.account, None
    try:
        image, owed = plan_makeup(facts, presented.contents, job)
    except MakeupNotProved:
        if supervisor is None:
            raise
        image, owed = plan_makeup(facts, presented.contents, job, approved=True)
        approval = approve(desk, Action.MAKE_UP, supervisor)
    return MakeupStarted(
        **job_start(desk, presented, job, facts.account),
        image=image,
        for_job=owed.for_job,
        decision=owed.decision,
        approval=approval,
    )
