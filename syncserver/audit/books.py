"""The books: energy by where it is, and money, over all accounts; and the conflicts that the rules found."""

from typing import Any

import msgspec
from msgspec import Struct

from common.account import standing, unpack
from common.entries import type_of
from syncserver.store import MasterStore


class Totals(Struct, frozen=True, kw_only=True):
    """Over all accounts: watt-hours by where they are, money in minor units.

    Attributes:
        not_conserved: accounts whose books do not hold.
    """

    accounts: int
    sold: int
    made_up: int
    moved: int
    reversed: int
    refunded: int
    taken: int
    cleared: int
    on_cards: int
    on_dead_cards: int
    owed: int
    held: int
    money: int
    conserved: bool
    not_conserved: list[str]


_SUMMED = (
    "sold", "made_up", "moved", "reversed", "refunded", "taken", "cleared", "on_cards", "on_dead_cards", "owed", "held",
    "money",
)  # fmt: skip


def balance(store: MasterStore) -> Totals:
    """The books over all accounts."""
    sums = dict.fromkeys(_SUMMED, 0)
    broken: list[str] = []
    count = 0
    with store.read() as reading:
        for row in reading.all_accounts():
            count += 1
            books = standing(unpack(row.facts)).books
            for name in _SUMMED:
                sums[name] += getattr(books, name)
            if not books.conserved:
                broken.append(row.number)
    return Totals(accounts=count, conserved=not broken, not_conserved=broken, **sums)


def decisions(store: MasterStore) -> list[dict[str, Any]]:
    """The rules' decisions in force: make-ups owed, cards blocked, cases for a person."""
    found: list[dict[str, Any]] = []
    with store.read() as reading:
        for row in reading.all_accounts():
            facts = unpack(row.facts)
            found.extend(
                {"type": type_of(made), **msgspec.to_builtins(made)} for _, made in sorted(facts.decisions.items())
            )
    return found
