"""PostgreSQL keeps the entries and purchases of each month apart; the server makes what the next months need."""

from datetime import datetime

from syncserver.office.problem import Problem
from syncserver.store import MONTHS_AHEAD, MasterStore, Reading

_FEW = 1


def prepare_months(store: MasterStore, now: datetime) -> None:
    """See that this month and the next ones are prepared for.

    Raises:
        StoreUnavailable: they could not be made. Nothing is refused for it: what comes makes its own.
    """
    with store.read() as reading:
        ahead = reading.months_ahead(now)
    if ahead is not None and ahead < MONTHS_AHEAD:
        with store.write() as writing:
            writing.prepare_months(now)


def months_problems(reading: Reading, now: datetime) -> list[Problem]:
    """What an operator is to be told."""
    ahead = reading.months_ahead(now)
    if ahead is None or ahead > _FEW:
        return []
    english = (
        "The database is prepared for {ahead} months after this one; a server that runs makes them. See its log: may "
        "the office's user of PostgreSQL create tables?"
    )
    return [Problem("few_months", english, {"ahead": ahead})]
