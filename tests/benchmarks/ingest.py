"""Ingest at the office: entries read, verified, stored, folded, settled and put in the feed, beside bare inserts.

Real tills sell to real accounts; then each sends its journal in batches, all of them at once, to an office on a fresh
database. The bare loop inserts the same bytes in as many FULL commits, in the same run, in turns.
"""

import sqlite3
import statistics
import time
from pathlib import Path

from common.card.image import CardImage
from common.chain import GENESIS, public_hex
from common.entries import UtilitySet
from syncserver.audit.books import balance
from syncserver.ingest.batch import read_batch
from syncserver.ingest.queue import IngestQueue
from syncserver.office.folder import OfficeFolder
from syncserver.office.office import Office
from syncserver.store import WriterRow, WriterState
from tests.benchmarks.measure import Row
from tests.benchmarks.vend import sell
from tests.till.branch import SERIALS, Branch, Clock, Counter, OfficeVoice
from till.journal.keys import load_keys

TILLS, VENDS = 20, 100
BATCH = 50
ROUNDS = 5


def measure(folder: Path) -> list[Row]:
    """Rates of both."""
    clock = Clock()
    counters = _sold(folder, clock)
    bodies = [_batches(counter) for counter in counters]
    entries = sum(body.count(b"\n") for till in bodies for body in till)
    taken, bare = [], []
    for number in range(ROUNDS):
        office = _office(folder / f"office-{number}", clock, counters)
        seconds, commits = _ingest(office, counters, bodies)
        taken.append(entries / seconds)
        totals = balance(office.store)
        assert (totals.accounts, totals.sold, totals.conserved) == (TILLS, TILLS * VENDS * 1_000, True)
        office.close()
        bare.append(entries / _bare(folder / f"bare-{number}.db", bodies, commits))
    rate, least = statistics.median(taken), statistics.median(bare)
    name = f"bare inserts of the same bytes, {commits} commits"
    return [Row("entries taken in by the office, a second", rate, name, least, rate / least, "shown")]


def _sold(folder: Path, clock: Clock) -> list[Counter]:
    counters = []
    for number in range(1, TILLS + 1):
        office = OfficeVoice(clock)
        counter = Counter(f"till-{number:04d}", folder / f"till-{number:04d}", office)
        Branch(folder / f"branch-{number}", clock, office, counter).folder.mkdir()
        Branch(folder / f"branch-{number}", clock, office, counter).customer(f"A{number}")
        with counter.desk() as desk:
            image = CardImage(serial=SERIALS[0], account=f"A{number}", meter="M1", issue=1, count=0, credit=0)
            sell(desk, image, VENDS)
        counters.append(counter)
    return counters


def _batches(counter: Counter) -> list[bytes]:
    with counter.desk() as desk:
        lines = [signed.line for signed in desk.store.entries(counter.till, 1)]
    return [b"".join(lines[start : start + BATCH]) for start in range(0, len(lines), BATCH)]


def _office(folder: Path, clock: Clock, counters: list[Counter]) -> Office:
    utility = UtilitySet(name="Test Power", currency="CNY", digits=2, zone="Asia/Shanghai")
    office = Office.create(OfficeFolder(folder), utility, [], clock)
    with office.store.write() as writing:
        for counter in counters:
            key = public_hex(load_keys(counter.keys_folder).signing)
            writing.add_writer(
                WriterRow(
                    id=counter.till, epoch=1, branch="B1", name=counter.till, key=key, box="", seq=0, hash=GENESIS,
                    state=WriterState.ACTIVE, reason="",
                )
            )  # fmt: skip
    return office


def _ingest(office: Office, counters: list[Counter], bodies: list[list[bytes]]) -> tuple[float, int]:
    """Seconds, and how many commits it took. Each till sends its next batch when the last is acknowledged."""
    commits: list[None] = []
    queue = IngestQueue(office.store, office.keys.signing, office.clock, lambda: commits.append(None))
    began = time.perf_counter()
    for turn in range(max(map(len, bodies))):
        sent = [
            queue.submit(counter.till, 1, read_batch(batches[turn]))
            for counter, batches in zip(counters, bodies, strict=True)
            if turn < len(batches)
        ]
        for head in sent:
            head.result()
    seconds = time.perf_counter() - began
    queue.close()
    return seconds, len(commits)


def _bare(path: Path, bodies: list[list[bytes]], commits: int) -> float:
    lines = [line for batches in bodies for body in batches for line in body.splitlines()]
    each = -(-len(lines) // commits)
    bare = sqlite3.connect(path, isolation_level=None)
    bare.execute("PRAGMA journal_mode = WAL")
    bare.execute("PRAGMA synchronous = FULL")
    bare.execute("CREATE TABLE entry (seq INTEGER PRIMARY KEY, line BLOB)")
    began = time.perf_counter()
    for start in range(0, len(lines), each):
        bare.execute("BEGIN IMMEDIATE")
        bare.executemany("INSERT INTO entry (line) VALUES (?)", [(line,) for line in lines[start : start + each]])
        bare.execute("COMMIT")
    seconds = time.perf_counter() - began
    bare.close()
    return seconds
