"""A document as PDF, A4: the same document gives the same bytes. Its letters and its heads file are in it."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from msgspec import Struct

from common.documents.document import Column, Document
from common.documents.frame import as_of, head_text, heads_text, made_from
from common.documents.layout import MEASURED, Measure, Table, lay_out, line_height, padding, row_height, wrap
from common.documents.words import Words

_FAMILY = "paper"
_MARGIN = 12.0
_FOOT = 12.0
"""Of each page, below its tables."""
_SHORT, _LONG = 210.0, 297.0
_SIZES = (10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5, 5.0, 4.5, 4.0)
_FLOWING = 8.0
"""A document of several pages starts with no larger type."""
_BROKEN_BELOW = 7.0
"""Rather than in smaller type than this, cells are broken."""
_TITLE, _SECTION, _SMALL = 16.0, 11.0, 6.5
_HEADS_SHOWN = 6
"""So many heads stand on the page itself; the heads file in the PDF always has them all."""
_SIGN_HEIGHT, _SIGN_WIDTH = 11.0, 58.0
_APART = " " * 4
_HEAD_FILL, _TOTAL_FILL, _STRIPE = 222, 236, 247


class _Page(Struct, frozen=True):
    """An orientation."""

    wide: bool

    @property
    def width(self) -> float:
        return (_LONG if self.wide else _SHORT) - 2 * _MARGIN

    @property
    def bottom(self) -> float:
        return (_SHORT if self.wide else _LONG) - _MARGIN - _FOOT


class _Plan(Struct, frozen=True):
    """How the document is set."""

    page: _Page
    size: float
    tables: list[Table]

    @property
    def extra_lines(self) -> int:
        """How many lines are there because cells are broken."""
        return sum(table.extra_lines for table in self.tables)


def render_pdf(document: Document, font: Path) -> bytes:
    """The document as a PDF file. It is made with the document's own date and no number of chance.

    Args:
        font: a TrueType file, or a collection whose first font is used: the one file that is read here.
    """
    pdf = FPDF(orientation="P", unit="mm", format="A4")
    pdf.set_creation_date(document.at)
    pdf.set_title(document.title)
    pdf.set_author(document.utility)
    pdf.set_lang(document.language)
    pdf.set_auto_page_break(False)
    pdf.c_margin = 0
    pdf.add_font(_FAMILY, fname=font, collection_font_number=0)
    measure = _measure(pdf)
    _Writer(pdf, document, _plan(document, measure), measure).write()
    pdf.embed_file(
        bytes=heads_text(document.heads).encode(),
        basename="heads.txt",
        creation_date=document.at,
        modification_date=document.at,
        mime_type="text/plain",
    )
    return bytes(pdf.output())


def _measure(pdf: FPDF) -> Measure:
    """How wide texts are in the document's font."""
    font, factor = pdf.fonts[_FAMILY], pdf.k

    @lru_cache(maxsize=100_000)
    def measure(text: str) -> float:
        return float(font.get_text_width(text, MEASURED, None)[1]) / factor

    return measure


def _plan(document: Document, measure: Measure) -> _Plan:
    """The largest type in which it fits with the fewest broken cells, if that leaves it large enough, upright before
    wide; a document for one page on one page. What fits in none is in the smallest."""
    best: _Plan | None = None
    last: _Plan | None = None
    for last in _plans(document, measure):
        if best is not None and (best.extra_lines == 0 or last.size < _BROKEN_BELOW):
            return best
        fits = not document.one_page or _fits(document, last, measure)
        if fits and (best is None or last.extra_lines < best.extra_lines):
            best = last
    if last is None:
        raise ValueError(f"{document.name}: its columns do not fit on paper")
    return best or last


def _plans(document: Document, measure: Measure) -> Iterator[_Plan]:
    for size in _SIZES if document.one_page else _SIZES[_SIZES.index(_FLOWING) :]:
        for page in (_Page(wide=False), _Page(wide=True)):
            tables = [lay_out(document, section, measure, size, page.width) for section in document.sections]
            if all(table is not None for table in tables):
                yield _Plan(page, size, [table for table in tables if table is not None])


def _fits(document: Document, plan: _Plan, measure: Measure) -> bool:
    return _height(document, plan, measure) <= plan.page.bottom - _MARGIN


def _height(document: Document, plan: _Plan, measure: Measure) -> float:
    """How high all of it is."""
    height = line_height(_TITLE) + 2 * line_height(MEASURED) + 2.0
    height += len(_parameters(document, measure, plan.page.width)) * line_height(MEASURED)
    height += sum(table.height + 3.0 + (line_height(_SECTION) if table.section.title else 0) for table in plan.tables)
    height += len(_notes(document, measure, plan.page.width)) * line_height(_SMALL + 1)
    return height + _sign_height(document, plan.page.width) + 4.0


def _parameters(document: Document, measure: Measure, width: float) -> list[str]:
    """What it was asked for, as many on a line as there is room for."""
    lines: list[str] = []
    for label, value in document.parameters:
        text = f"{label}: {value}"
        if lines and measure(lines[-1] + _APART + text) <= width:
            lines[-1] += _APART + text
        else:
            lines += wrap(text, measure, width)
    return lines


def _notes(document: Document, measure: Measure, width: float) -> list[str]:
    lines = list(document.notes)
    if len(document.heads) <= _HEADS_SHOWN:
        lines += [head_text(head) for head in document.heads]
    return [part for line in lines for part in wrap(line, measure, width * MEASURED / (_SMALL + 1))]


