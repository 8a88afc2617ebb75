"""The till's store: every entry it knows and the read models folded from them, in one SQLite file."""

from till.store.errors import (
    StoreBusy,
    StoreConflict,
    StoreError,
    StoreFull,
    StoreNewer,
    StoreTampered,
    StoreUnreadable,
)
from till.store.project import Owner
from till.store.spool import Kind, Sheet, SheetState
from till.store.store import Store

__all__ = [
    "Kind",
    "Owner",
    "Sheet",
    "SheetState",
    "Store",
    "StoreBusy",
    "StoreConflict",
    "StoreError",
    "StoreFull",
    "StoreNewer",
    "StoreTampered",
    "StoreUnreadable",
]
