"""A document as lines of text, for a terminal."""

from common.documents.document import Cell, Column, Document, Section
from common.documents.figures import cell_text, columns_of
from common.documents.frame import as_of, made_from
from common.documents.words import Words


def render_text(document: Document) -> str:
    """The document as text: tables in letters of one width."""
    lines = [document.utility, document.title]
    lines += [f"{label}: {value}" for label, value in document.parameters]
    for section in document.sections:
        lines += ["", *([section.title] if section.title else []), *_table(document, section)]
    lines += ["", *document.notes, as_of(document), made_from(document)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _table(document: Document, section: Section) -> list[str]:
    heads = [column.title for column in section.columns]
    rows = [_texts(document, section.columns, row) for row in section.rows]
    total = [] if section.total is None else [_texts(document, section.columns, section.total)]
    if not rows:
        rows = [[Words(document.language)("frame.nothing")] + [""] * (len(heads) - 1)]
    widths = [max(columns_of(row[place]) for row in [heads, *rows, *total]) for place in range(len(heads))]
    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    lines = [_line(section.columns, heads, widths), rule]
    lines += [_line(section.columns, row, widths) for row in rows]
    return lines + [line for row in total for line in (rule, _line(section.columns, row, widths))]


def _texts(document: Document, columns: list[Column], row: list[Cell]) -> list[str]:
    return [cell_text(document, column.kind, cell) for column, cell in zip(columns, row, strict=True)]


def _line(columns: list[Column], cells: list[str], widths: list[int]) -> str:
    parts = []
    for column, text, width in zip(columns, cells, widths, strict=True):
        gap = " " * (width - columns_of(text))
        parts.append(gap + text if column.is_figure else text + gap)
    return "  ".join(parts)
