"""The files that a document becomes."""

from enum import StrEnum
from pathlib import Path

from common.documents.csv import render_csv
from common.documents.document import Document
from common.documents.fonts import paper_font
from common.documents.text import render_text


class Format(StrEnum):
    """A kind of file."""

    TEXT = "text"
    PDF = "pdf"
    CSV = "csv"
    XLSX = "xlsx"

    @property
    def is_for_people(self) -> bool:
        """Whether it is read as a page, and not worked on as a table."""
        return self in (Format.TEXT, Format.PDF)


def render(document: Document, format: Format, font: Path | None = None) -> bytes:
    """The document as such a file: the same document gives the same bytes.

    Args:
        font: for PDF; by default the system's (common.documents.fonts).

    Raises:
        FontMissing: a PDF is asked for, and there is none.
    """
    # Imported here: each takes as long to load as a small report takes to make.
    match format:
        case Format.TEXT:
            return render_text(document).encode()
        case Format.CSV:
            return render_csv(document)
        case Format.XLSX:
            from common.documents.xlsx import render_xlsx

            return render_xlsx(document)
        case Format.PDF:
            from common.documents.pdf import render_pdf

            return render_pdf(document, font or paper_font(None))
