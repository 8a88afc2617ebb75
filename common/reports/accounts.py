"""Lists over accounts: arrears, make-ups owed, closed accounts. An account that is closed stays in all of them.

`scope` says in each which accounts these are, by name of a parameter.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from common.account import AccountFacts, details, open_debts, past_of, standing
from common.documents import Cell, Column, Document, Kind, Section
from common.reports.source import Source
from common.units import CreditUnit


class AccountList(StrEnum):
    """The lists, by their names as documents."""

    ARREARS = "arrears"
    MAKEUPS = "makeups"
    CLOSED = "closed"


def lists_of(facts: AccountFacts) -> tuple[AccountList, ...]:
    """The lists that have this account; a plain one (common.account.plain) is in none."""
    found = {
        AccountList.ARREARS: open_debts(facts),
        AccountList.MAKEUPS: standing(facts).owed,
        AccountList.CLOSED: facts.frozen,
    }
    return tuple(name for name, there in found.items() if there)


class Held(Struct, frozen=True):
    """An account as a report takes it: its facts (the recent ones do), and the branch that opened it."""

    facts: AccountFacts
    branch: str

    @property
    def names(self) -> list[Cell]:
        """Its number, its name and its branch."""
        known = details(self.facts)
        return [self.facts.account, "" if known is None else known.name, self.branch]


def arrears(source: Source, accounts: Iterable[Held], scope: Mapping[str, str]) -> Document:
    """What accounts owe: each debt that is open."""
    columns = _columns(source, arrears="", phone="", outstanding=Kind.MONEY)
    rows = [row for held in accounts for row in _debts(held)]
    return _list(source, AccountList.ARREARS, scope, columns, rows, ["outstanding"])


def makeups_owed(source: Source, accounts: Iterable[Held], scope: Mapping[str, str]) -> Document:
    """Credit that was paid for, never reached its meter, and waits to be made up."""
    columns = _columns(
        source, receipt="", sold=Kind.TIME, card="", energy=Kind.ENERGY, money_credit=Kind.MONEY, because=""
    )
    rows = [row for held in accounts for row in _owed(source, held)]
    return _list(source, AccountList.MAKEUPS, scope, columns, rows, ["energy", "money_credit"])


def closed(source: Source, accounts: Iterable[Held], scope: Mapping[str, str]) -> Document:
    """Accounts that are closed for good, with all that they ever bought: nothing of them was erased."""
    columns = _columns(
        source, closed=Kind.TIME, clerk="", reason="", vends=Kind.COUNT, energy=Kind.ENERGY, money_credit=Kind.MONEY,
        net=Kind.MONEY,
    )  # fmt: skip
    rows = [row for held in accounts if (row := _closed(source, held)) is not None]
    return _list(source, AccountList.CLOSED, scope, columns, rows, ["vends", "energy", "money_credit", "net"])


def _columns(source: Source, **others: str) -> list[Column]:
    names = {"account": "", "name": "", "branch": ""} | others
    return [Column(name, source.title(name), Kind(kind or Kind.TEXT)) for name, kind in names.items()]


def _list(
    source: Source,
    name: str,
    scope: Mapping[str, str],
    columns: list[Column],
    rows: list[list[Cell]],
    summed: list[str],
) -> Document:
    rows.sort(key=lambda row: (str(row[2]), str(row[0]), str(row[3])))
    total: list[Cell] = [
        sum(int(str(row[place])) for row in rows) if column.name in summed else None
        for place, column in enumerate(columns)
    ]
    total[0] = source.words("column.total")
    return source.document(name, [Section(columns=columns, rows=rows, total=total)], parameters=scope)


def _debts(held: Held) -> Iterator[list[Cell]]:
    known = details(held.facts)
    for debt in open_debts(held.facts):
        yield [*held.names, debt.name, "" if known is None else known.phone, debt.outstanding]


def _owed(source: Source, held: Held) -> Iterator[list[Cell]]:
    for owed in standing(held.facts).owed:
        job = held.facts.jobs[owed.for_job]
        energy = owed.credit if owed.unit is CreditUnit.ENERGY else 0
        because = source.words("standing.proved" if owed.decision is None else "standing.decided")
        yield [*held.names, job.receipt or job.job, job.at, job.card, energy, owed.credit - energy, because]


def _closed(source: Source, held: Held) -> list[Cell] | None:
    frozen = held.facts.frozen
    if frozen is None:
        return None
    at: datetime = frozen.at
    books = standing(held.facts).books
    return [
        *held.names, at, source.clerk(frozen.body.clerk), frozen.body.reason, _vends(held.facts), books.energy.sold,
        books.money_credit.sold, books.money,
    ]  # fmt: skip


def _vends(facts: AccountFacts) -> int:
    recent = sum(job.purpose == "vend" and job.state == "written" for job in facts.jobs.values())
    return past_of(facts).vends + recent
