"""The master store: journals, read models and the feed in one database. Only this package knows which database."""

from syncserver.store.copying import TableProof
from syncserver.store.engine import Address, shown
from syncserver.store.errors import (
    StoreBroken,
    StoreFull,
    StoreMissing,
    StoreMoved,
    StoreNewer,
    StoreNotReachable,
    StoreOutdated,
    StoreUnavailable,
)
from syncserver.store.feed import scopes_of
from syncserver.store.finder import Term
from syncserver.store.master import MasterStore
from syncserver.store.moving import move_store
from syncserver.store.partitions import AHEAD as MONTHS_AHEAD
from syncserver.store.reading import Reading
from syncserver.store.records import (
    AccountPlace,
    AccountRow,
    Backlog,
    CardRow,
    CodeRow,
    DecisionRow,
    DecisionState,
    FeedRow,
    ForkRow,
    Place,
    ReadModel,
    ShiftRow,
    StoredEntry,
    VendRow,
    WriterRow,
    WriterState,
)
from syncserver.store.reports import Span
from syncserver.store.signing_in import AttemptRow, SessionRow
from syncserver.store.writing import Writing

__all__ = [
    "MONTHS_AHEAD",
    "AccountPlace",
    "AccountRow",
    "Address",
    "AttemptRow",
    "Backlog",
    "CardRow",
    "CodeRow",
    "DecisionRow",
    "DecisionState",
    "FeedRow",
    "ForkRow",
    "MasterStore",
    "Place",
    "ReadModel",
    "Reading",
    "SessionRow",
    "ShiftRow",
    "Span",
    "StoreBroken",
    "StoreFull",
    "StoreMissing",
    "StoreMoved",
    "StoreNewer",
    "StoreNotReachable",
    "StoreOutdated",
    "StoreUnavailable",
    "StoredEntry",
    "TableProof",
    "Term",
    "VendRow",
    "WriterRow",
    "WriterState",
    "Writing",
    "move_store",
    "scopes_of",
    "shown",
]
