"""Arrears: what an account owes from before, recovered a part at a time from what it buys."""

from collections.abc import Sequence

from msgspec import Struct

from common.tariff.model import WHOLE
from common.units import Count


class Debt(Struct, frozen=True, kw_only=True):
    """Arrears that are still open.

    Attributes:
        arrears: their id.
        outstanding: minor units.
        share: recovered from each purchase: millionths of what is paid in all; or
        fixed: a sum from each purchase, minor units.
    """

    arrears: str
    name: str
    outstanding: Count
    share: Count = 0
    fixed: Count = 0


class Recovered(Struct, frozen=True, kw_only=True):
    """Minor units of some arrears that a purchase pays."""

    arrears: str
    name: str
    amount: Count


def recover_from_money(debts: Sequence[Debt], money: int) -> list[Recovered]:
    """What is recovered when so much is paid in all; never more than is paid."""
    found: list[Recovered] = []
    left = money
    for debt in debts:
        wanted = debt.fixed or money * debt.share // WHOLE
        amount = min(debt.outstanding, wanted, left)
        left -= amount
        if amount:
            found.append(Recovered(arrears=debt.arrears, name=debt.name, amount=amount))
    return found


def recover_on_top(debts: Sequence[Debt], cost: int) -> list[Recovered]:
    """What is recovered on top of energy that costs so much: each share is of cost and recovery together."""
    found: list[Recovered] = []
    for debt in debts:
        part = -(-cost * debt.share // (WHOLE - debt.share)) if debt.share < WHOLE else debt.outstanding
        amount = min(debt.outstanding, debt.fixed or part)
        if amount:
            found.append(Recovered(arrears=debt.arrears, name=debt.name, amount=amount))
    return found
