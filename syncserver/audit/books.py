"""The books: credit by where it is, and money, over all accounts; and the conflicts that the rules found."""

from typing import Any

import msgspec
from msgspec import Struct

from common.account import CreditBooks, standing, unpack
from common.units import CreditUnit
from syncserver.store import MasterStore


class Totals(Struct, frozen=True, kw_only=True):
    """Over all accounts: credit by where it is, in watt-hours and in minor units, and money.

    Attributes:
        not_conserved: accounts whose books do not hold.
    """

    accounts: int
    energy: CreditBooks
    money_credit: CreditBooks
    money: int
    conserved: bool
    not_conserved: list[str]


def balance(store: MasterStore) -> Totals:
    """The books over all accounts."""
    sums = {unit: dict.fromkeys(CreditBooks.__struct_fields__, 0) for unit in CreditUnit}
    broken: list[str] = []
    count = money = 0
    with store.read() as reading:
        for row in reading.all_accounts():
            count += 1
            books = standing(unpack(row.facts)).books
            money += books.money
            for unit, sum_of in sums.items():
                for name in sum_of:
                    sum_of[name] += getattr(books.of(unit), name)
            if not books.conserved:
                broken.append(row.number)
    return Totals(
        accounts=count,
        energy=CreditBooks(**sums[CreditUnit.ENERGY]),
        money_credit=CreditBooks(**sums[CreditUnit.MONEY]),
        money=money,
        conserved=not broken,
        not_conserved=broken,
    )


def decisions(store: MasterStore) -> list[dict[str, Any]]:
    """The rules' decisions in force: make-ups, arrears and refunds owed, cards blocked, cases."""
    with store.read() as reading:
        return [{"type": row.type, **msgspec.json.decode(row.value)} for row in reading.decisions()]
