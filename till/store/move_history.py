"""Moving purchases between the store and the history file, by a cut-off date that may be changed at any time.

Killed at any moment it loses nothing: rows are in the second place, durably, before they leave the first, and what is
in both counts once. Run again, it goes on.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from msgspec import Struct

from till.store.store import Store

CUT_OFF = "history_before"
_GENERATION = "history_generation"


class Moved(Struct, frozen=True, kw_only=True):
    """How many purchases went to the file, and of how many accounts some came back."""

    moved: int
    taken_back: int


def move_history(store: Store, before: datetime, progress: Callable[[int, int], None]) -> Moved:
    """Move the purchases before this time to the history file, and those from it on back into the store.

    Args:
        progress: told how many accounts are done, and of how many.

    Raises:
        StoreError: what was not moved is where it was; run it again.
    """
    until = before.astimezone(UTC).isoformat()
    history = store.history
    history.make_file()
    with store.transaction():
        store.set_setting(CUT_OFF, before)
        generation = (store.setting(_GENERATION, int) or 0) + 1
        store.set_setting(_GENERATION, generation)
    back, forth = history.filed_since(until), store.accounts_with_history_before(until)
    everything, done, moved = len(back) + len(forth), 0, 0
    for account, number in back:
        with store.transaction():
            history.take_back(account, number, until)
        history.unfile(account, number, until)
        with store.transaction():
            history.end(account, number)
        done += 1
        progress(done, everything)
    for account in forth:
        moved += _move(store, account, until, generation)
        done += 1
        progress(done, everything)
    return Moved(moved=moved, taken_back=len(back))


def _move(store: Store, account: str, until: str, generation: int) -> int:
    history = store.history
    with store.transaction():
        history.begin(account, generation)
        number = history.generation(account) or generation
    rows = history.before(account, until)
    history.file_rows(rows, number)
    with store.transaction():
        # An entry may have opened the account's history meanwhile: then the file's rows do not count, and stay behind.
        if history.generation(account) == number:
            history.forget(rows)
    return len(rows)
