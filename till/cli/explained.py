"""The errors that a clerk can meet, and the exit codes that they end in."""

from common.admission import Refused
from common.chain import ChainError
from common.enrolment import BadCode
from common.sealing import SealBroken
from common.units import BadAmount
from till.cards.errors import CardError
from till.journal.errors import JournalError
from till.operations.refusals import LeftInDoubt, NothingWritten
from till.printing.printer import PrinterFailed
from till.store.errors import StoreError
from till.sync.errors import SyncError

EXPLAINED = (
    Refused,
    CardError,
    NothingWritten,
    LeftInDoubt,
    StoreError,
    JournalError,
    SyncError,
    PrinterFailed,
    ChainError,
    BadCode,
    BadAmount,
    SealBroken,
)
"""Errors that a clerk can meet. Anything else is a fault of ours and shows its traceback."""

REFUSED, FAILED = 3, 4
"""Exit codes: nothing was done; something failed and the message says what it left."""
