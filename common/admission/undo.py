"""Reversal: what is still on the card is undone, and the card says what it said before."""

import msgspec

from common.account.credits import Where
from common.account.facts import AccountFacts
from common.account.job import Job, JobState
from common.admission.judge import admit_card
from common.admission.refusals import NothingToReverse
from common.card.image import CardContents, CardImage, CardKind, credit_taken, job_mark
from common.entries import Purpose


def plan_reversal(facts: AccountFacts, contents: CardContents, job: str) -> tuple[CardImage, Job]:
    """What the card is to say when its last vend, or order to clear the meter, is undone; and which job that was.

    The card itself is the proof: whenever a meter takes a credit it says so on the card in the same insertion.

    Raises:
        Refused: one of refusals.py: the card is not admitted, or NothingToReverse.
    """
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
    before = msgspec.structs.replace(
        image, count=undone.before or 0, credit=0, kind=CardKind.CREDIT, job_mark=job_mark(job)
    )
    return before, undone
