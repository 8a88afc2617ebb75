"""From the card in the reader to the account shown: with many purchases stored, against few.

A till in its first weeks (a thousand customers of ten purchases) against one after years (ten thousand customers). One
customer's purchases are made by real vends on a real card and meter; the others' rows are copies under other numbers,
as other journals' (their signatures are his, and nothing here reads them). Random customers' cards are read in turns
from both stores, no card twice: first when the system holds nothing of either database in memory (cold), then others
when it holds what a till that has been running holds, the accounts and cards (running). At last the latter are read
again, out of SQLite's own memory; that is shown only, for no clerk gets the same card twice in a row.
"""

import os
import random
import sqlite3
import statistics
import time
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

from common.account import latest_purchases, standing
from common.account.purchases import SHOWN
from common.card.image import CardImage
from common.card.keys import derive_card_key
from common.sealing import box_hex, seal_card_keys
from tests.benchmarks.measure import Row
from tests.till.branch import MASTER, Branch, Clock, Counter, OfficeVoice
from till.cards.connect import open_card
from till.journal.keys import load_keys
from till.operations.accounts import open_account
from till.operations.cards import issue_card
from till.operations.desk import Desk, present
from till.operations.vend import Amount, vend
from till.simulator.channel import ChipChannel
from till.simulator.factory import new_chip
from till.simulator.meter import MeterState, SimulatedMeter

FEW, FEW_CUSTOMERS, MANY_CUSTOMERS = 10_000, 1_000, 10_000
READS = 500
ACCOUNT, SERIAL, JOB = "C00000", "6201000000000000", "till-0001/01"


@dataclass(frozen=True)
class _Till:
    """A till's desk, and how often each of its customers has bought."""

    desk: Desk
    customers: int
    each: int


