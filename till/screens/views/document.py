"""A report as tables of texts, and how wide their columns are."""

from collections.abc import Sequence
from dataclasses import dataclass

from common.documents import Document, Section, cell_text

_LOOKED_AT = 50
"""Rows by which the widths of columns are judged."""
_LEAST, _MOST = 6, 26
"""Letters of a column."""


@dataclass(frozen=True)
class Table:
    """A table. `parts`: how wide each column is, of 1; `right`: columns of figures; `total`: the last row is one."""

    title: str
    head: list[str]
    rows: list[list[str]]
    parts: list[float]
    right: list[int]
    total: bool


def tables(document: Document) -> list[Table]:
    """All tables of a report."""
    return [_table(document, section) for section in document.sections]


def _table(document: Document, section: Section) -> Table:
    rows = section.rows if section.total is None else [*section.rows, section.total]
    texts = [
        [cell_text(document, column.kind, cell) for column, cell in zip(section.columns, row, strict=True)]
        for row in rows
    ]
    head = [column.title for column in section.columns]
    return Table(
        title=section.title,
        head=head,
        rows=texts,
        parts=_parts([head, *texts[:_LOOKED_AT], *texts[-1:]]),
        right=[place for place, column in enumerate(section.columns) if column.is_figure],
        total=section.total is not None,
    )


def _parts(rows: Sequence[Sequence[str]]) -> list[float]:
    wide = [min(_MOST, max(_LEAST, *(_letters(text) for text in column))) for column in zip(*rows, strict=True)]
    return [letters / sum(wide) for letters in wide]


def _letters(text: str) -> int:
    return sum(2 if letter >= "\u2e80" else 1 for letter in text)
