"""Reversal: a vend whose credit is still on the card is undone, and the money given back."""

from common.admission import Refused, plan_reversal
from common.clerks import Action
from common.entries import ReversalStarted
from till.cards.driver import CardDriver
from till.operations.card_job import JobDone, run
from till.operations.clerks import Supervisor, approve, authorize
from till.operations.desk import Desk, job_start, note_evidence, present
from till.operations.job_id import new_job_id


def reverse(desk: Desk, driver: CardDriver, supervisor: Supervisor) -> JobDone:
    """Undo the vend, or the order to clear the meter, that stands on the card; a supervisor stands by it.

    Raises:
        Refused: see common.admission.plan_reversal; or the supervisor's approval does not hold.
        NothingWritten, LeftInDoubt, CardError: as for every card job.
    """
    authorize(desk, Action.REVERSE)
    presented, job = present(desk, driver), new_job_id(desk.till, desk.now())
    facts = presented.account
    try:
        image, undone = plan_reversal(facts, presented.contents, job)
    except Refused:
        note_evidence(desk, presented)
        raise
    started = ReversalStarted(
        **job_start(desk, presented, job, facts.account),
        image=image,
        for_job=undone.job,
        money=undone.amount,
        approval=approve(desk, Action.REVERSE, supervisor),
    )
    return run(desk, driver, started)
