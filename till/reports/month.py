"""The month at the till: of its branch, from all that it knows."""

from functools import partial

from common.documents import Document
from common.reports.calendar import Month
from common.reports.month import MOST, By, clerk_days, month_report
from common.reports.source import Source
from common.reports.totals import Changes, sum_of
from till.reports.source import calendar_of
from till.store.reports import ReportReading


def month(
    reading: ReportReading, source: Source, month: Month, *, by: By = By.CLERK, most: int | None = MOST
) -> Document:
    """The month of the till's branch on one page. See common.reports.month."""
    branch = _own_branch(reading)
    return month_report(source, month, _sums(reading, source, month).items(), by=by, branch=branch, most=most)


def month_of_clerk(reading: ReportReading, source: Source, month: Month, clerk: str) -> Document:
    """The month of one clerk day by day."""
    return clerk_days(source, month, clerk, _sums(reading, source, month).items())


def _sums(reading: ReportReading, source: Source, month: Month) -> Changes:
    """The totals of the month, of what the branch's tills did."""
    branches, branch = reading.branches(), _own_branch(reading)
    calendar = calendar_of(reading, source)
    ours = (line for line in reading.lines() if branches.get((line.writer, line.epoch)) == branch)
    in_month = (line for line in ours if line.counts and month.holds(calendar.day_of(line)))
    return sum_of(in_month, calendar, partial(_branch, branches))


def _branch(branches: dict[tuple[str, int], str], writer: str, epoch: int) -> str:
    return branches[writer, epoch]


def _own_branch(reading: ReportReading) -> str:
    owner = reading.store.owner
    return "" if owner is None else owner.branch
