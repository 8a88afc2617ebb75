"""A report as a value: what it is called, what it was asked for, typed tables, who signs, what it was made from.

All texts in it are in the reader's language already. Figures are integers (common.units) and are written out only when
the document becomes paper, a file or a page, by `cell_text`.
"""

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from common.chain import Head


class Kind(StrEnum):
    """What stands in a column."""

    TEXT = "text"
    MONEY = "money"
    """Minor units."""
    ENERGY = "energy"
    """Watt-hours, shown as kilowatt-hours."""
    COUNT = "count"
    DATE = "date"
    TIME = "time"
    """An aware time, shown by the utility's clock."""


Cell = str | int | date | datetime | None
"""Text, minor units, watt-hours, a count, a day or an aware time, as the column's kind says; None: nothing."""


class Column(Struct, frozen=True):
    """A column: its name for programs, its title for people, what stands in it."""

    name: str
    title: str
    kind: Kind = Kind.TEXT

    @property
    def is_figure(self) -> bool:
        """Whether its cells are numbers, which stand on the right."""
        return self.kind in (Kind.MONEY, Kind.ENERGY, Kind.COUNT)


class Section(Struct, frozen=True, kw_only=True):
    """A table.

    Attributes:
        title: "" where the document's own says enough.
        total: a last row, set off from the others; None for a table without one.
    """

    columns: list[Column]
    rows: list[list[Cell]]
    title: str = ""
    total: list[Cell] | None = None


class JournalHead(Struct, frozen=True, kw_only=True):
    """A journal that a document was made from, up to its head.

    Attributes:
        seq, hash: of its last entry.
        entries: how many of its entries are known: all at the office; a till hears those of others that concern its
            branch.
    """

    writer: str
    epoch: int
    seq: int
    hash: str
    entries: int

    @classmethod
    def whole(cls, head: Head) -> "JournalHead":
        """Of a journal that is known from its first entry."""
        return cls(writer=head.writer, epoch=head.epoch, seq=head.seq, hash=head.hash, entries=head.seq)


class Document(Struct, frozen=True, kw_only=True):
    """A report.

    Attributes:
        name: of the report, for programs and file names.
        language: of its texts.
        title: of the report, for people.
        utility: whose it is.
        parameters: what it was asked for: label and value each.
        sections: its tables.
        notes: what the reader must know to read it right, a sentence each.
        signatures: who signs, a line each.
        heads: the journals that it was made from, each up to its head.
        at: the time of the newest of their entries; it is made of nothing later.
        zone: IANA time zone of its days and hours.
        digits: of the currency's minor unit.
        one_page: it has to be on one page, whatever is in it.
    """

    name: str
    language: str
    title: str
    utility: str
    sections: list[Section]
    heads: list[JournalHead]
    at: datetime
    zone: str
    digits: int
    parameters: list[tuple[str, str]] = []
    notes: list[str] = []
    signatures: list[str] = []
    one_page: bool = False
