"""A report as a value, and as paper or a file: PDF, CSV, XLSX, text. What a page shows is what a file says."""

from common.documents.csv import render_csv
from common.documents.document import Cell, Column, Document, JournalHead, Kind, Section
from common.documents.figures import cell_text
from common.documents.formats import Format, render
from common.documents.text import render_text
from common.documents.words import Words, language_of, languages, texts

__all__ = [
    "Cell",
    "Column",
    "Document",
    "Format",
    "JournalHead",
    "Kind",
    "Section",
    "Words",
    "cell_text",
    "language_of",
    "languages",
    "render",
    "render_csv",
    "render_text",
    "texts",
]
