"""Ingest at the office, beside PouchDB replicating into express-pouchdb and beside bare inserts, in turns, in one run.

Ours: tills send journals over TLS to a real server; every entry is read, its form, link and hash checked, each batch's
signature verified, the entry stored, folded into its account, settled by the rules, put in the feed, and on disk before
it is acknowledged. PouchDB's clients have the same lines, a document each, in databases of their own, and replicate
them over HTTP, unverified and unencrypted. The bare loops insert with executemany into a database with the office's
settings, with as many FULL commits as the office took: all rows that the office wrote, into the store as it was before;
its journal's rows alone, into an empty one; and the same bytes into a table of two columns.
"""

import asyncio
import sqlite3
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from syncserver.audit.books import balance
from syncserver.ingest.batch import read_batch
from syncserver.ingest.prepare import row_of
from syncserver.office.office import Office
from tests.benchmarks import pouchdb
from tests.benchmarks.fleet import ENERGY, Seller, sellers
from tests.benchmarks.measure import Row, cpu_seconds
from tests.benchmarks.offices import new_office, push_prepared, serving
from tests.benchmarks.senders import send

_TABLES = "SELECT sql FROM sqlite_master WHERE tbl_name = 'journal' AND sql > ''"

_CHANGED = "SELECT * FROM main.{0} EXCEPT SELECT * FROM before.{0} ORDER BY 1"

TILLS, ACCOUNTS, EACH = 20, 500, 1_000
ROUNDS = 3
CLIENTS = 4


def measure(folder: Path, node: Path | None = None) -> list[Row]:
    """Rates of all. Without a folder for npm's packages, not PouchDB's."""
    folder.mkdir(parents=True)
    over_line, in_process, same, table, bare, documents = [], [], [], [], [], []
    our_work: list[float] = []
    their_work: list[float] = []
    commits = 0
    for number in range(ROUNDS):
        fleet = sellers(TILLS, ACCOUNTS)
        office = new_office(folder / f"office-{number}", fleet)
        opening = [b"".join(seller.opening()) for seller in fleet]
        lines = [seller.sold(EACH) for seller in fleet]
        seconds, work = _over_the_line(office, fleet, opening, lines)
        over_line.append(_rate(seconds))
        our_work.append(work / (TILLS * EACH) * 1e6)
        bodies = [b"".join(seller.sold(EACH)) for seller in fleet]
        before = Copy(office, folder / f"copy-{number}.db")
        seconds, commits = push_prepared(office, fleet, bodies)
        in_process.append(_rate(seconds))
        totals = balance(office.store)
        assert (totals.energy.sold, totals.conserved) == (TILLS * EACH * ENERGY, True)
        same.append(_rate(before.insert(office, commits)))
        table.append(_rate(_into_journal(office, folder / f"journal-{number}.db", lines, commits)))
        bare.append(_rate(_into_two_columns(folder / f"bare-{number}.db", lines, commits)))
        office.close()
        if node is not None:
            flat = [line for journal in lines for line in journal]
            share = len(flat) // CLIENTS
            journals = [flat[start : start + share] for start in range(0, len(flat), share)]
            seconds, work = pouchdb.replicate(node, folder / f"pouchdb-{number}", journals)
            documents.append(_rate(seconds))
            their_work.append(work / (TILLS * EACH) * 1e6)
    ours, alone = statistics.median(over_line), statistics.median(in_process)
    work = statistics.median(our_work)
    same_name, table_name, bare_name = (
        f"executemany, {into}, {commits} commits" for into in ("all its rows", "its journal's", "2 columns")
    )
    rows = [
        _row("entries taken in over TLS, a second", ours, f"PouchDB, {CLIENTS} clients, documents", documents, 10),
        _row("the server's processors, microseconds an entry", work, "PouchDB's server, a document", their_work, None),
        _row("entries taken in, without the line", alone, same_name, same, 0.35),
        _row("entries taken in, without the line", alone, table_name, table, None),
        _row("entries taken in, without the line", alone, bare_name, bare, None),
    ]
    return [row for row in rows if row.baseline]


