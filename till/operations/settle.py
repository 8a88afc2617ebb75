"""A start without an end is settled from the card itself (design, section 4)."""

from common.account import Job
from common.card.image import CardContents
from common.entries import CompletedJob, Purpose, SettledBy, VoidedJob, completed_as, voided_as
from till.journal.writer import Journal
from till.operations.refusals import DoubtNotSettled
from till.store import Store, receipt_text


def settle_from_card(store: Store, journal: Journal, till: str, contents: CardContents) -> str | None:
    """Complete or void the job that this till left in doubt on this card. Returns the job's id, if there was one.

    A written card carries the job's count, or a later one if another till has served it since. A card that was not
    written carries the count that it had before.

    Raises:
        DoubtNotSettled: it carries neither.
    """
    job = store.open_job_for_card(contents.serial)
    if job is None:
        return None
    if was_written(job, contents):
        journal.commit(completion(store, till, job.purpose, job.job, job.account, SettledBy.CARD))
    elif was_not_written(job, contents):
        journal.commit(void(job.purpose, job.job, job.account, "not on the card", SettledBy.CARD))
    else:
        count = None if contents.image is None else contents.image.count
        raise DoubtNotSettled(job.job, job.card, count, job.before, job.count)
    return job.job


def was_written(job: Job, contents: CardContents) -> bool:
    """Whether the card carries what the job was to write, or what came after it."""
    image = contents.image
    return image is not None and image.account == job.account and image.issue == job.issue and image.count >= job.count


def was_not_written(job: Job, contents: CardContents) -> bool:
    """Whether the card is as it was before the job."""
    image = contents.image
    return job.before is None if image is None else image.account == job.account and image.count == job.before


def completion(store: Store, till: str, purpose: Purpose, job: str, account: str, by: SettledBy) -> CompletedJob:
    """The entry that completes a job; a vend gets the next receipt number."""
    receipt = receipt_text(till, store.next_receipt()) if purpose is Purpose.VEND else None
    return completed_as(purpose)(job=job, account=account, receipt=receipt, by=by)


def void(purpose: Purpose, job: str, account: str, reason: str, by: SettledBy) -> VoidedJob:
    """The entry that voids a job."""
    return voided_as(purpose)(job=job, account=account, reason=reason, by=by)
