"""What was found about rows: refused, or taken and worth a look. A line each in a CSV that a spreadsheet opens."""

import csv
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Self

from msgspec import Struct

from syncserver.oldsystem.words import Words

_HEAD = ("kind", "table", "file", "line", "column", "value", "reason")


class Source(Struct, frozen=True, gc=False):
    """Where a row stands."""

    table: str
    file: str
    line: int


class Findings:
    """Writes them down as they come. A context: the file is whole when it ends.

    Attributes:
        refused, noticed: how many, by table and reason.
    """

    def __init__(self, path: Path, words: Words, columns: dict[str, dict[str, str]]) -> None:
        self.path = path
        self.refused: Counter[tuple[str, str]] = Counter()
        self.noticed: Counter[tuple[str, str]] = Counter()
        self._words, self._columns = words, columns

    def __enter__(self) -> Self:
        # Spreadsheets know UTF-8 by this mark.
        self._file = self.path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow([self._words(f"head.{name}") for name in _HEAD])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def refuse(self, source: Source, field: str, value: object, reason: str) -> None:
        """A row is not imported."""
        self.refused[source.table, reason] += 1
        self._write("refused", source, field, value, reason)

    def notice(self, source: Source, field: str, value: object, reason: str) -> None:
        """A row is imported, and somebody should look at it."""
        self.noticed[source.table, reason] += 1
        self._write("noticed", source, field, value, reason)

    def _write(self, kind: str, source: Source, field: str, value: object, reason: str) -> None:
        words = self._words
        column = self._columns.get(source.table, {}).get(field, field)
        shown = "" if value is None else str(value)
        # A spreadsheet takes what begins so for a formula, and runs it.
        safe = f"'{shown}" if shown[:1] in ("=", "+", "-", "@", "\t", "\r") else shown
        self._writer.writerow(
            [words(f"kind.{kind}"), words(f"table.{source.table}"), source.file, source.line, column, safe,
             words(f"reason.{reason}")]
        )  # fmt: skip
