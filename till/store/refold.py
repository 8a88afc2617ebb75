"""After an upgrade all entries are folded once more: an older version passed over what it did not know yet."""

from contextlib import suppress

from common.entries import shapes
from till import VERSION
from till.store.errors import StoreBusy, StoreFull
from till.store.rebuild import rebuild
from till.store.store import Store

_FOLDED_BY = "folded_by"
"""The setting that says which version, of which entries, folded the tables."""


def refold_if_upgraded(store: Store) -> None:
    """Make the tables say what this version makes of the entries.

    Where the disk is full, or another program writes, the till goes on with the tables as they are, and the next start
    does it: selling does not wait for that.

    Raises:
        StoreError: see till.store.errors; nothing was changed.
    """
    now = f"{VERSION} {shapes()}"
    if store.setting(_FOLDED_BY, str) == now:
        return
    with suppress(StoreFull, StoreBusy), store.transaction():
        rebuild(store, check=False, progress=lambda _: None)
        store.set_setting(_FOLDED_BY, now)
