"""What reports ask of the store, within one transaction."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, or_, select

from common.clock import ClockWord
from syncserver.store import tables
from syncserver.store.records import VendRow


class ReportReading:
    """What can be asked for reports, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def clock_words(self, writer: str) -> list[ClockWord]:
        """What a writer's journal says about its own clock, in its order."""
        clock = tables.clock.c
        rows = self._connection.execute(
            select(clock.epoch, clock.seq, clock.ahead_ms, clock.set_ms)
            .where(clock.writer == writer)
            .order_by(clock.epoch, clock.seq)
        )
        return [ClockWord(*row) for row in rows]

    def vends_between(self, writer: str, spans: Sequence[tuple[str, str]]) -> Iterator[VendRow]:
        """A writer's sales whose `at` lies in one of these spans (from, before), by `at`."""
        vend = tables.vend.c
        within = or_(*(vend.at.between(first, last) & (vend.at < last) for first, last in spans))
        rows = self._connection.execution_options(yield_per=1_000).execute(
            select(tables.vend).where(vend.writer == writer, within).order_by(vend.at, vend.job)
        )
        return (VendRow(*row) for row in rows)
