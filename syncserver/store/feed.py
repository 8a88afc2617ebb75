"""The feed as the store keeps it: runs of entries for each scope, walked in the order of their feed positions."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Column, Connection, and_, bindparam, func, not_, select

from syncserver.store import tables
from syncserver.store.records import Backlog, FeedRow, StoredEntry, WriterRow
from syncserver.store.rows import added_up, ask_values, streamed

_PAGE = 1_000
"""Entries that are read at once."""

ENTRY: tuple[Column[Any], ...] = tuple(tables.journal.columns)
"""The columns of a StoredEntry."""

_FEED = tables.feed.c
_RUN = (_FEED.position, _FEED.scope, _FEED.entry, _FEED.count)

# Put together once: each request asks these.
_LAST = select(*_RUN).order_by(_FEED.position.desc()).limit(1)
_OF_SCOPE = select(*_RUN).where(_FEED.scope == bindparam("scope"))
_BEGUN = _OF_SCOPE.where(_FEED.position <= bindparam("after")).order_by(_FEED.position.desc()).limit(1)
_LATER = _OF_SCOPE.where(_FEED.position > bindparam("after")).order_by(_FEED.position).limit(_PAGE)

_TILLS = 300
"""Tills that are asked for at once."""

# Of each scope, runs from the one on that holds `after`; of that, what comes behind it.
_BEHIND = """
    WITH wanted (till, scope, after) AS (VALUES {values})
    SELECT wanted.till, CAST(SUM(CASE
        WHEN feed.position > wanted.after THEN feed.count
        WHEN feed.position + feed.count - 1 > wanted.after THEN feed.position + feed.count - 1 - wanted.after
        ELSE 0 END) AS BIGINT)
    FROM wanted LEFT JOIN feed ON feed.scope = wanted.scope AND feed.position >= COALESCE(
        (SELECT MAX(begun.position) FROM feed AS begun
         WHERE begun.scope = wanted.scope AND begun.position <= wanted.after), 0)
    GROUP BY wanted.till"""


class FeedReading:
    """What can be asked of the feed, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def last_run(self) -> FeedRow | None:
        """The feed's end."""
        row = self._connection.execute(_LAST).one_or_none()
        return None if row is None else FeedRow(*row)

    def feed_position(self, entry: int) -> int:
        """Where the feed has the entry at this position of the journal: the last such place, 0 when it has none."""
        within = (_FEED.entry <= entry) & (_FEED.entry + _FEED.count > entry)
        place = select(func.max(_FEED.position + entry - _FEED.entry)).where(within)
        return self._connection.execute(place).scalar() or 0

    def last_feed_position(self) -> int:
        """The feed's length."""
        last = self.last_run()
        return 0 if last is None else last.end - 1

    def news(self, after: int) -> dict[str, int]:
        """The scopes that something was added to after a feed position, each with its last position."""
        # The run that holds `after` may have become longer since.
        held = select(func.max(_FEED.position)).where(_FEED.position <= after).scalar_subquery()
        rows = self._connection.execute(
            select(_FEED.scope, func.max(_FEED.position + _FEED.count - 1))
            .where(_FEED.position >= func.coalesce(held, 0), _FEED.position + _FEED.count - 1 > after)
            .group_by(_FEED.scope)
        )
        return dict(rows.all())

    def told(self, scope: str) -> Iterator[StoredEntry]:
        """All that a scope was told, in order: for a till's own, which is little."""
        journal = tables.journal.c
        for run in self._connection.execute(select(*_RUN).where(_FEED.scope == scope).order_by(_FEED.position)).all():
            within = journal.position.between(run.entry, run.entry + run.count - 1)
            for row in self._connection.execute(select(*ENTRY).where(within).order_by(journal.position)):
                yield StoredEntry(*row)

    def feed_length(self, reader: WriterRow) -> int:
        """How many entries the whole feed of a till has."""
        query = select(added_up(_FEED.count)).where(_FEED.scope.in_(scopes_of(reader)))
        return self._connection.execute(query).scalar_one() or 0

    def feeds_behind(self, places: Sequence[tuple[WriterRow, int]]) -> dict[str, int]:
        """How many entries the feeds of tills have after a position each, the tills' own among them. By till."""
        found: dict[str, int] = {}
        for start in range(0, len(places), _TILLS):
            chunk = places[start : start + _TILLS]
            wanted = [(row.id, scope, after) for row, after in chunk for scope in scopes_of(row)]
            found |= ask_values(self._connection, _BEHIND, wanted)
        return found

    def backlog(
        self, reader: WriterRow, after: int, most_bytes: int, sealed: Callable[[StoredEntry], bytes]
    ) -> Backlog:
        """What a till has not heard: feed lines after a position, at most about so many bytes.

        The till's own entries of its own epoch are left out: it wrote them.

        Args:
            sealed: the signature that an entry is passed on with.
        """
        end = self.last_feed_position()
        lines: list[bytes] = []
        size, reached = 0, after
        while True:
            page = self._page(reader, reached)
            found = self._entries(reader, [entry for _, entry in page])
            for reached, place in page:
                entry = found.get(place)
                if entry is not None:
                    lines.append(b"%d %s %s\n" % (reached, sealed(entry).hex().encode(), entry.raw))
                    size += len(lines[-1])
                if size >= most_bytes:
                    return Backlog(lines, reached)
            if len(page) < _PAGE:
                return Backlog(lines, end)

    def feed(self) -> Iterator[FeedRow]:
        """The whole feed of all scopes."""
        rows = streamed(self._connection, select(*_RUN).order_by(_FEED.position))
        return (FeedRow(*row) for row in rows)

    def _page(self, reader: WriterRow, after: int) -> list[tuple[int, int]]:
        """Feed positions and their entries. One walk of the index for each scope: nothing is sorted, or read twice."""
        walks = (self._walk(scope, after) for scope in scopes_of(reader))
        return list(islice(heapq.merge(*walks), _PAGE))

    def _walk(self, scope: str, after: int) -> Iterator[tuple[int, int]]:
        for query in (_BEGUN, _LATER):
            for row in self._connection.execute(query, {"scope": scope, "after": after}).all():
                run = FeedRow(*row)
                skipped = max(0, after + 1 - run.position)
                yield from ((run.position + place, run.entry + place) for place in range(skipped, run.count))

    def _entries(self, reader: WriterRow, positions: list[int]) -> dict[int, StoredEntry]:
        """Entries by position, but for those that the reader wrote."""
        journal = tables.journal.c
        own = and_(journal.writer == reader.id, journal.epoch == reader.epoch)
        rows = self._connection.execute(select(*ENTRY).where(journal.position.in_(positions), not_(own)))
        return {row.position: StoredEntry(*row) for row in rows}


def scopes_of(reader: WriterRow) -> tuple[str, str, str]:
    """Whose news a till hears: everybody's, its branch's, its own."""
    return ("*", reader.branch, reader.id)
