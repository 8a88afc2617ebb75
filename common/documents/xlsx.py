"""A document as an Excel workbook: a sheet a table, figures as numbers, and a last sheet with the journal heads."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter

from common.documents.document import Cell, Column, Document, Kind, Section
from common.documents.figures import cell_text, columns_of, digits_of
from common.documents.frame import as_of
from common.documents.words import Words

_LONGEST_NAME = 31
"""Of a sheet, in Excel; and these must not stand in it."""
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_NARROWEST, _WIDEST = 8, 48


def render_xlsx(document: Document) -> bytes:
    """The document as an XLSX file; the same document gives the same bytes."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties(
        {
            "title": document.title,
            "company": document.utility,
            "created": document.at.astimezone(UTC).replace(tzinfo=None),
        }
    )
    formats = _Formats(book, document)
    names: set[str] = set()
    for section in document.sections:
        sheet = book.add_worksheet(_name(section.title or document.title, names))
        _Sheet(document, section, sheet, formats).write()
    _heads(document, book.add_worksheet(_name(Words(document.language)("frame.heads"), names)), formats)
    book.close()
    return file.getvalue()


def _name(title: str, taken: set[str]) -> str:
    plain = title.translate(_FORBIDDEN).strip()
    name, number = plain[:_LONGEST_NAME], 1
    while name.lower() in taken:
        number += 1
        name = f"{plain[: _LONGEST_NAME - 4]} {number}"
    taken.add(name.lower())
    return name


class _Formats:
    """How cells look."""

    def __init__(self, book: Any, document: Document) -> None:
        figures = {kind: _number_format(digits_of(document, kind)) for kind in (Kind.MONEY, Kind.ENERGY, Kind.COUNT)}
        shown = figures | {Kind.DATE: "yyyy-mm-dd", Kind.TIME: "yyyy-mm-dd hh:mm", Kind.TEXT: "@"}
        self.cell = {kind: book.add_format({"num_format": text}) for kind, text in shown.items()}
        self.total = {
            kind: book.add_format({"num_format": text, "bold": True, "top": 1}) for kind, text in shown.items()
        }
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.title = book.add_format({"bold": True, "font_size": 14})


def _number_format(digits: int) -> str:
    return "#,##0" + ("." + "0" * digits if digits else "")


class _Sheet:
    """One table on its sheet, below what the document says of itself."""

    def __init__(self, document: Document, section: Section, sheet: Any, formats: _Formats) -> None:
        self._document, self._section, self._sheet, self._formats = document, section, sheet, formats

    def write(self) -> None:
        """All of it."""
        document, section = self._document, self._section
        self._sheet.write_string(0, 0, document.title, self._formats.title)
        facts = [(document.utility, ""), *document.parameters, (as_of(document), "")]
        for row, (label, value) in enumerate(facts, 1):
            self._sheet.write_string(row, 0, label)
            self._sheet.write_string(row, 1, value)
        top = len(facts) + 2
        for place, column in enumerate(section.columns):
            self._sheet.write_string(top, place, column.title, self._formats.head)
            self._sheet.set_column(place, place, self._width(place, column))
        self._sheet.freeze_panes(top + 1, 0)
        for row, cells in enumerate(section.rows, top + 1):
            self._cells(row, cells, self._formats.cell)
        below = top + 1 + len(section.rows)
        if section.total is not None:
            self._cells(below, section.total, self._formats.total)
            below += 1
        for row, note in enumerate(document.notes, below + 1):
            self._sheet.write_string(row, 0, note)

    def _cells(self, row: int, cells: list[Cell], formats: dict[Kind, Any]) -> None:
        for place, (column, cell) in enumerate(zip(self._section.columns, cells, strict=True)):
            self._cell(row, place, column.kind, cell, formats[column.kind])

    def _cell(self, row: int, place: int, kind: Kind, cell: Cell, look: Any) -> None:
        if cell is None:
            self._sheet.write_blank(row, place, None, look)
        elif isinstance(cell, int):
            self._sheet.write_number(row, place, Decimal(cell).scaleb(-digits_of(self._document, kind)), look)
        elif isinstance(cell, datetime):
            here = cell.astimezone(ZoneInfo(self._document.zone)).replace(tzinfo=None)
            self._sheet.write_datetime(row, place, here, look)
        elif isinstance(cell, date):
            self._sheet.write_datetime(row, place, cell, look)
        else:
            self._sheet.write_string(row, place, cell, look)

    def _width(self, place: int, column: Column) -> int:
        cells = [row[place] for row in (*self._section.rows, self._section.total or []) if row]
        longest = max((columns_of(cell_text(self._document, column.kind, cell)) for cell in cells), default=0)
        return min(max(longest + 2, columns_of(column.title) // 2 + 2, _NARROWEST), _WIDEST)


def _heads(document: Document, sheet: Any, formats: _Formats) -> None:
    words = Words(document.language)
    for place, (name, width) in enumerate((("writer", 14), ("epoch", 8), ("last", 10), ("hash", 70), ("entries", 10))):
        sheet.write_string(0, place, words(f"frame.{name}"), formats.head)
        sheet.set_column(place, place, width)
    for row, head in enumerate(document.heads, 1):
        sheet.write_string(row, 0, head.writer)
        sheet.write_number(row, 1, head.epoch)
        sheet.write_number(row, 2, head.seq)
        sheet.write_string(row, 3, head.hash)
        sheet.write_number(row, 4, head.entries)
