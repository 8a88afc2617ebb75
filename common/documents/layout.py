"""How tables fit on paper: widths, wrapped cells, type size. Pure arithmetic over a measure of texts; millimetres."""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from common.documents.document import Cell, Column, Document, Section
from common.documents.figures import cell_text

Measure = Callable[[str], float]
"""How wide a text is at MEASURED points."""

MEASURED = 10.0
_POINT = 25.4 / 72
_PADDING = 0.1 * MEASURED
"""Left and right of a cell, and above and below it half of that, at MEASURED points."""
_NARROWEST = 1.4 * MEASURED
"""A column of text that shrinks keeps that much, at MEASURED points."""
_LEADING = 1.25
_STRETCHED = 1.8
"""A narrow table is spread by no more than this."""
_NEVER_FIRST = "，。、；：！？）》」』】’”%…·"
"""What never begins a line (GB/T 15834)."""


class Table(Struct, frozen=True, kw_only=True):
    """A section laid out.

    Attributes:
        widths: of its columns.
        head, total: a cell's lines each.
        rows: of cells of lines.
        size: of its type, points.
    """

    section: Section
    widths: list[float]
    head: list[list[str]]
    rows: list[list[list[str]]]
    total: list[list[str]] | None
    size: float

    def height_of(self, row: Sequence[Sequence[str]]) -> float:
        """How high a row is."""
        return row_height(max(map(len, row), default=1), self.size)

    @property
    def extra_lines(self) -> int:
        """How many lines are there because cells are broken."""
        return sum(max(map(len, row), default=1) - 1 for row in self.rows)

    @property
    def height(self) -> float:
        """How high it is from its head to its total."""
        return sum(map(self.height_of, [self.head, *self.rows, *([] if self.total is None else [self.total])]))


def line_height(size: float) -> float:
    """From one line to the next."""
    return size * _POINT * _LEADING


def row_height(lines: int, size: float) -> float:
    """How high a table's row of so many lines is."""
    return max(1, lines) * line_height(size) + _PADDING * size / MEASURED


def padding(size: float) -> float:
    """Left and right of a cell's text."""
    return _PADDING * size / MEASURED


def lay_out(document: Document, section: Section, measure: Measure, size: float, width: float) -> Table | None:
    """The section in type of this size; None where its columns are too wide for it."""
    texts = [_texts(document, section.columns, row) for row in section.rows]
    total = None if section.total is None else _texts(document, section.columns, section.total)
    scale = size / MEASURED
    cells = [*texts, *([] if total is None else [total])]
    widths = _widths(section.columns, cells, measure, width / scale)
    if widths is None:
        return None

    def wrapped(row: Sequence[str]) -> list[list[str]]:
        return [list(wrap(text, measure, room - 2 * _PADDING)) for text, room in zip(row, widths, strict=True)]

    return Table(
        section=section,
        widths=[room * scale for room in widths],
        head=wrapped([column.title for column in section.columns]),
        rows=[wrapped(row) for row in texts],
        total=None if total is None else wrapped(total),
        size=size,
    )


def _texts(document: Document, columns: list[Column], row: list[Cell]) -> list[str]:
    return [cell_text(document, column.kind, cell) for column, cell in zip(columns, row, strict=True)]


def _widths(columns: list[Column], rows: list[list[str]], measure: Measure, room: float) -> list[float] | None:
    """Figures are never broken, so their columns are as wide as they are; columns of text share what is left."""
    wanted, least = [], []
    for place, column in enumerate(columns):
        cells = max((measure(row[place]) for row in rows), default=0.0)
        word = max(map(measure, _tokens(column.title)), default=0.0)
        whole = max(cells, min(measure(column.title), 2 * word))
        wanted.append(whole + 2 * _PADDING)
        least.append((max(cells, word) if column.is_figure else max(word, min(whole, _NARROWEST))) + 2 * _PADDING)
    if sum(least) > room:
        return None
    if sum(wanted) <= room:
        return [width * min(room / sum(wanted), _STRETCHED) for width in wanted]
    share = (room - sum(least)) / (sum(wanted) - sum(least))
    return [few + (much - few) * share for few, much in zip(least, wanted, strict=True)]


def wrap(text: str, measure: Measure, room: float) -> Iterator[str]:
    """The text in lines of this width. Latin breaks between words, Chinese and what is too long anywhere."""
    if measure(text) <= room:
        yield text.rstrip()
        return
    line = ""
    for token in _tokens(text):
        if not line or measure(line + token.rstrip()) <= room + 1e-6:
            line += token
        else:
            yield line.rstrip()
            line = token
        while measure(line.rstrip()) > room + 1e-6 and len(line) > 1:
            part = _part(line, measure, room)
            yield part
            line = line[len(part) :]
    yield line.rstrip()


def _part(word: str, measure: Measure, room: float) -> str:
    """As many of its letters as fit, at least one."""
    end = 1
    while end < len(word) and measure(word[: end + 1]) <= room + 1e-6:
        end += 1
    return word[:end]


def _tokens(text: str) -> list[str]:
    """What a line may be broken after."""
    tokens: list[str] = []
    for letter in text:
        follows = bool(tokens) and not tokens[-1].endswith(" ")
        joined = letter in _NEVER_FIRST or not (_is_wide(letter) or _is_wide(tokens[-1][-1] if tokens else " "))
        if follows and joined:
            tokens[-1] += letter
        else:
            tokens.append(letter)
    return tokens


def _is_wide(letter: str) -> bool:
    return ord(letter) > 0x2E7F
