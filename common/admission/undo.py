"""Reversal: what is still on the card is undone, and the card says what it said before.

So is the credit of an account that another till had closed (common.resolution, sold_to_frozen): the card is the proof
that the refund is paid once.
"""

import msgspec

from common.account.credits import Where
from common.account.facts import AccountFacts
from common.account.job import Job, JobState
from common.admission.judge import admit_card
from common.admission.refusals import NothingToReverse
from common.card.image import CardContents, CardImage, CardKind, credit_taken, job_mark
from common.entries import Purpose, RefundOwed


def plan_reversal(facts: AccountFacts, contents: CardContents, job: str) -> tuple[CardImage, Job]:
    """What the card is to say when its last vend, or order to clear the meter, is undone; and which job that was.

    The card itself is the proof: whenever a meter takes a credit it says so on the card in the same insertion.

    Raises:
        Refused: one of refusals.py: the card is not admitted, or NothingToReverse.
    """
    refunded = _refund_on(facts, contents)
    if refunded is not None and contents.image is not None:
        return _as_before(contents.image, refunded, job), refunded
    admitted = admit_card(facts, contents)
    image, clearing = admitted.image, admitted.view.clearing
    on_card = [credit.job for credit in admitted.view.credits if credit.where is Where.CARD]
    if clearing is not None:
        on_card.append(clearing)
    undone = next((found for found in on_card if found.card == image.serial and found.count == image.count), None)
    if undone is None or credit_taken(contents) or undone.purpose not in (Purpose.VEND, Purpose.CLEAR):
        raise NothingToReverse(image.serial)
    if undone.state is not JobState.WRITTEN or image.job_mark not in (0, job_mark(undone.job)):
        raise NothingToReverse(image.serial)
    return _as_before(image, undone, job), undone


def _as_before(image: CardImage, undone: Job, job: str) -> CardImage:
    return msgspec.structs.replace(
        image, count=undone.before or 0, credit=0, kind=CardKind.CREDIT, job_mark=job_mark(job)
    )


def _refund_on(facts: AccountFacts, contents: CardContents) -> Job | None:
    """The vend whose refund the office has decided on and whose credit is on this very card, untaken; the account is
    closed, and the card may be superseded or blocked."""
    image = contents.image
    if image is None or credit_taken(contents) or contents.return_torn:
        return None
    for made in facts.decisions.values():
        job = facts.jobs.get(made.for_job) if isinstance(made, RefundOwed) else None
        found = job is not None and (job.card, job.meter, job.count) == (image.serial, image.meter, image.count)
        if job is not None and found and image.job_mark in (0, job_mark(job.job)):
            return job
    return None
