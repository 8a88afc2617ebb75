"""What entries say about one account: the facts (a fold), and how the account stands (a view of the facts)."""

from common.account.arrears import RefundDue, open_debts, refunds_due
from common.account.books import Books, CreditBooks
from common.account.cards import CardStanding, CardState
from common.account.credits import Owed, Placed, Where
from common.account.details import Details, details
from common.account.doubt import Verdict, judge_doubt
from common.account.facts import AccountFacts, History, Purchase, pack, unpack
from common.account.fold import fold, read_meter, see
from common.account.history import Archived, concerns_history, seal, seal_plain, touches_history, unseal
from common.account.imported import past_of
from common.account.job import Job, JobState
from common.account.meters import MeterEvidence, meter_line
from common.account.plain import is_plain
from common.account.purchases import in_order, is_purchase, latest_purchases, purchase_of, recent_purchases
from common.account.standing import Standing, standing, year_energy

__all__ = [
    "AccountFacts",
    "Archived",
    "Books",
    "CardStanding",
    "CardState",
    "CreditBooks",
    "Details",
    "History",
    "Job",
    "JobState",
    "MeterEvidence",
    "Owed",
    "Placed",
    "Purchase",
    "RefundDue",
    "Standing",
    "Verdict",
    "Where",
    "concerns_history",
    "details",
    "fold",
    "in_order",
    "is_plain",
    "is_purchase",
    "judge_doubt",
    "latest_purchases",
    "meter_line",
    "open_debts",
    "pack",
    "past_of",
    "purchase_of",
    "read_meter",
    "recent_purchases",
    "refunds_due",
    "seal",
    "seal_plain",
    "see",
    "standing",
    "touches_history",
    "unpack",
    "unseal",
    "year_energy",
]
