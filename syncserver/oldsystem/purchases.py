"""Purchases of the old system: read row by row, and kept by account in a file until they are taken over."""

import sqlite3
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct

from common.entries import ImportedPurchase
from syncserver.oldsystem.accounts import OldAccount, Reader, Refused
from syncserver.oldsystem.findings import Findings, Source
from syncserver.oldsystem.rows import Row, Value
from syncserver.oldsystem.totals import SourceReader, Totals
from syncserver.oldsystem.values import amount_of, count_of, flag_of, identifier_of, text_of

_MOST_COUNT = 2**32 - 1
_SECOND = timedelta(seconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BATCH = 20_000
_SAID, _NOT_SAID = 1, -1
_CLERK_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-")

_TABLE = """
CREATE TABLE purchase (account TEXT, meter TEXT, at INTEGER, count INTEGER, credit INTEGER, amount INTEGER,
    year INTEGER, clerk TEXT, payment TEXT, class TEXT, receipt TEXT, taken INTEGER, file TEXT, line INTEGER)
"""
_OF = """
SELECT meter, at, count, credit, amount, year, clerk, payment, class, receipt, taken, file, line
FROM purchase WHERE account = ? ORDER BY at, file, line
"""

_Staged = tuple[str | int, ...]


class Bought(Struct, frozen=True, gc=False):
    """A purchase that can be imported.

    Attributes:
        taken: 1: the old system says that the meter took it; 0: that it did not; -1: it does not say.
    """

    meter: str
    purchase: ImportedPurchase
    taken: int
    file: str
    line: int

    @property
    def source(self) -> Source:
        """Where its row stands."""
        return Source("purchases", self.file, self.line)


class Staging:
    """The purchases that can be imported, by account, in a file that is thrown away after."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        # Lost with the machine it is read again.
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute(_TABLE)
        self._waiting: list[_Staged] = []
        self.last = 0

    def add(self, row: _Staged) -> None:
        """One more: the columns of the table."""
        self._waiting.append(row)
        if len(self._waiting) >= _BATCH:
            self._flush()

    def ready(self) -> None:
        """All are there."""
        self._flush()
        self._db.execute("CREATE INDEX of_account ON purchase (account)")
        self.last = self._db.execute("SELECT coalesce(max(at), 0) FROM purchase").fetchone()[0]

    def of(self, account: str) -> list[Bought]:
        """An account's, in the order of time."""
        return [
            Bought(
                meter,
                ImportedPurchase(
                    _EPOCH + at * _SECOND, count, credit, amount, year, clerk, payment, tariff_class, receipt
                ),
                taken,
                file,
                line,
            )
            for meter, at, count, credit, amount, year, clerk, payment, tariff_class, receipt, taken, file, line
            in self._db.execute(_OF, (account,))
        ]  # fmt: skip

    def age(self, bought: Bought) -> timedelta:
        """How long before the last purchase of all it was."""
        return _EPOCH + self.last * _SECOND - bought.purchase.at

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _flush(self) -> None:
        self._db.execute("BEGIN")
        self._db.executemany(f"INSERT INTO purchase VALUES ({', '.join('?' * 14)})", self._waiting)
        self._db.execute("COMMIT")
        self._waiting = []


def read_purchases(
    reader: Reader,
    accounts: Mapping[str, OldAccount],
    refused_accounts: frozenset[str],
    findings: Findings,
    staging: Staging,
    told: Callable[[int], None],
) -> tuple[Totals, Totals]:
    """Read all purchases into the staging file. Returns the old system's totals, and those of the rows refused here."""
    totals = SourceReader(reader.mapping, reader.money, reader.credit)
    old, refused = Totals(), Totals()
    judge = _Judge(reader, accounts, refused_accounts)
    for source, row in reader.rows("purchases", told):
        key, credit, money = totals.read(row.values)
        old.add(key, credit, money)
        try:
            staging.add(judge.row(source, row))
        except Refused as error:
            refused.add(key, credit, money)
            findings.refuse(source, error.field, error.value, error.reason)
    staging.ready()
    return old, refused


class _Judge:
    def __init__(self, reader: Reader, accounts: Mapping[str, OldAccount], refused_accounts: frozenset[str]) -> None:
        self._reader, self._accounts, self._refused = reader, accounts, refused_accounts
        self._numbers: dict[Value, str] = {}
        widths = reader.mapping.widths
        self._account_width, self._meter_width = widths.account, widths.meter
        self._defaults = reader.mapping.defaults

    def row(self, source: Source, row: Row) -> _Staged:
        """The row as it is staged.

        Raises:
            Refused: it cannot be imported.
        """
        if not row.whole:
            raise Refused("", "", "columns")
        reader, defaults = self._reader, self._defaults
        account, at, amount, credit, meter, count, clerk, payment, tariff_class, receipt, void, taken = row.values
        owner = self._owner(account)
        when = reader.field("at", at, reader.times.of)
        money = reader.field("amount", amount, lambda value: amount_of(value, reader.money))
        energy = reader.field("credit", credit, lambda value: amount_of(value, reader.credit))
        if void is not None and reader.field("void", void, flag_of):
            raise Refused("void", void, "void")
        if money * energy < 0:
            raise Refused("amount", amount, "sign")
        return (
            owner.number,
            owner.meter.number if meter in (None, "") else self._meter(meter),
            (when - _EPOCH) // _SECOND,
            reader.field("count", count, _count),
            energy,
            money,
            reader.times.year(when),
            self._clerk(clerk),
            reader.coded("payment", payment, defaults.payment, 32),
            reader.coded("tariff_class", tariff_class, owner.tariff_class, 64),
            reader.field("receipt", receipt, _receipt),
            _NOT_SAID if taken in (None, "") else int(reader.field("taken", taken, flag_of)),
            source.file,
            source.line,
        )

    def _owner(self, value: Value) -> OldAccount:
        number = self._numbers.get(value)
        if number is None:
            number = self._reader.field("account", value, lambda given: identifier_of(given, self._account_width))
            self._numbers[value] = number
        owner = self._accounts.get(number)
        if owner is None:
            reason = "account_refused" if number in self._refused else "account_unknown"
            raise Refused("account", value, reason)
        return owner

    def _meter(self, value: Value) -> str:
        return self._reader.field("meter", value, lambda given: identifier_of(given, self._meter_width))

    def _clerk(self, value: Value) -> str:
        clerk = self._reader.coded("clerk", value, self._defaults.clerk, 32)
        if not _CLERK_LETTERS.issuperset(clerk) or clerk[0] in "._-":
            raise Refused("clerk", value, "clerk")
        return clerk


def _count(value: Value) -> int:
    return count_of(value, _MOST_COUNT)


def _receipt(value: Value) -> str:
    return text_of(value, 32)
