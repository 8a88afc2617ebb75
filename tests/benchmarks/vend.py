"""A vend's own cost without the reader, against a bare SQLite loop that does the same two FULL commits.

The card is a value in memory and its driver writes nothing: what is measured is judging, quoting, signing, folding and
committing. The bare loop writes entries of the same size, in the same run, in turns with the vends.
"""

import sqlite3
import statistics
import time
from pathlib import Path

from common.card.image import CardContents, CardImage, ReturnData, ReturnStatus
from tests.benchmarks.measure import Row
from tests.till.branch import SERIALS, Branch, Clock, Counter, OfficeVoice
from till.operations.card_job import run
from till.operations.desk import Desk, Presented, facts_of
from till.operations.vend import Amount, quote_vend, start_vend

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


def measure(folder: Path) -> list[Row]:
    """Rates of both, and the commits of a vend."""
    clock = Clock()
    office = OfficeVoice(clock)
    branch = Branch(folder, clock, office, Counter("till-0001", folder / "till-0001", office))
    branch.customer()
    bare = _bare_database(folder / "bare.db")
    vends, bares = [], []
    with branch.counter.desk() as desk:
        image = CardImage(serial=SERIALS[0], account="A1", meter="M1", issue=1, count=0, energy=0)
        image = _sell(desk, image, VENDS)
        image, commits = _commits_of_a_vend(desk, image)
        sizes = [len(signed.line) for signed in desk.store.entries("till-0001", 1, after=desk.journal.head.seq - 2)]
        for _ in range(ROUNDS):
            began = time.perf_counter()
            image = _sell(desk, image, VENDS)
            middle = time.perf_counter()
            _write(bare, sizes, VENDS)
            ended = time.perf_counter()
            vends.append(VENDS / (middle - began))
            bares.append(VENDS / (ended - middle))
    bare.close()
    rate, plain = statistics.median(vends), statistics.median(bares)
    return [
        Row(
            "a vend without the reader, a second",
            rate,
            "bare loop, two FULL commits",
            plain,
            rate / plain,
            "at least 0.4",
        ),
        Row("durable commits a vend", commits, "allowed", 2, commits / 2, "at most 1"),
    ]


def _sell(desk: Desk, image: CardImage, count: int) -> CardImage:
    driver = NoReader()
    for _ in range(count):
        presented = _presented(desk, driver, image)
        quote = quote_vend(desk, presented, Amount(energy=1_000), f"till-0001/{desk.journal.head.seq}")
        run(desk, driver, start_vend(desk, presented, quote, "cash"))
        assert driver.image is not None
        image = driver.image
    return image


def _presented(desk: Desk, driver: NoReader, image: CardImage) -> Presented:
    """The card as it comes back from its meter."""
    returned = ReturnData(
        meter=image.meter, issue=1, count=image.count, remaining=0, use=image.count * 1_000,
        status=ReturnStatus.LOADED if image.energy else ReturnStatus.NOTHING, card_count=image.count,
    )  # fmt: skip
    contents = CardContents(serial=image.serial, image=image, returned=returned, torn=False, digest="")
    facts = facts_of(desk, contents)
    return Presented(driver, contents, facts)


def _commits_of_a_vend(desk: Desk, image: CardImage) -> tuple[CardImage, int]:
    seen: list[str] = []
    connection = desk.store.database.conn
    connection.set_trace_callback(seen.append)
    image = _sell(desk, image, 1)
    connection.set_trace_callback(None)
    return image, sum(statement == "COMMIT" for statement in seen)


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
