"""A start without an end is settled from the card itself (design, section 4)."""

from common.account import AccountFacts, Verdict, judge_doubt
from common.card.image import CardContents
from common.entries import CompletedJob, Purpose, SettledBy, VoidedJob, completed_as, voided_as
from till.journal.writer import Journal
from till.store import Store, receipt_text


def settle_from_card(store: Store, journal: Journal, till: str, contents: CardContents) -> list[str]:
    """Complete or void the jobs that this till left in doubt on this card, if it can say. Returns their ids."""
    settled: list[str] = []
    for job in store.open_jobs_for_card(contents.serial):
        verdict = judge_doubt(store.account(job.account) or AccountFacts.new(job.account), job, contents.image)
        if verdict is Verdict.WRITTEN:
            journal.commit(completion(store, till, job.purpose, job.job, job.account, SettledBy.CARD))
        elif verdict is Verdict.NOT_WRITTEN:
            journal.commit(void(job.purpose, job.job, job.account, "not on the card", SettledBy.CARD))
        else:
            continue
        settled.append(job.job)
    return settled


def completion(store: Store, till: str, purpose: Purpose, job: str, account: str, by: SettledBy) -> CompletedJob:
    """The entry that completes a job; a vend gets the next receipt number."""
    receipt = receipt_text(till, store.next_receipt()) if purpose is Purpose.VEND else None
    return completed_as(purpose)(job=job, account=account, receipt=receipt, by=by)


def void(purpose: Purpose, job: str, account: str, reason: str, by: SettledBy) -> VoidedJob:
    """The entry that voids a job."""
    return voided_as(purpose)(job=job, account=account, reason=reason, by=by)
