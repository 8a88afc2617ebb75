"""What reports in the tests are made from."""

from datetime import UTC, datetime
from typing import Any

from common.documents import Document, JournalHead, Words
from common.entries import UtilitySet
from common.reports.source import Source

UTILITY = UtilitySet(name="江南供电公司", currency="CNY", digits=2, zone="Asia/Shanghai")
CLERKS = {"wang": "王小明"}


def source(language: str = "en") -> Source:
    return Source(
        words=Words(language),
        utility=UTILITY,
        heads=[JournalHead(writer="till-0001", epoch=1, seq=9, hash="ab" * 32, entries=9)],
        at=datetime(2026, 11, 30, 15, tzinfo=UTC),
        clerks=CLERKS,
    )


def rows(document: Document, section: int = 0) -> list[dict[str, Any]]:
    """A table's rows by column."""
    table = document.sections[section]
    return [dict(zip((column.name for column in table.columns), row, strict=True)) for row in table.rows]


def total(document: Document, section: int = 0) -> dict[str, Any]:
    table = document.sections[section]
    assert table.total is not None
    return dict(zip((column.name for column in table.columns), table.total, strict=True))
