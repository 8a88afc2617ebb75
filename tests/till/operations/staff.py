"""A supervisor, and jobs at a counter where there is one."""

from argon2 import PasswordHasher

from common.account import standing
from till.operations.clerks import Supervisor
from till.operations.vend import Amount, vend
from till.store.rebuild import rebuild

HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
LI = Supervisor(clerk="li", pin="194673", reason="seen it")


def at(counter, card, job, *arguments):
    """A job at the counter with this card in the reader."""
    with counter.desk() as desk, counter.card(card) as driver:
        return job(desk, driver, *arguments)


def sell(counter, card, energy=50_000):
    return at(counter, card, vend, Amount(energy=energy))


def view(counter, account="A1"):
    with counter.desk() as desk:
        found = standing(desk.store.account(account))
        assert found.books.conserved
        assert rebuild(desk.store, check=True, progress=lambda _: None) == []
        return found