def _row(what: str, value: float, name: str, rates: list[float], least: float | None) -> Row:
    baseline = statistics.median(rates) if rates else 0.0
    wanted = "shown" if least is None else f"at least {least}"
    return Row(what, value, name, baseline, value / baseline if baseline else 0, wanted)


def _rate(seconds: float) -> float:
    return TILLS * EACH / seconds


def _over_the_line(
    office: Office, fleet: Sequence[Seller], opening: Sequence[bytes], lines: Sequence[list[bytes]]
) -> tuple[float, float]:
    """Seconds until all of the lines are acknowledged by a server that has taken the opening already, and of its
    processors."""
    bodies = [b"".join(journal) for journal in lines]
    with serving(office.folder.path) as (url, pid):
        asyncio.run(send(url, office.folder.tls_certificate, fleet, opening))
        used, began = cpu_seconds(pid), time.perf_counter()
        acknowledged = asyncio.run(send(url, office.folder.tls_certificate, fleet, bodies))
        seconds, work = time.perf_counter() - began, cpu_seconds(pid) - used
    assert acknowledged == [seller.head.seq for seller in fleet]
    return seconds, work


class Copy:
    """The office's store as it was before it took something in."""

    def __init__(self, office: Office, path: Path) -> None:
        self._path = path
        with sqlite3.connect(office.folder.database) as now, sqlite3.connect(path) as then:
            now.backup(then)

    def insert(self, office: Office, commits: int) -> float:
        """Seconds for putting there, with executemany, every row that the office has written since."""
        with sqlite3.connect(office.folder.database) as now:
            now.execute("ATTACH ? AS before", (str(self._path),))
            tables = [name for (name,) in now.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
            changed = {name: now.execute(_CHANGED.format(name)).fetchall() for name in tables}
        assert len(changed["journal"]) == TILLS * EACH
        bare = _settings(self._path)
        statements = {
            f"INSERT OR REPLACE INTO {name} VALUES ({', '.join('?' * len(rows[0]))})": rows
            for name, rows in changed.items()
            if rows
        }
        began = time.perf_counter()
        for number in range(commits):
            bare.execute("BEGIN IMMEDIATE")
            for sql, rows in statements.items():
                bare.executemany(sql, rows[len(rows) * number // commits : len(rows) * (number + 1) // commits])
            bare.execute("COMMIT")
        seconds = time.perf_counter() - began
        bare.close()
        return seconds


def _settings(path: Path) -> sqlite3.Connection:
    """The office's own (syncserver.store.engine)."""
    bare = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "cache_size = -65536", "temp_store = MEMORY"):
        bare.execute(f"PRAGMA {pragma}")
    return bare


def _into_journal(office: Office, path: Path, lines: Sequence[list[bytes]], commits: int) -> float:
    """The rows of the office's journal, into a table made as the office's is."""
    with sqlite3.connect(office.folder.database) as made:
        tables = [sql for (sql,) in made.execute(_TABLES)]
    entries = [signed for journal in lines for signed in read_batch(b"".join(journal))]
    rows = [(position, *row_of(signed), 0) for position, signed in enumerate(entries, 1)]
    bare = _settings(path)
    for sql in tables:
        bare.execute(sql)
    return _insert(bare, f"INSERT INTO journal VALUES ({', '.join('?' * len(rows[0]))})", rows, commits)


def _into_two_columns(path: Path, lines: Sequence[list[bytes]], commits: int) -> float:
    bare = _settings(path)
    bare.execute("CREATE TABLE entry (seq INTEGER PRIMARY KEY, line BLOB)")
    rows = [(line,) for journal in lines for line in journal]
    return _insert(bare, "INSERT INTO entry (line) VALUES (?)", rows, commits)


def _insert(bare: sqlite3.Connection, sql: str, rows: Sequence[tuple[object, ...]], commits: int) -> float:
    each = -(-len(rows) // commits)
    began = time.perf_counter()
    for start in range(0, len(rows), each):
        bare.execute("BEGIN IMMEDIATE")
        bare.executemany(sql, rows[start : start + each])
        bare.execute("COMMIT")
    seconds = time.perf_counter() - began
    bare.close()
    return seconds
