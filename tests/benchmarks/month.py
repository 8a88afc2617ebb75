"""The month of a large utility, from the totals that are kept, beside the full sum over its sales.

An office takes in a month of twenty tills for real. Its sales and totals are then copied under the names of other tills
and branches until there are as many as asked for; the journals are not, but for the entry that each ends with. Page and
PDF must name the very sums that adding up every stored sale gives.
"""

import sqlite3
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from common.documents import Document, Format, Kind, render
from common.reports.calendar import Month
from common.reports.line import VEND
from common.reports.month import By
from syncserver.office.office import Office
from syncserver.reports.check import full_sum
from syncserver.reports.month import month
from syncserver.reports.source import source_of
from tests.benchmarks.fleet import AMOUNT, ENERGY, START, Seller, sellers
from tests.benchmarks.measure import Row
from tests.benchmarks.offices import new_office, push

TILLS, ACCOUNTS, A_BRANCH = 20, 100, 4
DAYS, A_DAY = 28, 80
ROUNDS = 5
_OURS = Month(2026, 11)

T = TypeVar("T")

_COPIES = {
    "writer": "id || :n, epoch, branch || :n, name, key, box, seq, hash, state, reason",
    "vend": "job || :n, account || :n, writer || :n, receipt || :n, energy, amount, at, state, epoch, seq, clerk || :n,"
    " tariff_class, payment, money_credit, kind, for_job",
    "movement": "job || :n, account || :n, writer || :n, receipt, energy, amount, at, state, epoch, seq, clerk || :n,"
    " tariff_class, payment, money_credit, kind, for_job",
    "total": "day, branch || :n, writer || :n, clerk || :n, tariff_class, payment, kind, number, energy, money_credit,"
    " money",
    "journal": "position + :by, writer || :n, epoch, seq, hash, signature, raw, type, account, 0",
}
_OF = {"writer": "id", "vend": "writer", "movement": "writer", "total": "writer", "journal": "writer"}


def measure(folder: Path, vends: int) -> list[Row]:
    """Page and PDF, in milliseconds, beside the full sum."""
    office = _office(folder, vends)
    with office.store.read() as reading:
        held = sum(line.kind == VEND for line in reading.all_lines())
        check, full = _timed(lambda: full_sum(reading), 1)
        assert check == dict(reading.totals())
        page, shown = _timed(lambda: _page(office), ROUNDS)
        _is_right(page, held)
        _, printed = _timed(lambda: render(_page(office), Format.PDF), ROUNDS)
        _, by_class = _timed(lambda: _page(office, By.CLASS), ROUNDS)
    office.close()
    name = f"full sum over {held:,} sales, ms"
    return [
        Row("the month as a page, ms", shown, name, full, shown / full, "a page in 1,000 ms"),
        Row("the month as PDF, ms", printed, name, full, printed / full, "a PDF in 3,000 ms"),
        Row("the month by tariff class, ms", by_class, name, full, by_class / full, "a page in 1,000 ms"),
    ]


def _page(office: Office, by: By = By.CLERK) -> Document:
    """The page from nothing but the store, as text as well."""
    with office.store.read() as reading:
        document = month(reading, source_of(reading, "zh"), _OURS, by=by)
    assert render(document, Format.TEXT)
    return document


def _is_right(page: Document, vends: int) -> None:
    (section,) = page.sections
    assert section.total is not None
    found = {column.name: cell for column, cell in zip(section.columns, section.total, strict=True)}
    assert (found["vends"], found["energy"], found["money"]) == (vends, vends * ENERGY, vends * AMOUNT)
    for place, column in enumerate(section.columns):
        if column.kind is not Kind.TEXT:
            assert sum(int(str(row[place])) for row in section.rows) == section.total[place]


def _timed(make: Callable[[], T], rounds: int) -> tuple[T, float]:
    """What was made, and milliseconds."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        made = make()
        times.append((time.perf_counter() - began) * 1e3)
    return made, statistics.median(times)


def _office(folder: Path, vends: int) -> Office:
    fleet = sellers(TILLS, ACCOUNTS, A_BRANCH)
    office = new_office(folder, fleet)
    push(office, fleet, [b"".join(seller.opening()) for seller in fleet])
    for day in range(DAYS):
        push(office, fleet, [_day(seller, day) for seller in fleet])
    with sqlite3.connect(office.folder.database, isolation_level=None) as db:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("BEGIN")
        _copy(db, vends)
        db.execute("COMMIT")
    return office


def _day(seller: Seller, day: int) -> bytes:
    seller.now = START + timedelta(days=day)
    return b"".join(seller.sold(2 * A_DAY))


def _copy(db: sqlite3.Connection, vends: int) -> None:
    each = TILLS * DAYS * A_DAY
    held = db.execute("SELECT max(position) FROM journal").fetchone()[0]
    heads = "(writer, epoch, seq) IN (SELECT id, epoch, seq FROM writer)"
    for copy in range(1, -(-vends // each)):
        for table, columns in _COPIES.items():
            ours = f"{_OF[table]} GLOB 'till-[0-9][0-9][0-9][0-9]'" + (f" AND {heads}" if table == "journal" else "")
            values = {"n": f"-{copy}", "by": copy * held}
            db.execute(f"INSERT INTO {table} SELECT {columns} FROM {table} WHERE {ours}", values)
