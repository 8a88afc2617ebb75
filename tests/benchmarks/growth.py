"""What an entry costs with many stored, against few: the same tills sell the same in both offices, in turns.

The large office is filled with copies of real rows under other names (other tills, other accounts), between which the
tills that are measured were enrolled and opened their accounts, so that theirs lie far apart.
"""

import sqlite3
import statistics
from collections.abc import Iterable
from pathlib import Path

from syncserver.office.office import Office
from tests.benchmarks.fleet import Seller, sellers
from tests.benchmarks.measure import Row
from tests.benchmarks.offices import new_office, push

TILLS, ACCOUNTS, EACH, FEW = 20, 100, 200, 10_000
ROUNDS = 7

_RENAMED = {
    "journal": ("writer", "account"),
    "account": ("number", "branch", "branches"),
    "serves": ("branch", "account"),
    "card": ("serial", "account"),
    "vend": ("job", "account", "writer"),
    "feed": ("scope",),
}
"""Of each table, what names its rows."""

_MOVED = {
    ("journal", "position"): "position + :by",
    ("journal", "previous"): "CASE previous WHEN 0 THEN 0 ELSE previous + :by END",
    ("account", "last"): "last + :by",
    ("feed", "position"): "position + :feed_by",
    ("feed", "entry"): "entry + :by",
}
"""What says where they stand."""


def measure(folder: Path, stored: int) -> list[Row]:
    """The cost of an entry in both, as a ratio."""
    few = _office(folder / "few", FEW)
    many = _office(folder / "many", stored)
    costs: dict[str, list[float]] = {"few": [], "many": []}
    for _ in range(ROUNDS):
        for name, (office, fleet) in (("few", few), ("many", many)):
            bodies = [b"".join(seller.sold(EACH)) for seller in fleet]
            seconds, _ = push(office, fleet, bodies)
            costs[name].append(seconds / (TILLS * EACH) * 1e6)
    small, large = (statistics.median(costs[name]) for name in ("few", "many"))
    for office, _ in (few, many):
        office.close()
    name = f"with {FEW:,} stored"
    return [Row(f"an entry with {stored:,} stored, microseconds", large, name, small, large / small, "at most 1.3")]


def _office(folder: Path, stored: int) -> tuple[Office, list[Seller]]:
    fleet = sellers(TILLS, ACCOUNTS)
    office = new_office(folder, fleet)
    for number, seller in enumerate(fleet, 1):
        push(office, [seller], [b"".join([*seller.opening(), *seller.sold(EACH)])])
        _fill(office, fleet[0], stored * number // TILLS, number)
    return office, fleet


def _fill(office: Office, seller: Seller, wanted: int, number: int) -> None:
    """Copies of the first till's rows until so many entries are stored."""
    with sqlite3.connect(office.folder.database, isolation_level=None) as db:
        db.execute("PRAGMA synchronous = OFF")
        first = _one(db, "SELECT max(position) FROM journal WHERE writer = 'till-0001'")
        copy = 0
        while (held := _one(db, "SELECT max(position) FROM journal")) + first <= wanted:
            copy += 1
            feed = _one(db, "SELECT max(position + count) FROM feed")
            values = {"by": held, "feed_by": feed, "n": f"{number}-{copy}"}
            db.execute("BEGIN")
            for table in _RENAMED:
                db.execute(
                    f"INSERT INTO {table} SELECT {_copied(db, table)} FROM {table} WHERE {_within(table, seller)}",
                    values,
                )
            db.execute("COMMIT")


def _copied(db: sqlite3.Connection, table: str) -> str:
    """The columns of a copy."""
    names = [str(row[1]) for row in db.execute(f"PRAGMA table_info({table})")]
    return ", ".join(
        f"{name} || '-' || :n" if name in _RENAMED[table] else _MOVED.get((table, name), f'"{name}"') for name in names
    )


def _within(table: str, seller: Seller) -> str:
    """The rows of a till, found by their keys."""
    accounts = [customer.account for customer in seller.customers]
    match table:
        case "journal":
            return f"position <= (SELECT max(position) FROM journal WHERE writer = '{seller.till}')"
        case "feed":
            return f"position <= (SELECT max(position) FROM feed WHERE scope = '{seller.branch}')"
        case "serves":
            return f"branch = '{seller.branch}'"
        case "account":
            return f"number IN ({_listed(accounts)})"
        case "card":
            return f"serial IN ({_listed(customer.image.serial for customer in seller.customers)})"
        case _:
            return f"job IN ({_listed(f'{seller.till}/{number:08d}' for number in range(1, EACH // 2 + 1))})"


def _listed(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _one(db: sqlite3.Connection, query: str) -> int:
    found = db.execute(query).fetchone()[0]
    return 0 if found is None else int(found)
