"""Finding an account among 10,000, by each way of asking, beside the 50 ms that it may take."""

import random
import statistics
import time
from pathlib import Path

from common.entries import AccountOpened
from tests.benchmarks.measure import Row
from tests.till.branch import Clock, Counter, OfficeVoice
from till.operations.accounts import find_accounts

ACCOUNTS, ALLOWED_MS = 10_000, 50.0
SURNAMES, GIVEN = "李王张刘陈杨赵黄周吴单", "伟芳娜敏静秀丽强磊军洋勇艳杰娟涛明超"
WORDS = {
    "number": "00000042",
    "meter": "M42",
    "phone": "13800004",
    "name": "王伟",
    "initials": "wxm",
    "nothing": "zzzz",
}


def measure(folder: Path) -> list[Row]:
    """The slowest of the ways of asking."""
    chance = random.Random(7)
    office = OfficeVoice(Clock())
    counter = Counter("till-0001", folder, office)
    with counter.desk() as desk:
        desk.journal.commit(*(_opened(chance, number) for number in range(ACCOUNTS)))
        slowest = max(statistics.median(_times(desk, words)) for words in WORDS)
    return [
        Row("finding one of 10,000 accounts, ms", slowest, "allowed", ALLOWED_MS, slowest / ALLOWED_MS, "at most 1")
    ]


def _opened(chance: random.Random, number: int) -> AccountOpened:
    return AccountOpened(
        account=f"{number:010d}",
        name=chance.choice(SURNAMES) + chance.choice(GIVEN) + chance.choice(GIVEN),
        meter=f"M{number:06d}",
        tariff_class="residential",
        limit=9_000_000,
        clerk="wang",
        phone=f"138{number:08d}",
    )


def _times(desk, words: str) -> list[float]:
    times = []
    for _ in range(20):
        began = time.perf_counter()
        find_accounts(desk, words, 50)
        times.append((time.perf_counter() - began) * 1_000)
    return times