def measure(folder: Path, purchases: int) -> list[Row]:
    """Median times, in microseconds."""
    chance = random.Random(1)
    with ExitStack() as stack:
        few, many = (
            _Till(
                stack.enter_context(_filled(folder / name, customers, count // customers)),
                customers,
                count // customers,
            )
            for name, count, customers in (("few", FEW, FEW_CUSTOMERS), ("many", purchases, MANY_CUSTOMERS))
        )
        turns = list(
            zip(
                chance.sample(range(few.customers), 2 * READS),
                chance.sample(range(many.customers), 2 * READS),
                strict=True,
            )
        )
        _forget(folder)
        rows = [_row("cold", purchases, _times(few, many, turns[:READS]), "at most 1.2")]
        _remember(folder)
        rows.append(_row("running", purchases, _times(few, many, turns[READS:]), "at most 1.2"))
        return [*rows, _row("again", purchases, _times(few, many, turns[READS:]), "shown")]


def _times(few: _Till, many: _Till, turns: list[tuple[int, int]]) -> list[tuple[float, float]]:
    """Seconds of many and of few, in turns; which of the two goes first alternates."""
    times = []
    for turn, (first, second) in enumerate(turns):
        if turn % 2:
            slow, fast = _read(many, second), _read(few, first)
        else:
            fast, slow = _read(few, first), _read(many, second)
        times.append((slow, fast))
    return times


def _row(when: str, purchases: int, times: list[tuple[float, float]], wanted: str) -> Row:
    many, few = (statistics.median(column) * 1e6 for column in zip(*times, strict=True))
    what, baseline = (f"card in, {when}, {count:,} purchases stored, us" for count in (purchases, FEW))
    return Row(what, many, baseline, few, many / few, wanted)


def _forget(folder: Path) -> None:
    """Have the system hold no page of the databases in memory."""
    os.sync()
    for path in folder.rglob("*.db*"):
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _remember(folder: Path) -> None:
    """Have the system hold the accounts, cards and keys in memory, looked up by somebody else than the till."""
    keys = {"account": "number", "card": "serial", "card_key": "serial", "sealed": "batch"}
    for path in folder.rglob("till.db"):
        db = sqlite3.connect(path)
        for table, key in keys.items():
            for (value,) in db.execute(f"SELECT {key} FROM {table}").fetchall():
                db.execute(f"SELECT * FROM {table} WHERE {key} = ?", (value,)).fetchone()
        db.close()


def _read(till: _Till, number: int) -> float:
    chip = new_chip("cpu", serial_of(number), derive_card_key(MASTER, serial_of(number)))
    channel = ChipChannel(chip)
    maker = open_card(channel)
    maker.unlock(derive_card_key(MASTER, serial_of(number)))
    maker.write(
        CardImage(
            serial=serial_of(number), account=account_of(number), meter="M1", issue=1, count=till.each, credit=1_000
        )
    )
    channel.close()
    channel = ChipChannel(chip)
    began = time.perf_counter()
    presented = present(till.desk, open_card(channel))
    assert presented.facts is not None
    view = standing(presented.facts)
    shown = latest_purchases(presented.facts)
    took = time.perf_counter() - began
    assert view.active == serial_of(number)
    assert view.books.energy.sold == till.each * 1_000
    assert len(shown) == min(SHOWN, till.each)
    return took


def _filled(folder: Path, customers: int, each: int) -> AbstractContextManager[Desk]:
    """A till whose customers have bought `each` times; as a context that gives its desk."""
    return filled_counter(folder, customers, each).desk()


def filled_counter(folder: Path, customers: int, each: int) -> Counter:
    """A till whose customers have bought `each` times."""
    clock = Clock()
    office = OfficeVoice(clock)
    counter = Counter("till-0001", folder / "till-0001", office)
    branch = Branch(folder, clock, office, counter)
    _live(branch, each)
    _copy(counter, customers)
    _give_keys(counter, customers)
    return counter


def _live(branch: Branch, each: int) -> None:
    """The first customer buys, and his meter takes it, again and again."""
    chip = new_chip("cpu", SERIAL, derive_card_key(MASTER, SERIAL))
    meter = SimulatedMeter(MeterState(number="M1", master=MASTER.hex()))
    with branch.counter.desk() as desk:
        open_account(desk, number=ACCOUNT, name="李四", meter="M1", tariff_class="residential", limit=3_000_000)
        issue_card(desk, open_card(ChipChannel(chip)), ACCOUNT)
        for _ in range(each):
            vend(desk, open_card(ChipChannel(chip)), Amount(energy=1_000))
            meter.insert(ChipChannel(chip))


def _copy(counter: Counter, customers: int) -> None:
    db = sqlite3.connect(counter.database, isolation_level=None)
    db.execute("PRAGMA journal_mode = DELETE")
    db.execute("PRAGMA synchronous = OFF")
    db.execute("BEGIN")
    renamed = (
        f"replace(replace(replace({{}}, '{ACCOUNT}', '{ACCOUNT[:1]}' || n), '{SERIAL}', '{SERIAL[:-5]}' || n), "
        f"'{JOB}', 'till-0001/C' || n || '-')"
    )
    db.execute("CREATE TEMP TABLE customer AS WITH RECURSIVE c(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM c "
               f"WHERE i < {customers - 1}) SELECT i, printf('%05d', i) AS n FROM c")  # fmt: skip
    # Accounts last: each purchase writes its account's row again, so a till has these in memory rather than entries.
    for table in ("entry", "history", "card", "account"):
        columns = [(name, kind) for _, name, kind, *_ in db.execute(f"PRAGMA table_info({table})")]
        db.execute(f"CREATE TEMP TABLE pattern_{table} AS SELECT * FROM {table} WHERE {_his(table)}")
        values = ", ".join(_value(table, name, kind, renamed) for name, kind in columns)
        db.execute(f"INSERT INTO {table} SELECT {values} FROM customer, pattern_{table} ORDER BY i")
    db.execute("COMMIT")
    db.execute("ANALYZE")
    db.close()


def _his(table: str) -> str:
    if table == "entry":
        return f"instr(CAST(raw AS TEXT), '{ACCOUNT}')"
    column = "number" if table == "account" else "account"
    return f"{column} = '{ACCOUNT}'"


def _value(table: str, name: str, kind: str, renamed: str) -> str:
    if name == "id":  # another journal's, of its own number
        return "id + ((100 + i) << 40)"
    if name in ("hash", "signature"):
        return name
    if kind == "BLOB":
        return f"CAST({renamed.format(f'CAST({name} AS TEXT)')} AS BLOB)"
    return renamed.format(name) if kind == "TEXT" else name


def _give_keys(counter: Counter, customers: int) -> None:
    """The keys of all customers' cards, sealed in batches."""
    keys = load_keys(counter.keys_folder)
    db = sqlite3.connect(counter.database, isolation_level=None)
    db.execute("BEGIN")
    for start in range(0, customers, 250):
        serials = [serial_of(number) for number in range(start, start + 250)]
        sealed = seal_card_keys(box_hex(keys.box), {serial: derive_card_key(MASTER, serial) for serial in serials})
        db.execute("INSERT INTO sealed VALUES (?, ?)", (str(start), sealed))
        db.executemany("INSERT OR REPLACE INTO card_key VALUES (?, ?)", [(serial, str(start)) for serial in serials])
    db.execute("COMMIT")
    db.close()


def serial_of(number: int) -> str:
    """A customer's card."""
    return f"{SERIAL[:-5]}{number:05d}"


def account_of(number: int) -> str:
    """A customer's account."""
    return f"{ACCOUNT[:1]}{number:05d}"
