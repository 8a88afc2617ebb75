"""Accounts of the old system, with their meters and cards, put together from its tables."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from common.units import LARGEST
from syncserver.oldsystem.findings import Findings, Source
from syncserver.oldsystem.mapping import FIELDS, Mapping
from syncserver.oldsystem.rows import Row, Value, rows_of
from syncserver.oldsystem.values import (
    Bad,
    Times,
    amount_of,
    card_of,
    count_of,
    flag_of,
    identifier_of,
    note_of,
    text_of,
)

T = TypeVar("T")

_BRANCH = re.compile(r"\w[\w-]{0,31}")
_MOST_ISSUE, _MOST_COUNT = 65_534, 2**32 - 1
_MOST_LIMIT = 2**32 - 1


@dataclass
class OldMeter:
    """A meter, and what it said when the old system heard of it last: -1 for what it did not say."""

    number: str
    source: Source
    limit: int = 0
    count: int = -1
    taken: int = -1
    removed: bool = False


@dataclass
class OldCard:
    """A card. `issue` 0: the old system kept none."""

    serial: str
    source: Source
    issue: int = 0
    lost: bool = False


@dataclass
class OldAccount:
    """An account. `arrears`: minor units."""

    number: str
    was: str
    name: str
    tariff_class: str
    branch: str
    limit: int
    source: Source
    phone: str = ""
    address: str = ""
    note: str = ""
    opened: str = ""
    closed: bool = False
    arrears: int = 0
    meters: list[OldMeter] = field(default_factory=list)
    cards: list[OldCard] = field(default_factory=list)

    @property
    def meter(self) -> OldMeter:
        """The one on its wall: the last that was not taken away; when all were, the last."""
        hung = [meter for meter in self.meters if not meter.removed]
        return (hung or self.meters)[-1]


class Refused(Exception):
    """A row that cannot be imported: which field, its value, and why."""

    def __init__(self, field: str, value: object, reason: str) -> None:
        super().__init__(reason)
        self.field, self.value, self.reason = field, value, reason


class Reader:
    """Reads rows of a table into fields; what cannot be read is a Refused.

    Args:
        digits: of the utility's minor unit.
    """

    def __init__(self, mapping: Mapping, times: Times, digits: int) -> None:
        self.mapping, self.times = mapping, times
        self.money = 10**digits if mapping.units.money == "major" else 1
        self.credit = mapping.watt_hours if mapping.defaults.unit == "energy" else self.money
        self._codes: dict[tuple[str, Value], str] = {}

    def rows(self, table: str, told: Callable[[int], None]) -> Iterator[tuple[Source, Row]]:
        """The rows of a table's files. `told`: how many more there are.

        Raises:
            SourceBroken: a file cannot be read to its end.
        """
        spec = self.mapping.tables().get(table)
        if spec is None:
            return
        fields = [*FIELDS[table][0], *FIELDS[table][1]]
        for path in self.mapping.files(spec):
            for row in rows_of(self.mapping, spec, path, fields):
                told(1)
                yield Source(table, path.name, row.line), row

    def field(self, name: str, value: Value, read: Callable[[Value], T]) -> T:
        """A field of a row.

        Raises:
            Refused: it cannot be that.
        """
        try:
            return read(value)
        except Bad as error:
            raise Refused(name, value, error.reason) from error

    def coded(self, name: str, value: Value, default: str, longest: int) -> str:
        """What a code stands for here; the value itself where the field has no codes, the default where it is empty.

        Raises:
            Refused: there is no such code.
        """
        known = self._codes.get((name, value))
        if known is not None:
            return known
        text = self.field(name, value, lambda found: text_of(found, longest))
        codes = self.mapping.codes.get(name)
        if not text:
            text = default
        elif codes is not None:
            if text not in codes:
                raise Refused(name, value, "code")
            text = codes[text]
        self._codes[name, value] = text
        return text


def read_accounts(
    reader: Reader, findings: Findings, told: Callable[[int], None]
) -> tuple[dict[str, OldAccount], set[str]]:
    """All accounts that can be imported, by number; and the numbers of all that there are rows for."""
    found: dict[str, OldAccount] = {}
    seen: set[str] = set()
    for source, row in reader.rows("accounts", told):
        try:
            _check_whole(row)
            number = _number(reader, row.values[0])
            if number in seen:
                raise Refused("account", row.values[0], "account_twice")
            seen.add(number)
            found[number] = _account(reader, source, number, row.values)
        except Refused as refused:
            findings.refuse(source, refused.field, refused.value, refused.reason)
    _read_meters(reader, findings, told, found)
    _read_cards(reader, findings, told, found)
    _without_shared_meters(findings, found)
    _without_shared_cards(findings, found)
    return found, seen


def _check_whole(row: Row) -> None:
    if not row.whole:
        raise Refused("", "", "columns")


def _account(reader: Reader, source: Source, known: str, values: Sequence[Value]) -> OldAccount:
    mapping, defaults = reader.mapping, reader.mapping.defaults
    (number, name, tariff_class, branch, phone, address, note, limit, opened, closed, arrears, meter, card) = values
    found = OldAccount(
        number=known,
        was=reader.field("account", number, lambda value: text_of(value, 32)),
        name=reader.field("name", name, _name),
        tariff_class=reader.coded("tariff_class", tariff_class, defaults.tariff_class, 64),
        branch=_branch(reader, branch),
        limit=_limit(reader, limit),
        source=source,
        phone=reader.field("phone", phone, lambda value: text_of(value, 100)),
        address=reader.field("address", address, note_of),
        note=reader.field("note", note, note_of),
        opened=reader.field("opened", opened, reader.times.day),
        closed=reader.field("closed", closed, flag_of),
        arrears=0 if arrears in (None, "") else reader.field("arrears", arrears, lambda value: _money(reader, value)),
    )
    if not found.tariff_class:
        raise Refused("tariff_class", tariff_class, "empty")
    if meter not in (None, ""):
        read = reader.field("meter", meter, lambda value: identifier_of(value, mapping.widths.meter))
        found.meters.append(OldMeter(read, source))
    if serial := reader.field("card", card, card_of):
        found.cards.append(OldCard(serial, source))
    return found


def _number(reader: Reader, value: Value) -> str:
    return reader.field("account", value, lambda given: identifier_of(given, reader.mapping.widths.account))


def _name(value: Value) -> str:
    name = text_of(value)
    if not name:
        raise Bad("empty")
    return name


def _branch(reader: Reader, value: Value) -> str:
    branch = reader.coded("branch", value, reader.mapping.defaults.branch, 64)
    if not _BRANCH.fullmatch(branch) or branch == "office" or branch.startswith("till-"):
        raise Refused("branch", value, "branch")
    return branch


def _limit(reader: Reader, value: Value) -> int:
    if value in (None, ""):
        times = 1_000 if reader.mapping.defaults.unit == "energy" else reader.money
        return int(reader.mapping.defaults.limit * Decimal(times))
    found = reader.field("limit", value, lambda given: amount_of(given, reader.credit))
    if not 0 < found <= _MOST_LIMIT:
        raise Refused("limit", value, "count")
    return found


def _money(reader: Reader, value: Value) -> int:
    found = amount_of(value, reader.money)
    if not 0 <= found <= LARGEST:
        raise Bad("count")
    return found


def _read_meters(reader: Reader, findings: Findings, told: Callable[[int], None], found: dict[str, OldAccount]) -> None:
    for source, row in reader.rows("meters", told):
        try:
            _check_whole(row)
            account = _owner(reader, row.values[0], found)
            meter = _meter(reader, source, row.values)
            known = [other for other in account.meters if other.number == meter.number]
            account.meters = [other for other in account.meters if other.number != meter.number] + [meter]
            if known and known[0].source.table == "meters":
                findings.notice(source, "meter", row.values[1], "twice")
            elif not meter.removed and sum(not other.removed for other in account.meters) > 1:
                findings.notice(source, "meter", row.values[1], "meters_two")
        except Refused as refused:
            findings.refuse(source, refused.field, refused.value, refused.reason)


def _meter(reader: Reader, source: Source, values: Sequence[Value]) -> OldMeter:
    _, meter, limit, count, used, left, removed = values
    found = OldMeter(
        number=reader.field("meter", meter, lambda value: identifier_of(value, reader.mapping.widths.meter)),
        source=source,
        limit=0 if limit in (None, "") else _limit(reader, limit),
        removed=reader.field("removed", removed, flag_of),
    )
    if count not in (None, ""):
        found.count = reader.field("count", count, lambda value: count_of(value, _MOST_COUNT))
        if used not in (None, "") and left not in (None, ""):
            taken = reader.field("used", used, lambda value: amount_of(value, reader.credit))
            taken += reader.field("left", left, lambda value: amount_of(value, reader.credit))
            if not 0 <= taken < 2**48:
                raise Refused("used", used, "count")
            found.taken = taken
    return found


def _read_cards(reader: Reader, findings: Findings, told: Callable[[int], None], found: dict[str, OldAccount]) -> None:
    for source, row in reader.rows("cards", told):
        try:
            _check_whole(row)
            account = _owner(reader, row.values[0], found)
            _, serial, issue, lost = row.values
            card = OldCard(
                serial=reader.field("card", serial, _card),
                source=source,
                issue=reader.field("issue", issue, lambda value: count_of(value, _MOST_ISSUE)),
                lost=reader.field("lost", lost, flag_of),
            )
            account.cards = [other for other in account.cards if other.serial != card.serial]
            if card.issue and any(other.issue == card.issue for other in account.cards):
                raise Refused("issue", issue, "issue_twice")
            account.cards.append(card)
        except Refused as refused:
            findings.refuse(source, refused.field, refused.value, refused.reason)


def _card(value: Value) -> str:
    serial = card_of(value)
    if not serial:
        raise Bad("empty")
    return serial


def _owner(reader: Reader, value: Value, found: dict[str, OldAccount]) -> OldAccount:
    account = found.get(_number(reader, value))
    if account is None:
        raise Refused("account", value, "account_unknown")
    return account


def _without_shared_meters(findings: Findings, found: dict[str, OldAccount]) -> None:
    """An account whose meter is another's too cannot be taken over: whose credit would it be?"""
    hung = Counter(account.meter.number for account in found.values() if account.meters and not account.closed)
    for number, account in list(found.items()):
        if not account.meters:
            findings.refuse(account.source, "meter", "", "meter_none")
            del found[number]
        elif hung[account.meter.number] > 1 and not account.closed:
            findings.refuse(account.meter.source, "meter", account.meter.number, "meter_twice")
            del found[number]


def _without_shared_cards(findings: Findings, found: dict[str, OldAccount]) -> None:
    owners = Counter(serial for account in found.values() for serial in {card.serial for card in account.cards})
    for account in found.values():
        for card in account.cards:
            if owners[card.serial] > 1:
                findings.refuse(card.source, "card", card.serial, "card_twice")
        account.cards = [card for card in account.cards if owners[card.serial] == 1]
