"""The errors that a person at the till can meet; each has words in till/messages. Anything else is a fault of ours."""

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
