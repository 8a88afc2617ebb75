"""A document as comma-separated values (RFC 4180), with a byte order mark so that Excel opens Chinese as it is."""

import csv
import io
import re

from common.documents.document import Cell, Column, Document
from common.documents.figures import plain_text
from common.documents.frame import as_of
from common.documents.words import Words

_BOM = "\ufeff"
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![0-9 .()-]*\Z)")
"""What a spreadsheet would take for a formula, and is neither a number nor a telephone number."""


def render_csv(document: Document) -> bytes:
    """The document as a CSV file: every line has as many fields as the widest table, figures are without commas."""
    words = Words(document.language)
    lines: list[list[str]] = [[document.title], [document.utility], *map(list, document.parameters), [as_of(document)]]
    for section in document.sections:
        lines += [[], *([[section.title]] if section.title else []), [column.title for column in section.columns]]
        lines += [_fields(document, section.columns, row) for row in section.rows]
        if section.total is not None:
            lines.append(_fields(document, section.columns, section.total))
    lines += [[], *([note] for note in document.notes)]
    lines += [[words(f"frame.{name}") for name in ("writer", "epoch", "last", "hash", "entries")]]
    lines += [[head.writer, str(head.epoch), str(head.seq), head.hash, str(head.entries)] for head in document.heads]
    return _written(lines)


def _written(lines: list[list[str]]) -> bytes:
    width = max(map(len, lines))
    file = io.StringIO(newline="")
    csv.writer(file).writerows([_safe(field) for field in line] + [""] * (width - len(line)) for line in lines)
    return (_BOM + file.getvalue()).encode()


def _fields(document: Document, columns: list[Column], row: list[Cell]) -> list[str]:
    return [plain_text(document, column.kind, cell) for column, cell in zip(columns, row, strict=True)]


def _safe(field: str) -> str:
    """A customer called `=HYPERLINK(...)` is text, also in a spreadsheet (owasp.org, CSV Injection)."""
    return f"'{field}" if _FORMULA.match(field) else field
