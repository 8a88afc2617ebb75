"""The mapping file: which of the old system's files is what, and how its columns are to be read. TOML."""

import codecs
import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import msgspec
from msgspec import Struct

from common.clerks import ClerkId
from syncserver.office.errors import OfficeError

FIELDS = {
    "accounts": (
        ("account", "name"),
        ("tariff_class", "branch", "phone", "address", "note", "limit", "opened", "closed", "arrears", "meter", "card"),
    ),
    "meters": (("account", "meter"), ("limit", "count", "used", "left", "removed")),
    "cards": (("account", "card"), ("issue", "lost")),
    "purchases": (
        ("account", "at", "amount", "credit"),
        ("meter", "count", "clerk", "payment", "tariff_class", "receipt", "void", "taken"),
    ),
}
"""By table, the fields that it must have a column for, and those that it may have."""

CODED = ("tariff_class", "payment", "clerk", "branch")
"""Fields whose values stand for something else, as `codes` says."""

_ENERGY = {"kWh": 1_000, "Wh": 1, "0.1kWh": 100, "0.01kWh": 10}
_MONEY = ("major", "minor")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,15}")


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """One table of the old system, in one file or several of one kind.

    Attributes:
        file: relative to the mapping file; `*` stands for anything: then all that match, by name.
        columns: which column is which field: its head, or its number from 1 where there is no head.
        sheet: of a workbook; "": the first.
        encoding: of a CSV or DBF file; "": `Mapping.encoding`.
        delimiter: of a CSV file.
        head: the line that the heads of columns stand in; 0: there is none.
    """

    file: str
    columns: dict[str, str | int]
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ","
    head: int = 1


class Units(Struct, frozen=True, forbid_unknown_fields=True):
    """What figures count: money in `major` units (yuan) or `minor` (fen); energy in kWh, Wh, 0.1kWh or 0.01kWh."""

    money: str = "major"
    energy: str = "kWh"


class Defaults(Struct, frozen=True, forbid_unknown_fields=True):
    """What holds where no column says. `limit`: the most credit that a meter takes at once, in kWh (or money)."""

    branch: str = ""
    tariff_class: str = ""
    payment: str = "cash"
    clerk: str = "old"
    limit: Decimal = Decimal(3_000)
    unit: str = "energy"


class Widths(Struct, frozen=True, forbid_unknown_fields=True):
    """How many digits numbers have: a spreadsheet drops the zeros that one begins with. 0: leave it as it is."""

    account: int = 0
    meter: int = 0


class ArrearsTerms(Struct, frozen=True, forbid_unknown_fields=True):
    """How what accounts owe is recovered: a share of each purchase, up to 1."""

    name: str = "旧系统欠费"
    share: Decimal = Decimal(1)


class Mapping(Struct, frozen=True, forbid_unknown_fields=True):
    """All of it.

    Attributes:
        name: of the import, once and for all: the same import goes on under it.
        folder: where the mapping file is.
        dates: how dates and times are written (strptime), tried in this order; what a file has as a date needs none.
        settled_days: a purchase so long before the last one of all is held to have reached its meter, where nothing
            says so; null: nobody knows of an account's last one.
        codes: by field, what the old system's codes stand for here. A field without codes has its values as they are.
    """

    name: str
    accounts: Table
    purchases: Table
    meters: Table | None = None
    cards: Table | None = None
    folder: Path = Path()
    encoding: str = "utf-8"
    dates: tuple[str, ...] = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y%m%d%H%M%S", "%Y%m%d")
    settled_days: int | None = None
    units: Units = Units()
    defaults: Defaults = Defaults()
    widths: Widths = Widths()
    arrears: ArrearsTerms = ArrearsTerms()
    codes: dict[str, dict[str, str]] = {}

    def tables(self) -> dict[str, Table]:
        """The tables that there are, by name."""
        found = {name: getattr(self, name) for name in FIELDS}
        return {name: table for name, table in found.items() if table is not None}

    def files(self, table: Table) -> list[Path]:
        """The files of a table.

        Raises:
            OfficeError: there is none.
        """
        found = sorted(self.folder.glob(table.file)) if "*" in table.file else [self.folder / table.file]
        missing = [path for path in found if not path.is_file()]
        if missing or not found:
            raise _wrong(f"there is no file {(missing or [self.folder / table.file])[0]}")
        return found

    @property
    def watt_hours(self) -> int:
        """In the unit that figures of energy count."""
        return _ENERGY[self.units.energy]


def read_mapping(path: Path) -> Mapping:
    """The mapping file.

    Raises:
        OfficeError: it cannot be read, or says something that cannot be.
    """
    try:
        text = path.read_text(encoding="utf-8")
        found = msgspec.toml.decode(text, type=Mapping, strict=False)
    except (OSError, UnicodeDecodeError) as error:
        raise OfficeError(f"The mapping {path} cannot be read: {error}.", "Check the path.") from error
    except msgspec.DecodeError as error:
        raise _wrong(str(error)) from error
    found = msgspec.structs.replace(found, folder=path.parent)
    _check(found)
    return found


def _check(mapping: Mapping) -> None:
    if not _NAME.fullmatch(mapping.name):
        raise _wrong("name: 1 to 16 lower-case letters, digits and dashes")
    for name, table in mapping.tables().items():
        _check_columns(name, table)
        _check_encoding(table.encoding or mapping.encoding)
        mapping.files(table)
    if "meter" not in mapping.accounts.columns and mapping.meters is None:
        raise _wrong("no column says which meter an account has: name accounts.columns.meter, or a table meters")
    if mapping.units.energy not in _ENERGY:
        raise _wrong(f"units.energy: one of {', '.join(_ENERGY)}")
    if mapping.units.money not in _MONEY:
        raise _wrong(f"units.money: one of {', '.join(_MONEY)}")
    if mapping.defaults.unit not in ("energy", "money"):
        raise _wrong("defaults.unit: energy or money")
    if not 0 < mapping.arrears.share <= 1:
        raise _wrong("arrears.share: above 0, up to 1")
    unknown = mapping.codes.keys() - set(CODED)
    if unknown:
        raise _wrong(f"codes.{min(unknown)}: only {', '.join(CODED)} can have codes")
    if "branch" not in mapping.accounts.columns and not mapping.defaults.branch:
        raise _wrong("no column says which branch an account is of: name accounts.columns.branch, or defaults.branch")
    _check_clerks([*mapping.codes.get("clerk", {}).values(), mapping.defaults.clerk])


def _check_columns(name: str, table: Table) -> None:
    must, may = FIELDS[name]
    missing = [field for field in must if field not in table.columns]
    if missing:
        raise _wrong(f"{name}.columns: which column is {missing[0]}?")
    unknown = [field for field in table.columns if field not in must + may]
    if unknown:
        raise _wrong(f"{name}.columns: there is no field {unknown[0]}; there are {', '.join(must + may)}")


def _check_encoding(encoding: str) -> None:
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise _wrong(f"there is no encoding {encoding}; GBK is gb18030") from error


def _check_clerks(names: Iterable[str]) -> None:
    for name in names:
        try:
            msgspec.convert(name, ClerkId)
        except msgspec.ValidationError as error:
            raise _wrong(f"{name!r} cannot be a clerk: up to 32 lower-case letters, digits, dots, dashes") from error


def _wrong(what: str) -> OfficeError:
    return OfficeError(f"The mapping does not hold: {what}.", "Put it right and try again; nothing was imported.")
