"""A start without an end is settled from the card itself (design, section 4)."""

from functools import partial

from common.account import AccountFacts, Verdict, judge_doubt
from common.card.image import CardContents
from common.entries import CompletedJob, Purpose, SettledBy, VoidedJob, completed_as, voided_as
from common.receipt_code import receipt_text
from till.journal.writer import Journal
from till.store import Store


def settle_from_card(store: Store, journal: Journal, till: str, contents: CardContents) -> list[str]:
    """Complete or void the jobs that this till left in doubt on this card, if it can say. Returns their ids."""
    settled: list[str] = []
    for job in store.open_jobs_for_card(contents.serial):
        verdict = judge_doubt(store.account(job.account) or AccountFacts.new(job.account), job, contents.image)
        if verdict is Verdict.WRITTEN:
            amount = job.amount
            journal.commit(partial(completion, store, till, job.job, job.account, job.purpose, amount, SettledBy.CARD))
        elif verdict is Verdict.NOT_WRITTEN:
            journal.commit(void(job.purpose, job.job, job.account, "not on the card", SettledBy.CARD))
        else:
            continue
        settled.append(job.job)
    return settled


def completion(
    store: Store, till: str, job: str, account: str, purpose: Purpose, amount: int, by: SettledBy
) -> CompletedJob:
    """The entry that completes a job; one that took or gave money gets the next receipt number. Made within the
    transaction that keeps it, or two programs of one till may take the same number."""
    money = purpose is Purpose.VEND or amount > 0
    receipt = receipt_text(till, store.receipts.next()) if money else None
    return completed_as(purpose)(job=job, account=account, receipt=receipt, by=by)


def void(purpose: Purpose, job: str, account: str, reason: str, by: SettledBy) -> VoidedJob:
    """The entry that voids a job."""
    return voided_as(purpose)(job=job, account=account, reason=reason, by=by)
