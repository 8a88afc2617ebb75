"""Reports: shown as pages, and as files that say the same."""

from common.documents import Document, Format, cell_text, render
from common.documents.fonts import FontMissing, paper_font
from common.reports.calendar import Month
from common.reports.month import MOST, By
from syncserver.office.errors import OfficeError
from syncserver.reports.month import month, month_of_clerk
from syncserver.reports.source import source_of
from syncserver.web.ask import Answer, Ask, Download, Page, Route
from syncserver.web.fields import chosen

_TYPES = {
    Format.PDF: "application/pdf",
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def routes() -> list[Route]:
    """The address."""
    return [Route("GET", "/reports", show)]


def show(ask: Ask) -> Answer:
    """The month, by clerk, branch, class or way of paying; or one clerk's days."""
    wanted = (chosen(By, [ask.asked("by")]) or [By.CLERK])[0]
    typed = {name: ask.asked(name) for name in ("month", "branch", "clerk")}
    formats = chosen(Format, [ask.asked("as")])
    refused = None
    try:
        of = _month(ask, typed["month"])
    except OfficeError as error:
        of, refused = _month(ask, ""), error
    as_file = formats[0] if formats and formats[0] in _TYPES else None
    with ask.office.store.read() as reading:
        source = source_of(reading, ask.words.language)
        branches = sorted({row.branch for row in reading.writers() if row.branch})
        if typed["clerk"]:
            document = month_of_clerk(reading, source, of, typed["clerk"])
        else:
            most = None if as_file not in (None, Format.PDF) else MOST
            document = month(reading, source, of, by=wanted, branch=typed["branch"], most=most)
    if as_file is not None:
        try:
            content = render(document, as_file, paper_font(None) if as_file is Format.PDF else None)
            return Download(content, _TYPES[as_file], f"{document.name}-{of}.{as_file.value}")
        except FontMissing:
            advice = "apt install fonts-wqy-microhei, or name a TrueType font with Chinese in KILOTILL_PAPER_FONT."
            refused = OfficeError("There is no font for paper.", advice, "no_font")
    facts = {
        "document": document,
        "sections_of": _tables(document),
        "by": wanted,
        "all_by": list(By),
        "typed": typed | {"month": str(of)},
        "branches": branches,
        "files": list(_TYPES),
    }
    return Page("reports.html", facts, 422 if refused else 200, refused)


def _month(ask: Ask, text: str) -> Month:
    if not text:
        return Month.of(ask.now.astimezone(ask.figures.zone).date())
    try:
        return Month.parse(text)
    except ValueError as error:
        raise OfficeError(f"There is no month {text}.", "Name one such as 2026-11.", "no_month", text=text) from error


def _tables(document: Document) -> list[dict[str, object]]:
    """The document's tables, each cell as the files have it."""
    return [
        {
            "title": section.title,
            "columns": section.columns,
            "rows": [
                [cell_text(document, column.kind, cell) for column, cell in zip(section.columns, row, strict=True)]
                for row in section.rows
            ],
            "total": None
            if section.total is None
            else [
                cell_text(document, column.kind, cell)
                for column, cell in zip(section.columns, section.total, strict=True)
            ],
        }
        for section in document.sections
    ]
