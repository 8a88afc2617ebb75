"""Adding to the feed: what follows on becomes one run, however it was divided into transactions."""

from syncserver.store import FeedRow, Writing

_LONGEST_RUN = 1_000


class Feeding:
    """The feed's end within one transaction. Call `flush` at its end."""

    def __init__(self, writing: Writing) -> None:
        self._writing = writing
        self._done: list[FeedRow] = []
        last = writing.last_run()
        self._scope, self._position, self._entry, self._count = (
            ("", 1, 0, 0) if last is None else (last.scope, last.position, last.entry, last.count)
        )

    def tell(self, scope: str, entry: int) -> None:
        """Let a scope hear of the entry at this position of the journal."""
        if scope == self._scope and entry == self._entry + self._count and self._count < _LONGEST_RUN:
            self._count += 1
            return
        self._end_run()
        self._position += self._count
        self._scope, self._entry, self._count = scope, entry, 1

    def flush(self) -> None:
        """Store what was told."""
        self._end_run()
        self._writing.put_feed(self._done)
        self._done = []

    def _end_run(self) -> None:
        if self._count:
            self._done.append(FeedRow(self._position, self._scope, self._entry, self._count))
