"""What the office's pages ask of the store, within one transaction. Every list is read by its key, a page at a time."""

from sqlalchemy import Connection, func, select

from syncserver.store import tables

SoldInHour = tuple[int, str, int, int, int]
"""A till's epoch, the hour by its clock as `2026-11-23T01` (UTC), and its vends, watt-hours and minor units."""


class PageReading:
    """What can be asked for pages, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def sold_by_hour(self, writer: str, first: str, before: str, state: str) -> list[SoldInHour]:
        """A writer's sales in this state with `at` from `first` and before `before`, added up by the hour of `at`."""
        vend = tables.vend.c
        hour = func.substr(vend.at, 1, 13)
        rows = self._connection.execute(
            select(vend.epoch, hour, func.count(), func.sum(vend.energy), func.sum(vend.amount))
            .where(vend.writer == writer, vend.at >= first, vend.at < before, vend.state == state)
            .group_by(vend.epoch, hour)
        )
        return [tuple(row) for row in rows]

    def count_decisions(self, state: str, most: int) -> int:
        """How many decisions stand so; it stops counting at `most`."""
        decision = tables.decision.c
        found = select(decision.key).where(decision.state == state).limit(most).subquery()
        return int(self._connection.execute(select(func.count()).select_from(found)).scalar_one())
