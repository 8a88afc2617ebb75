"""Writes DBF files as dBase III PLUS did, memo file and all: the format of the old systems."""

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

_BLOCK = 512
_WITH_MEMO, _WITHOUT = 0x83, 0x03
_HEAD = 32


class Field(NamedTuple):
    """A column: its name (10 bytes in its encoding), type C, N, D, L or M, length and decimals."""

    name: str
    type: str
    length: int
    decimals: int = 0


class DbfFile:
    """A file of rows: text, figures as text, dates as YYYYMMDD. A context."""

    def __init__(self, path: Path, fields: Sequence[Field], encoding: str) -> None:
        self._fields, self._encoding = fields, encoding
        self._memos = _Memos(path.with_suffix(".dbt")) if any(field.type == "M" for field in fields) else None
        self._number = 0
        self._file = path.open("wb")
        self._file.write(bytes(_HEAD + 32 * len(fields) + 1))

    def add(self, cells: Sequence[str], *, deleted: bool = False) -> None:
        """One more record."""
        parts = [self._cell(field, cell) for field, cell in zip(self._fields, cells, strict=True)]
        self._file.write((b"*" if deleted else b" ") + b"".join(parts))
        self._number += 1

    def close(self) -> None:
        """Write the head, now that the number of records is known."""
        head = _HEAD + 32 * len(self._fields) + 1
        kind = _WITHOUT if self._memos is None else _WITH_MEMO
        length = 1 + sum(field.length for field in self._fields)
        self._file.write(b"\x1a")
        self._file.seek(0)
        self._file.write(struct.pack("<BBBBIHH20x", kind, 126, 11, 23, self._number, head, length))
        for field in self._fields:
            name = field.name.encode(self._encoding)
            self._file.write(struct.pack("<11sc4xBB14x", name, field.type.encode(), field.length, field.decimals))
        self._file.write(b"\r")
        self._file.close()
        if self._memos is not None:
            self._memos.close()

    def _cell(self, field: Field, cell: str) -> bytes:
        raw = cell.encode(self._encoding)
        if field.type == "M":
            return (str(self._memos.add(raw)) if raw and self._memos is not None else "").rjust(10).encode()
        return raw[: field.length].rjust(field.length) if field.type == "N" else raw[: field.length].ljust(field.length)


class _Memos:
    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._file.write(struct.pack("<I", 1).ljust(_BLOCK, b"\0"))
        self._next = 1

    def add(self, text: bytes) -> int:
        """Keep a text. Returns its block."""
        here, raw = self._next, text + b"\x1a\x1a"
        blocks = -(-len(raw) // _BLOCK)
        self._file.write(raw.ljust(blocks * _BLOCK, b"\0"))
        self._next += blocks
        return here

    def close(self) -> None:
        """Write where the next would stand."""
        self._file.seek(0)
        self._file.write(struct.pack("<I", self._next))
        self._file.close()
