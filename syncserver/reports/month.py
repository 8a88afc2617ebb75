"""The month at the office, from the totals that are kept as entries arrive."""

from common.documents import Document
from common.reports.calendar import Month
from common.reports.month import MEMBERS, MOST, By, clerk_days, month_report
from common.reports.source import Source
from syncserver.store import Reading


def month(
    reading: Reading, source: Source, month: Month, *, by: By = By.CLERK, branch: str = "", most: int | None = MOST
) -> Document:
    """The month on one page, of one branch or all (""). See common.reports.month."""
    first, last = month.first.isoformat(), month.last.isoformat()
    found = reading.totals_by(first, last, MEMBERS[by], branch)
    return month_report(source, month, found, by=by, branch=branch, most=most)


def month_of_clerk(reading: Reading, source: Source, month: Month, clerk: str) -> Document:
    """The month of one clerk day by day."""
    found = reading.totals_by(month.first.isoformat(), month.last.isoformat(), ("day", "clerk"))
    return clerk_days(source, month, clerk, found)