def _sign_height(document: Document, width: float) -> float:
    across = int(width // _SIGN_WIDTH)
    return -(-len(document.signatures) // across) * _SIGN_HEIGHT


class _Writer:
    """Puts a planned document on pages."""

    def __init__(self, pdf: FPDF, document: Document, plan: _Plan, measure: Measure) -> None:
        self._pdf, self._document, self._plan, self._measure = pdf, document, plan, measure
        self._words = Words(document.language)
        self._y = _MARGIN

    def write(self) -> None:
        """All pages, then the foot of each: only now is it known how many there are."""
        self._new_page()
        self._top()
        for table in self._plan.tables:
            self._table(table)
        for line in _notes(self._document, self._measure, self._plan.page.width):
            self._line(line, _SMALL + 1)
        self._signatures()
        self._feet()

    def _new_page(self) -> None:
        self._pdf.add_page(orientation="L" if self._plan.page.wide else "P")
        self._y = _MARGIN

    def _room(self, height: float) -> bool:
        """Whether there is room for this on the page; else another is begun."""
        if self._y + height <= self._plan.page.bottom + 1e-6:
            return True
        self._new_page()
        return False

    def _line(self, text: str, size: float, align: str = "L") -> None:
        self._room(line_height(size))
        self._text(_MARGIN, self._y, self._plan.page.width, line_height(size), text, size, align)
        self._y += line_height(size)

    def _text(self, x: float, y: float, width: float, height: float, text: str, size: float, align: str) -> None:
        self._pdf.set_font(_FAMILY, size=size)
        self._pdf.set_xy(x, y)
        self._pdf.cell(width, height, text, align=align, new_x=XPos.RIGHT, new_y=YPos.TOP)

    def _top(self) -> None:
        self._line(self._document.utility, MEASURED)
        self._line(self._document.title, _TITLE)
        for line in _parameters(self._document, self._measure, self._plan.page.width):
            self._line(line, MEASURED)
        self._line(as_of(self._document), MEASURED)
        self._y += 2.0

    def _table(self, table: Table) -> None:
        if table.section.title:
            self._room(line_height(_SECTION) + table.height_of(table.head) + row_height(2, table.size))
            self._line(table.section.title, _SECTION)
        self._row(table, table.head, fill=_HEAD_FILL, head=True)
        for number, row in enumerate(table.rows):
            self._row(table, row, fill=_STRIPE if number % 2 else None)
        if not table.rows:
            self._line(self._words("frame.nothing"), table.size)
        if table.total is not None:
            self._row(table, table.total, fill=_TOTAL_FILL, rule=True)
        self._y += 3.0

    def _row(
        self, table: Table, row: list[list[str]], *, fill: int | None, head: bool = False, rule: bool = False
    ) -> None:
        height = table.height_of(row)
        if not self._room(height) and not head:
            self._row(table, table.head, fill=_HEAD_FILL, head=True)
        if fill is not None:
            self._pdf.set_fill_color(fill)
            self._pdf.rect(_MARGIN, self._y, sum(table.widths), height, style="F")
        if rule:
            self._pdf.line(_MARGIN, self._y, _MARGIN + sum(table.widths), self._y)
        x = _MARGIN
        for column, width, lines in zip(table.section.columns, table.widths, row, strict=True):
            self._cell(column, x, width, lines, table.size)
            x += width
        self._y += height

    def _cell(self, column: Column, x: float, width: float, lines: list[str], size: float) -> None:
        space, step = padding(size), line_height(size)
        align = "R" if column.is_figure else "L"
        for number, text in enumerate(lines):
            if text:
                top = self._y + space / 2 + number * step
                self._text(x + space, top, width - 2 * space, step, text, size, align)

    def _signatures(self) -> None:
        across = int(self._plan.page.width // _SIGN_WIDTH)
        for first in range(0, len(self._document.signatures), across):
            self._room(_SIGN_HEIGHT)
            for place, label in enumerate(self._document.signatures[first : first + across]):
                self._signature(label, _MARGIN + place * _SIGN_WIDTH)
            self._y += _SIGN_HEIGHT

    def _signature(self, label: str, x: float) -> None:
        base = self._y + _SIGN_HEIGHT - 2.0
        width = min(self._measure(label) * 9.0 / MEASURED, _SIGN_WIDTH / 2)
        self._text(x, base - line_height(9.0), width, line_height(9.0), label, 9.0, "L")
        self._pdf.line(x + width + 1.5, base, x + _SIGN_WIDTH - 4.0, base)

    def _feet(self) -> None:
        pages = len(self._pdf.pages)
        page = self._plan.page
        for number in range(1, pages + 1):
            self._pdf.page = number
            self._pdf.set_font(_FAMILY, size=MEASURED)  # else the font of the page before is taken for this one's
            y = page.bottom + 3.0
            for line in self._foot(number, pages):
                self._text(_MARGIN, y, page.width, line_height(_SMALL), line, _SMALL, "L")
                y += line_height(_SMALL)

    def _foot(self, number: int, pages: int) -> Iterator[str]:
        room = self._plan.page.width * MEASURED / _SMALL
        yield from wrap(made_from(self._document), self._measure, room)
        yield self._words("frame.page", page=number, pages=pages)
