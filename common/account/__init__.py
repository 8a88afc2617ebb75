"""What entries say about one account: the facts (a fold), and how the account stands (a view of the facts)."""

from common.account.doubt import Verdict, judge_doubt
from common.account.facts import AccountFacts, History, Job, JobState, Purchase, fold, pack, see, unpack
from common.account.history import Archived, seal, touches_history, unseal
from common.account.purchases import is_purchase, latest_purchases, purchase_of
from common.account.standing import (
    Books,
    CardStanding,
    CardState,
    Owed,
    Placed,
    Standing,
    Where,
    standing,
    year_energy,
)

__all__ = [
    "AccountFacts",
    "Archived",
    "Books",
    "CardStanding",
    "CardState",
    "History",
    "Job",
    "JobState",
    "Owed",
    "Placed",
    "Purchase",
    "Standing",
    "Verdict",
    "Where",
    "fold",
    "is_purchase",
    "judge_doubt",
    "latest_purchases",
    "pack",
    "purchase_of",
    "seal",
    "see",
    "standing",
    "touches_history",
    "unpack",
    "unseal",
    "year_energy",
]
