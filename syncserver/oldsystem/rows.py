"""Rows of the old system's files: CSV, XLSX and DBF, each value as the file has it, with the line that it stands in."""

import csv
import struct
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from dbfread import DBF
from msgspec import Struct
from python_calamine import CalamineError, CalamineWorkbook

from syncserver.oldsystem.mapping import Mapping, Table

Value = str | int | float | bool | datetime | date | time | timedelta | None
"""What a file can have in a field. Figures of CSV and DBF files are text: nothing of them is lost."""

_MOST_UNPACKED = 4 * 2**30
"""Bytes that a workbook may unfold to: a few can hold any number."""

_LONGEST_FIELD, _BLOCK = 1_000_000, 1_000_000
_DBF_END, _DBF_DELETED = 0x1A, ord("*")
_CSV, _DBF, _BOOKS = (".csv", ".txt", ".tsv"), (".dbf",), (".xlsx", ".xlsm", ".xls", ".ods")


class Row(Struct, frozen=True, gc=False):
    """A row. `line`: of the file, or the row of a sheet, or the record of a DBF file; from 1.

    Attributes:
        values: by the fields of the table, in their order; a field without a column has None.
        whole: whether the row has as many columns as the head says.
    """

    line: int
    values: tuple[Value, ...]
    whole: bool = True


class SourceBroken(Exception):
    """A file cannot be read to its end. Nothing is imported from what is only a part.

    Attributes:
        file: its name.
        line: up to where it could be read.
        reason: what is wrong, in words.
    """

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}, line {line}: {reason}")
        self.file, self.line, self.reason = file, line, reason


def rows_of(mapping: Mapping, table: Table, path: Path, fields: Sequence[str]) -> Iterator[Row]:
    """The rows of a file; empty ones, and deleted records of a DBF file, are passed over.

    Raises:
        SourceBroken: see there.
    """
    encoding = table.encoding or mapping.encoding
    kind = path.suffix.lower()
    if kind in _CSV:
        return _csv_rows(path, table, encoding, fields)
    if kind in _DBF:
        return _dbf_rows(path, table, encoding, fields)
    if kind in _BOOKS:
        return _book_rows(path, table, fields)
    raise SourceBroken(path.name, 0, f"files end in {', '.join([*_CSV, *_DBF, *_BOOKS])}")


def about_how_many(path: Path) -> int:
    """About how many rows a file has, for whoever waits; 0 where that is not known before it is read."""
    kind = path.suffix.lower()
    with path.open("rb") as file:
        if kind in _DBF:
            return int.from_bytes(file.read(8)[4:], "little")
        if kind in _CSV:
            return sum(block.count(b"\n") for block in iter(partial(file.read, _BLOCK), b""))
    return 0


def _csv_rows(path: Path, table: Table, encoding: str, fields: Sequence[str]) -> Iterator[Row]:
    csv.field_size_limit(_LONGEST_FIELD)
    # What is no text of this encoding becomes U+FFFD, and its row is refused: others are not lost with it.
    with path.open(encoding=encoding.replace("utf-8", "utf-8-sig"), errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=table.delimiter, strict=False)
        try:
            head = [next(reader, []) for _ in range(table.head)][-1:] or [[]]
            picked = _picked(path, table, head[0], fields)
            columns = len(head[0])
            line = reader.line_num + 1
            for row in reader:
                if any(row):
                    whole = len(row) == columns or not columns
                    yield Row(line, _pick(row, picked), whole)
                line = reader.line_num + 1  # a row may take several lines
        except csv.Error as error:
            raise SourceBroken(path.name, reader.line_num, str(error)) from error


