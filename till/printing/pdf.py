"""A sheet as PDF, A5: for a till whose printer takes ordinary paper, and for a customer who wants it by mail."""

import os
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import WrapMode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from common.documents.fonts import VARIABLE, FontMissing, paper_font
from till.printing.printer import PrinterFailed, Trouble, write_sheet
from till.printing.receipt import Receipt, Row

_WIDTH, _HEIGHT = 148.0, 210.0
"""A5, millimetres (ISO 216)."""
_MARGIN = 12.0
_FAMILY = "paper"
_SMALL, _TEXT, _TITLE = 7.0, 9.5, 15.0
_LINE = 5.2
"""Of text, millimetres."""
_GAP = 4.0
"""Least space between a label and its value."""
_QR = 30.0
_QUIET = 4
"""Modules around a QR code that stay white (ISO/IEC 18004, 9.1)."""


class PdfPrinter:
    """Prints into a folder, a PDF a sheet."""

    repeatable = True

    def __init__(self, folder: Path, languages: tuple[str, ...]) -> None:
        self.folder = folder
        self.name = f"pdf {folder}"
        self.languages = languages

    def put(self, receipt: Receipt) -> None:
        """Write the sheet's file; the same sheet again replaces it."""
        write_sheet(self.folder / f"{receipt.name}.pdf", render_a5(receipt))


def render_a5(receipt: Receipt) -> bytes:
    """The sheet as a PDF file, its font's letters within: the same sheet gives the same bytes.

    Raises:
        PrinterFailed: there is no font with Chinese letters here.
    """
    try:
        font = paper_font(os.environ.get(VARIABLE))
    except FontMissing as error:
        raise PrinterFailed(Trouble.NO_LETTERS) from error
    pdf = FPDF(unit="mm", format=(_WIDTH, _HEIGHT))
    pdf.set_creation_date(receipt.at)
    pdf.set_title(f"{receipt.title} {receipt.number}")
    pdf.set_author(receipt.issuer)
    pdf.set_margin(_MARGIN)
    pdf.c_margin = 0
    pdf.set_auto_page_break(True, _MARGIN)
    pdf.add_font(_FAMILY, fname=font, collection_font_number=0)
    pdf.add_page()
    _Sheet(pdf).write(receipt)
    return bytes(pdf.output())


class _Sheet:
    """Puts a receipt on A5 pages."""

    def __init__(self, pdf: FPDF) -> None:
        self._pdf = pdf

    def write(self, receipt: Receipt) -> None:
        """All of it."""
        self._centred(receipt.issuer, _TEXT)
        self._centred(receipt.title, _TITLE)
        if receipt.mark:
            self._centred(f"*** {receipt.mark} ***", _TITLE)
        self._pdf.ln(2)
        for section in (receipt.head, *receipt.sections):
            self._section(section)
        if receipt.proof:
            self._rule()
            self._proof(receipt)

    def _centred(self, text: str, size: float) -> None:
        self._pdf.set_font(_FAMILY, size=size)
        self._pdf.multi_cell(0, size * 0.55, text, align="C", new_x="LMARGIN", new_y="NEXT")

    def _rule(self) -> None:
        y = self._pdf.get_y() + 1
        self._pdf.set_line_width(0.2)
        self._pdf.line(_MARGIN, y, _WIDTH - _MARGIN, y)
        self._pdf.set_y(y + 1)

    def _section(self, rows: list[Row]) -> None:
        self._rule()
        self._pdf.set_font(_FAMILY, size=_TEXT)
        for label, value in rows:
            self._row(label, value)

    def _row(self, label: str, value: str) -> None:
        """Label left, value right; below it where both do not fit beside each other."""
        pdf, room = self._pdf, _WIDTH - 2 * _MARGIN
        if pdf.get_string_width(label) + _GAP + pdf.get_string_width(value) <= room:
            pdf.cell(room, _LINE, label, new_x="LMARGIN")
            pdf.cell(room, _LINE, value, align="R", new_x="LMARGIN", new_y="NEXT")
            return
        pdf.multi_cell(room, _LINE, label, align="L", new_x="LMARGIN", new_y="NEXT", wrapmode=WrapMode.CHAR)
        pdf.multi_cell(room, _LINE, value, align="R", new_x="LMARGIN", new_y="NEXT", wrapmode=WrapMode.CHAR)

    def _proof(self, receipt: Receipt) -> None:
        pdf = self._pdf
        if pdf.will_page_break(_QR + 2):
            pdf.add_page()
        top = pdf.get_y() + 2
        pdf.set_font(_FAMILY, size=_SMALL)
        lines = [
            receipt.proof_label,
            *(receipt.proof[start : start + 32] for start in range(0, len(receipt.proof), 32)),
        ]
        for number, line in enumerate(lines):
            pdf.set_xy(_MARGIN, top + number * 4)
            pdf.cell(_WIDTH - 2 * _MARGIN - _QR, 4, line)
        if receipt.code:
            self._qr(receipt.code, _WIDTH - _MARGIN - _QR, top)

    def _qr(self, text: str, left: float, top: float) -> None:
        code = QRCode(error_correction=ERROR_CORRECT_M, border=_QUIET)
        code.add_data(text)
        rows = code.get_matrix()
        side = _QR / len(rows)
        self._pdf.set_fill_color(0)
        for y, row in enumerate(rows):
            x = 0
            while x < len(row):  # a run is one rectangle: no hair lines between its modules
                end = x
                while end < len(row) and row[end]:
                    end += 1
                if end > x:
                    self._pdf.rect(left + x * side, top + y * side, (end - x) * side, side, style="F")
                x = end + 1
