"""The tills' journals, a round at a time: what every till sends next, made and signed by all processors at once.

Tills are made in groups. A group's file holds its tills as they are after their last round, so that a load that was
broken off goes on where it was.
"""

import copyreg
import multiprocessing
import os
import pickle
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.entries import AccountFrozen
from tests.benchmarks.fleet import Seller
from tests.scale.plan import A_BRANCH, HANDFUL, MEASURED, Plan

GROUP = MEASURED

OPENING = 0
"""The round in which every account is opened."""

Told = Callable[[int], None]
"""Hears of so many more."""


def _key_of(raw: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(raw)


copyreg.pickle(
    type(Ed25519PrivateKey.generate()),  # type: ignore[arg-type]
    lambda key: (_key_of, (key.private_bytes_raw(),)),
)


@dataclass
class Identity:
    """Who a till is."""

    till: str
    key: Ed25519PrivateKey


def groups(plan: Plan) -> range:
    """The groups' numbers."""
    return range(-(-plan.tills // GROUP))


class Makers:
    """As many processes that make journals as there are processors."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self._folder, self._plan = folder, plan
        (folder / "lines").mkdir(exist_ok=True)
        self._pool = ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn"), _leave_interrupts)

    def __enter__(self) -> "Makers":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def make(self, number: int, told: Told) -> None:
        """Write what every till sends in this round; `told` hears of how many tills more it is written."""
        made = [self._pool.submit(_make_group, self._folder, self._plan, group, number) for group in groups(self._plan)]
        for one in as_completed(made):
            told(one.result())


def sellers_of(folder: Path, group: int) -> list[Seller]:
    """A group's tills, as they are after their last round."""
    return _read(folder, group)[1]


def identities(folder: Path, plan: Plan) -> list[Identity]:
    """All tills."""
    return [Identity(seller.till, seller.key) for group in groups(plan) for seller in sellers_of(folder, group)]


def body_of(folder: Path, till: str) -> Path:
    """What a till sends in the round that was made."""
    return folder / "lines" / till


@contextmanager
def handfuls(folder: Path, plan: Plan) -> Iterator[dict[str, list[bytes]]]:
    """What each till that is measured sends at each of its syncs, today; kept as sent at the end. One account was
    closed before it bought again, so that there is a case to look at."""
    done, sellers = _read(folder, 0)
    found: dict[str, list[bytes]] = {}
    for seller in sellers:
        seller.now, seller.step = max(seller.now, plan.began), timedelta(seconds=1)
        closing = _close_next(seller) if seller is sellers[0] else b""
        found[seller.till] = [b"".join(seller.sold(2 * HANDFUL)) for _ in range(2 * plan.sync_rounds)]
        found[seller.till][0] = closing + found[seller.till][0]
    yield found
    _write(folder, 0, done, sellers)


def _close_next(seller: Seller) -> bytes:
    customer = seller.customers[seller.jobs % seller.accounts]
    said = AccountFrozen(
        account=customer.account, reason="moved", clerk="wang", meter=customer.meter, known_count=customer.image.count
    )
    return seller.line(said)


def _make_group(folder: Path, plan: Plan, group: int, number: int) -> int:
    """Returns how many tills there are in it."""
    done, sellers = _read(folder, group) if _state(folder, group).exists() else (-1, _new(plan, group))
    if done < number:
        for seller in sellers:
            lines = seller.opening() if number == OPENING else seller.sold(2 * plan.vends_in(number))
            body_of(folder, seller.till).write_bytes(b"".join(lines))
        _write(folder, group, number, sellers)
    return len(sellers)


def _new(plan: Plan, group: int) -> list[Seller]:
    first, accounts = group * GROUP + 1, plan.accounts // plan.tills
    return [
        Seller(f"till-{n:04d}", f"branch-{(n - 1) // A_BRANCH:03d}", accounts, now=plan.since, step=plan.step)
        for n in range(first, min(first + GROUP, plan.tills + 1))
    ]


def _state(folder: Path, group: int) -> Path:
    return folder / f"tills-{group:03d}"


def _read(folder: Path, group: int) -> tuple[int, list[Seller]]:
    held: tuple[int, list[Seller]] = pickle.loads(_state(folder, group).read_bytes())
    return held


def _write(folder: Path, group: int, number: int, sellers: Iterable[Seller]) -> None:
    path = _state(folder, group)
    new = path.with_suffix(".new")
    new.write_bytes(pickle.dumps((number, list(sellers))))
    new.replace(path)


def _leave_interrupts() -> None:
    """Ctrl-C is the parent's to hear."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
