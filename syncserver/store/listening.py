"""Hearing at once that another process has committed something (PostgreSQL's LISTEN). SQLite has no such thing."""

import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

from sqlalchemy import Engine

from syncserver.store.postgresql import CHANNEL

_LOOK_SECONDS = 1.0
"""How often to see whether to stop."""

_AGAIN_SECONDS = 1.0
"""After the connection was lost."""


class Listener:
    """Listens in a thread of its own, and connects again for as long as it lives.

    Args:
        heard: called in that thread after each commit of anybody; and once whenever it has begun to listen, for what
            it may have missed.
    """

    def __init__(self, engine: Engine, heard: Callable[[], None]) -> None:
        self._engine, self._heard = engine, heard
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="listening", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        lost: tuple[type[Exception], ...] = (getattr(self._engine.dialect.dbapi, "Error", OSError),)
        while not self._stop.is_set():
            try:
                self._listen()
            except lost:
                # Whoever waits looks by itself now and then, and whoever asks the database is told what is wrong.
                self._stop.wait(_AGAIN_SECONDS)

    def _listen(self) -> None:
        pooled = self._engine.raw_connection()
        connection: Any = pooled.driver_connection
        pooled.detach()  # it is not to go back among those that others use
        with closing(connection):
            connection.rollback()
            connection.autocommit = True
            connection.execute(f"LISTEN {CHANNEL}")
            self._heard()
            while not self._stop.is_set():
                for _ in connection.notifies(timeout=_LOOK_SECONDS, stop_after=1):
                    self._heard()
