"""Reports: shown as pages, and as files that say the same."""

from collections.abc import Callable

from common.documents import Document, Format, cell_text, render
from common.documents.document import Section
from common.documents.fonts import FontMissing, paper_font
from common.reports.accounts import AccountList
from common.reports.calendar import Month
from common.reports.month import MOST, By
from common.reports.source import Source
from syncserver.office.errors import OfficeError
from syncserver.reports import accounts, tills
from syncserver.reports.month import month, month_of_clerk
from syncserver.reports.source import source_of
from syncserver.store import Reading
from syncserver.web.ask import Answer, Ask, Download, Page, Route
from syncserver.web.fields import chosen

_TYPES = {
    Format.PDF: "application/pdf",
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

_BY_BRANCH: dict[str, Callable[[Reading, Source, str], Document]] = {
    "arrears": accounts.arrears,
    "makeups": accounts.makeups_owed,
    "closed": accounts.closed,
    "stock": accounts.stock,
}
_BY_MONTH: dict[str, Callable[[Reading, Source, Month, str], Document]] = {
    "receipts": tills.receipts,
    "shifts": tills.shifts,
}
REPORTS = ("month", *_BY_MONTH, *_BY_BRANCH, "statement")

_MOST_SHOWN = 1_000
"""Rows of a table that the page shows; the files have all."""

_MOST_MADE = 100_000
"""Lines that the server goes through for a page or its files: a few seconds. The command line has no limit."""


def routes() -> list[Route]:
    """The address. A register of a million receipts takes its time."""
    return [Route("GET", "/reports", show, is_slow=True)]


def show(ask: Ask) -> Answer:
    """The report that was asked for; with `as` as a file."""
    typed = {name: ask.asked(name) for name in ("report", "month", "by", "branch", "clerk", "account")}
    typed["report"] = typed["report"] if typed["report"] in REPORTS else "month"
    files = [format for format in chosen(Format, [ask.asked("as")]) if format in _TYPES]
    document, refused = None, None
    try:
        document = _document(ask, typed, None if files and files[0] is not Format.PDF else MOST)
        if files:
            return _file(document, files[0])
    except OfficeError as error:
        refused = error
    with ask.office.store.read() as reading:
        branches = sorted({row.branch for row in reading.writers() if row.branch})
    facts = {
        "document": document,
        "tables": [] if document is None else [_table(document, section) for section in document.sections],
        "reports": REPORTS,
        "all_by": list(By),
        "typed": typed,
        "month": str(_today(ask)),
        "branches": branches,
        "files": list(_TYPES),
    }
    return Page("reports.html", facts, 422 if refused else 200, refused)


def _document(ask: Ask, typed: dict[str, str], most: int | None) -> Document:
    of, name, branch = _month(ask, typed["month"]), typed["report"], typed["branch"]
    with ask.office.store.read() as reading:
        source = source_of(reading, ask.words.language)
        _expect_short(reading, name, of, branch)
        if name in _BY_BRANCH:
            return _BY_BRANCH[name](reading, source, branch)
        if name in _BY_MONTH:
            return _BY_MONTH[name](reading, source, of, branch)
        if name == "statement":
            if not typed["account"]:
                raise OfficeError("No account was named.", "Give its number.", "no_account")
            return accounts.statement(reading, source, typed["account"])
        if typed["clerk"]:
            return month_of_clerk(reading, source, of, typed["clerk"])
        by = (chosen(By, [typed["by"]]) or [By.CLERK])[0]
        return month(reading, source, of, by=by, branch=branch, most=most)


def _expect_short(reading: Reading, name: str, month: Month, branch: str) -> None:
    lines = 0
    if name == "receipts":
        totals = reading.totals_by(month.first.isoformat(), month.last.isoformat(), (), branch)
        lines = sum(sums.number for _, sums in totals)
    elif name == "shifts" and not branch:
        lines = reading.count_shifts()
    elif name in {*AccountList}:
        lines = reading.count_listed(name, branch)
    if lines > _MOST_MADE:
        what = f"The server would have to go through {lines:,} lines."
        advice = f"Choose a branch, or have it written at the server: syncserver report {name} --out FILE"
        raise OfficeError(what, advice, "too_long", count=f"{lines:,}", report=name)


def _file(document: Document, format: Format) -> Download:
    try:
        content = render(document, format, paper_font(None) if format is Format.PDF else None)
    except FontMissing as error:
        advice = "apt install fonts-wqy-microhei, or name a TrueType font with Chinese in KILOTILL_PAPER_FONT."
        raise OfficeError("There is no font for paper.", advice, "no_font") from error
    name = "-".join([document.name, *(value for _, value in document.parameters[:1])])
    return Download(content, _TYPES[format], f"{name}.{format.value}")


def _today(ask: Ask) -> Month:
    return Month.of(ask.now.astimezone(ask.figures.zone).date())


def _month(ask: Ask, text: str) -> Month:
    if not text:
        return _today(ask)
    try:
        return Month.parse(text)
    except ValueError as error:
        raise OfficeError(f"There is no month {text}.", "Name one such as 2026-11.", "no_month", text=text) from error


def _table(document: Document, section: Section) -> dict[str, object]:
    """A table, each cell as the files have it."""

    def texts(row: list[object]) -> list[str]:
        cells = zip(section.columns, row, strict=True)
        return [cell_text(document, column.kind, cell) for column, cell in cells]  # type: ignore[arg-type]

    return {
        "title": section.title,
        "columns": section.columns,
        "rows": [texts(list(row)) for row in section.rows[:_MOST_SHOWN]],
        "left_out": len(section.rows[_MOST_SHOWN:]),
        "total": None if section.total is None else texts(list(section.total)),
    }
