"""Whose turn it is at the printer: one program at a time, and the turn of one that died is over."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from till.printing.printer import PrinterFailed, Trouble

PATIENCE = 20.0
"""Seconds to wait for another program's turn."""
_POLL = 0.05


@contextmanager
def printing(store: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Have the printer for oneself: an advisory lock (flock(2)) on a file beside the till's store, which the system
    lets go when its holder ends, however that was.

    Raises:
        PrinterFailed: another program prints for longer than one can wait; or the file cannot be made.
    """
    try:
        file = store.with_name("printing.lock").open("ab")
    except OSError as error:
        raise PrinterFailed(error.strerror or str(error)) from error
    with file:
        until = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise PrinterFailed(Trouble.BUSY) from None
                time.sleep(_POLL)
        yield
