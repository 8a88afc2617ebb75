"""Documents for the tests, and what other programs read in the files made of them."""

import subprocess
from datetime import UTC, datetime
from typing import Any

from common.documents import Column, Document, JournalHead, Kind, Section
from common.documents.fonts import paper_font

FONT = paper_font(None)
AT = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)
COLUMNS = [
    Column("clerk", "营业员"),
    Column("vends", "笔数", Kind.COUNT),
    Column("energy", "电量 kWh", Kind.ENERGY),
    Column("money", "金额 元", Kind.MONEY),
    Column("day", "日期", Kind.DATE),
    Column("at", "时间", Kind.TIME),
]
TOTAL = ["合计", 3, 3_000, 300, None, None]


def row(name: str = "王小明", money: int = 123_456_789) -> list[Any]:
    return [name, 1_234, 50_125, money, AT.date(), AT]


def document(*rows: list[Any], **changed: Any) -> Document:
    values: dict[str, Any] = {
        "name": "month",
        "language": "zh",
        "title": "售电月报 2026-11",
        "utility": "江南供电公司",
        "sections": [Section(columns=COLUMNS, rows=list(rows), total=TOTAL)],
        "heads": [JournalHead(writer="till-0001", epoch=1, seq=70, hash="ab" * 32, entries=70)],
        "at": AT,
        "zone": "Asia/Shanghai",
        "digits": 2,
        "parameters": [("月份", "2026-11")],
        "notes": ["未决的不计入。"],
        "signatures": ["制表", "审核"],
    }
    return Document(**values | changed)


def text_of(pdf: bytes) -> str:
    """What another program reads in a PDF."""
    return _run(["pdftotext", "-layout", "-", "-"], pdf)


def pages_of(pdf: bytes) -> int:
    return next(int(line.split()[1]) for line in _run(["pdfinfo", "-"], pdf).splitlines() if line.startswith("Pages:"))


def _run(command: list[str], given: bytes) -> str:
    return subprocess.run(command, input=given, capture_output=True, check=True).stdout.decode()
