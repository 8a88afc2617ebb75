"""An office's store moved to another database, of either kind. Meanwhile nothing is taken in, and later only there."""

from datetime import datetime

from common.progress import Progress, unseen
from syncserver.store.copying import TableProof, copy_tables, count_rows, prove
from syncserver.store.engine import Address, connect, shown, transaction
from syncserver.store.errors import StoreMissing, StoreUnavailable
from syncserver.store.schema import check, make_tables, note_moved


def move_store(source: Address, target: Address, now: datetime, progress: Progress = unseen) -> list[TableProof]:
    """Copy a store into an empty database, compare both row by row, and let the first take nothing more.

    Args:
        progress: told how many rows are done, of how many: each is copied, and read again on both sides.

    Returns:
        What each table holds, on both sides.

    Raises:
        StoreUnavailable: the source is none or of another version, the target is not empty, or they are not the same.
            The source goes on.
    """
    if not isinstance(source, str) and not source.is_file():
        raise StoreMissing(str(source))
    here, there = connect(source), connect(target)
    try:
        with transaction(here, write=True) as held:
            check(held)
            told = _Told(progress, 3 * count_rows(held))
            with transaction(there, write=True) as copy:
                make_tables(copy)
                copy_tables(held, copy, now, told.more)
            with transaction(there, write=False) as copy:
                found = prove(copy, told.more)
            if found != prove(held, told.more):
                raise StoreUnavailable(f"{shown(target)} does not hold what {shown(source)} does")
            note_moved(held, shown(target))
        progress(told.total, told.total)
        return found
    finally:
        here.dispose()
        there.dispose()


class _Told:
    """Adds up."""

    def __init__(self, progress: Progress, total: int) -> None:
        self.total, self._done, self._progress = total, 0, progress

    def more(self, rows: int) -> None:
        self._done += rows
        self._progress(min(self._done, self.total), self.total)