def _book_rows(path: Path, table: Table, fields: Sequence[str]) -> Iterator[Row]:
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                if sum(item.file_size for item in packed.infolist()) > _MOST_UNPACKED:
                    raise SourceBroken(path.name, 0, "it unfolds to more than 4 GiB: split it, or save it as CSV")
        book = CalamineWorkbook.from_path(str(path))
        sheet = book.get_sheet_by_name(table.sheet) if table.sheet else book.get_sheet_by_index(0)
        # Columns before the first that has something are left out of every row; rows are not.
        left_out: list[Value] = [""] * (sheet.start or (0, 0))[1]
        rows: Iterator[list[Value]] = ([*left_out, *row] for row in sheet.iter_rows())
        head = [next(rows, []) for _ in range(table.head)][-1:] or [[]]
        picked = _picked(path, table, [str(name) for name in head[0]], fields)
        for line, row in enumerate(rows, table.head + 1):
            if any(value not in ("", None) for value in row):
                yield Row(line, _pick(row, picked))
    except (CalamineError, zipfile.BadZipFile, OSError, IndexError) as error:
        raise SourceBroken(path.name, 0, f"it is no workbook that can be read ({error})") from error


def _dbf_rows(path: Path, table: Table, encoding: str, fields: Sequence[str]) -> Iterator[Row]:
    try:
        dbf = DBF(path, encoding=encoding, char_decode_errors="replace", ignorecase=False)
    except Exception as error:  # the library raises what it comes across in a broken head
        raise SourceBroken(path.name, 0, f"it is no DBF file that can be read ({error})") from error
    picked = _picked(path, table, dbf.field_names, fields)
    # The library reads the head and the memo file; records are read here, since it does not tell their numbers, nor
    # that the file ends before the number of them that its head says.
    with path.open("rb") as file, dbf._open_memofile() as memos:
        parse = dbf.parserclass(dbf, memos).parse
        file.seek(dbf.header.headerlen)
        places = _places(dbf, encoding, parse)
        wanted = [None if column is None else places[column] for column in picked]
        length = dbf.header.recordlen
        for number in range(1, dbf.header.numrecords + 1):
            record = file.read(length)
            if len(record) < length or record[:1] == b"\x1a":
                raise SourceBroken(
                    path.name, number, f"its head says {dbf.header.numrecords} records: the file was cut"
                )
            if record[0] == _DBF_DELETED:
                continue
            try:
                yield Row(number, tuple(None if read is None else read(record) for read in wanted))
            except Exception as error:  # as above, of a memo
                raise SourceBroken(path.name, number, f"a field cannot be read ({error})") from error


def _places(dbf: DBF, encoding: str, parse: Callable[[object, bytes], Value]) -> list[Callable[[bytes], Value]]:
    """By column, what reads it from a record."""
    found: list[Callable[[bytes], Value]] = []
    at = 1
    for field in dbf.fields:
        end = at + field.length
        if field.type in "CNFD":
            found.append(partial(_text, at, end, encoding))
        else:
            found.append(partial(_parsed, at, end, field, parse))
        at = end
    return found


def _text(at: int, end: int, encoding: str, record: bytes) -> str:
    return record[at:end].strip(b" \0").decode(encoding, "replace")


def _parsed(at: int, end: int, field: object, parse: Callable[[object, bytes], Value], record: bytes) -> Value:
    try:
        return parse(field, record[at:end])
    except (ValueError, struct.error):
        return record[at:end].decode("latin-1")


def _picked(path: Path, table: Table, head: Sequence[str], fields: Sequence[str]) -> list[int | None]:
    """By field, which column of a row it is."""
    names = {str(name).strip(): place for place, name in reversed(list(enumerate(head)))}
    found: list[int | None] = []
    for field in fields:
        column = table.columns.get(field)
        if column is None:
            found.append(None)
        elif isinstance(column, int):
            found.append(column - 1)
        elif column in names:
            found.append(names[column])
        else:
            there = ", ".join(str(name).strip() for name in head if name) or "none"
            raise SourceBroken(path.name, table.head, f"there is no column {column}; there are {there}")
    return found


def _pick(row: Sequence[Value], picked: Sequence[int | None]) -> tuple[Value, ...]:
    size = len(row)
    return tuple([None if place is None or place >= size else row[place] for place in picked])
