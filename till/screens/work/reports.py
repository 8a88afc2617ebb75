"""The branch's reports as the window asks for them; each runs on the worker's thread."""

import os
from enum import StrEnum
from pathlib import Path

from common.clerks import Action
from common.documents import Document, Format, render
from common.documents.fonts import VARIABLE, FontMissing, paper_font
from common.reports.calendar import Month
from till.operations.clerks import authorize
from till.operations.refusals import BadField
from till.reports import accounts, drawer
from till.reports.month import month as month_of
from till.reports.source import source_of
from till.screens.work.till import Till
from till.store.reports import ReportReading


class Wanted(StrEnum):
    """Which report."""

    MONTH = "month"
    RECEIPTS = "receipts"
    SHIFTS = "shifts"
    ARREARS = "arrears"
    STOCK = "stock"

    @property
    def of_month(self) -> bool:
        """Whether it is of one month."""
        return self in (Wanted.MONTH, Wanted.RECEIPTS, Wanted.SHIFTS)


FILES = (Format.PDF, Format.XLSX, Format.CSV)
"""What a report is saved as."""


def this_month(till: Till) -> str:
    """The month by the utility's clock, such as 2026-11."""
    return f"{till.started_today():%Y-%m}"


def report(till: Till, wanted: Wanted, language: str, month: str) -> Document:
    """Make a report. Nothing is written.

    Raises:
        BadField: there is no such month.
        NotAllowed, NobodySignedIn, NotEnrolled, StoreError: see there.
    """
    authorize(till.desk, Action.LOOK)
    reading = ReportReading(till.desk.store)
    source = source_of(reading, language)
    match wanted:
        case Wanted.MONTH:
            return month_of(reading, source, _month(month))
        case Wanted.RECEIPTS:
            return drawer.receipts(reading, source, _month(month))
        case Wanted.SHIFTS:
            return drawer.shifts(reading, source, _month(month))
        case Wanted.ARREARS:
            return accounts.arrears(reading, source)
        case Wanted.STOCK:
            return accounts.stock(reading, source)


def save_report(document: Document, format: Format, folder: Path) -> Path:
    """Write it into a folder, under its name and what it is of. Returns the file.

    Raises:
        BadField: the file cannot be written, or there is no font for paper.
    """
    of = "-".join(value for _, value in document.parameters[:1])
    path = folder / f"{document.name}-{of or document.at.date()}.{format.value}".replace(" ", "-")
    try:
        named = os.environ.get(VARIABLE)
        content = render(document, format, paper_font(named) if format is Format.PDF else None)
        path.write_bytes(content)
    except FontMissing as error:
        raise BadField("format", "no_letters") from error
    except OSError as error:
        raise BadField("folder", "not_made", str(path), error.strerror or str(error)) from error
    return path


def _month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError as error:
        raise BadField("month", "no_month") from error
