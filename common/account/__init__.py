"""What entries say about one account: the facts (a fold), and how the account stands (a view of the facts)."""

from common.account.facts import AccountFacts, Job, JobState, fold, pack, see, unpack
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
    "Books",
    "CardStanding",
    "CardState",
    "Job",
    "JobState",
    "Owed",
    "Placed",
    "Standing",
    "Where",
    "fold",
    "pack",
    "see",
    "standing",
    "unpack",
    "year_energy",
]
