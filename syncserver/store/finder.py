"""By what an account is found: a table beside the read models, which follows the journals at its own pace."""

from collections.abc import Iterable

from sqlalchemy import Connection, and_, select, tuple_

from syncserver.store import tables

Term = tuple[str, str, str]
"""Kind, term, account."""

_AFTER_ALL = "\U0010ffff"


class FinderReading:
    """What finds accounts, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def found(self, kinds: Iterable[str], prefix: str, after: tuple[str, str], most: int) -> list[tuple[str, str]]:
        """Terms of these kinds that begin so, with their accounts, in their order, from the one after (term, account).

        Each kind is walked by itself along the key, so that the length of the list costs nothing.
        """
        finder = tables.finder.c
        rows: set[tuple[str, str]] = set()
        for kind in kinds:
            query = (
                select(finder.term, finder.account)
                .where(
                    finder.kind == kind,
                    finder.term >= max(prefix, after[0]),
                    finder.term < prefix + _AFTER_ALL,
                    tuple_(finder.term, finder.account) > after,
                )
                .order_by(finder.term, finder.account)
                .limit(most)
            )
            rows.update((row.term, row.account) for row in self._connection.execute(query))
        return sorted(rows)[:most]

    def spoken_of(self, after: int, upto: int, types: Iterable[str]) -> set[str]:
        """Accounts that entries of these types at these positions are about; those that are carried are among them."""
        journal = tables.journal.c
        query = (
            select(journal.account)
            .distinct()
            .where(
                and_(journal.position > after, journal.position <= upto),
                journal.type.in_(list(types)),
                journal.account.is_not(None),
            )
        )
        return set(self._connection.execute(query).scalars())
