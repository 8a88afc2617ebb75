"""The master store: journals, read models and the feed in one database. Only this package knows which database."""

from syncserver.store.engine import Address, shown
from syncserver.store.errors import StoreBroken, StoreFull, StoreMissing, StoreNotReachable, StoreUnavailable
from syncserver.store.feed import scopes_of
from syncserver.store.finder import Term
from syncserver.store.master import MasterStore
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
from syncserver.store.writing import Writing

__all__ = [
    "AccountPlace",
    "AccountRow",
    "Address",
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
    "ShiftRow",
    "StoreBroken",
    "StoreFull",
    "StoreMissing",
    "StoreNotReachable",
    "StoreUnavailable",
    "StoredEntry",
    "Term",
    "VendRow",
    "WriterRow",
    "WriterState",
    "Writing",
    "scopes_of",
    "shown",
]
