"""A vend's own cost without the reader, against a bare SQLite loop that does the same two FULL commits.

The card is a value in memory and its driver writes nothing: what is measured is judging, quoting, signing, folding and
committing. The bare loop replays the very statements that vends wrote, on a copy of their database, with nothing in
between; in the same run, in turns with the vends. A loop that stores two rows and nothing else is shown beside it.
"""

import sqlite3
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from common.card.image import CardContents, CardImage, ReturnData, ReturnStatus
from tests.benchmarks.measure import Row
from tests.till.branch import SERIALS, Branch, Clock, Counter, OfficeVoice
from till.operations.card_job import run
from till.operations.desk import Desk, Presented, facts_of
from till.operations.vend import Amount, quote_vend, start_vend
from till.store.database import open_database

ROUNDS, VENDS = 10, 100


class NoReader:
    """A driver for a card that is a value."""

    chip = "none"

    def __init__(self) -> None:
        self.image: CardImage | None = None

    def serial(self) -> str:
        return SERIALS[0]

    def unlock(self, card_key: bytes) -> None: ...

    def read(self) -> CardContents:
        raise NotImplementedError

    def write(self, image: CardImage) -> None:
        self.image = image

    def write_return(self, returned: ReturnData) -> None: ...

    def wipe(self) -> None: ...


Statement = tuple[str, Sequence[Any]]


class Recorder:
    """A connection that remembers what it was told to write."""

    def __init__(self, inner: sqlite3.Connection) -> None:
        self._inner = inner
        self.written: list[Statement] = []

    def execute(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        if not sql.startswith(("SELECT", "PRAGMA")):
            self.written.append((sql, tuple(values)))
        return self._inner.execute(sql, values)

    def executemany(self, sql: str, rows: Sequence[Sequence[Any]]) -> sqlite3.Cursor:
        self.written.extend((sql, tuple(row)) for row in rows)
        return self._inner.executemany(sql, rows)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def measure(folder: Path) -> list[Row]:
    """Rates of all three, and the commits of a vend."""
    clock = Clock()
    office = OfficeVoice(clock)
    branch = Branch(folder, clock, office, Counter("till-0001", folder / "till-0001", office))
    branch.customer()
    vends, same, plain = [], [], []
    with branch.counter.desk() as desk:
        image = CardImage(serial=SERIALS[0], account="A1", meter="M1", issue=1, count=0, credit=0)
        image = sell(desk, image, VENDS)
        twin = _twin(desk, folder / "twin.db")
        two_rows = _bare_database(folder / "rows.db")
        image, blocks = _recorded(desk, image)
        sizes = [len(signed.line) for signed in desk.store.entries("till-0001", 1, after=desk.journal.head.seq - 2)]
        for block in blocks:
            began = time.perf_counter()
            image = sell(desk, image, VENDS)
            sold = time.perf_counter()
            for sql, values in block:
                twin.execute(sql, values)
            replayed = time.perf_counter()
            _write(two_rows, sizes, VENDS)
            vends.append(VENDS / (sold - began))
            same.append(VENDS / (replayed - sold))
            plain.append(VENDS / (time.perf_counter() - replayed))
        twin.close()
        two_rows.close()
    commits = sum(sql == "COMMIT" for sql, _ in blocks[0]) / VENDS
    rate, bare, least = (statistics.median(rates) for rates in (vends, same, plain))
    what = "vends without the reader, a second"
    return [
        Row(what, rate, "bare loop, the same two FULL commits", bare, rate / bare, "at least 0.4"),
        Row(what, rate, "bare loop, two rows in two FULL commits", least, rate / least, "shown"),
        Row("durable commits a vend", commits, "allowed", 2, commits / 2, "at most 1"),
    ]


def _recorded(desk: Desk, image: CardImage) -> tuple[CardImage, list[list[Statement]]]:
    """What vends write, in blocks of VENDS."""
    connection = desk.store.database.conn
    blocks = []
    for _ in range(ROUNDS):
        recorder = Recorder(connection)
        desk.store.database.conn = recorder  # type: ignore[assignment]  # it stands in for one
        image = sell(desk, image, VENDS)
        blocks.append(recorder.written)
    desk.store.database.conn = connection
    return image, blocks


def _twin(desk: Desk, path: Path) -> sqlite3.Connection:
    """A copy of the till's database, under the settings that the till uses."""
    desk.store.database.execute("VACUUM INTO ?", (str(path),))
    return cast(sqlite3.Connection, open_database(path).conn)


def sell(desk: Desk, image: CardImage, count: int) -> CardImage:
    """Sell on a card that comes back from its meter each time. Returns what is on it at the end."""
    driver = NoReader()
    for _ in range(count):
        presented = _presented(desk, driver, image)
        quote = quote_vend(desk, presented, Amount(energy=1_000), f"{desk.till}/{desk.journal.head.seq}")
        run(desk, driver, start_vend(desk, presented, quote, "cash"))
        assert driver.image is not None
        image = driver.image
    return image


def _presented(desk: Desk, driver: NoReader, image: CardImage) -> Presented:
    """The card as it comes back from its meter."""
    returned = ReturnData(
        meter=image.meter, issue=1, count=image.count, remaining=0, use=image.count * 1_000,
        status=ReturnStatus.LOADED if image.credit else ReturnStatus.NOTHING, card_count=image.count,
    )  # fmt: skip
    contents = CardContents(serial=image.serial, image=image, returned=returned, torn=False, digest="")
    facts = facts_of(desk, contents)
    return Presented(driver, contents, facts)


def _bare_database(path: Path) -> sqlite3.Connection:
    bare = sqlite3.connect(path, isolation_level=None)
    bare.execute("PRAGMA journal_mode = WAL")
    bare.execute("PRAGMA synchronous = FULL")
    bare.execute("CREATE TABLE entry (seq INTEGER PRIMARY KEY, line BLOB)")
    return bare


def _write(bare: sqlite3.Connection, sizes: list[int], count: int) -> None:
    lines = [b"x" * size for size in sizes]
    for _ in range(count):
        for line in lines:
            bare.execute("BEGIN IMMEDIATE")
            bare.execute("INSERT INTO entry (line) VALUES (?)", (line,))
            bare.execute("COMMIT")
