"""The town's files as an old system leaves them: DBF and CSV in GB18030, workbooks that drop zeros; and mappings."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import xlsxwriter

from tests.oldsystem.dbf import DbfFile, Field
from tests.oldsystem.town import BRANCHES, CLASSES, CLERKS, PAYMENTS, Account, Purchase, Town

FORMATS = ("csv", "xlsx", "dbf")
NAME = "town-2016"

ACCOUNTS = [
    Field("户号", "C", 10), Field("户名", "C", 20), Field("用电类别", "C", 1), Field("营业点", "C", 2),
    Field("电话", "C", 15), Field("地址", "C", 40), Field("备注", "M", 10), Field("建户日期", "D", 8),
    Field("销户", "L", 1), Field("欠费", "N", 10, 2),
]  # fmt: skip
METERS = [
    Field("户号", "C", 10), Field("表号", "C", 8), Field("购电次数", "N", 6), Field("总用电量", "N", 10),
    Field("剩余电量", "N", 10), Field("拆表", "L", 1),
]  # fmt: skip
CARDS = [Field("户号", "C", 10), Field("卡号", "C", 10), Field("补卡序号", "N", 3), Field("挂失", "L", 1)]
PURCHASES = [
    Field("户号", "C", 10), Field("表号", "C", 8), Field("购电时间", "C", 19), Field("次数", "C", 12),
    Field("电量", "N", 10), Field("金额", "C", 20), Field("营业员", "C", 2), Field("付款", "C", 1),
    Field("票号", "C", 12), Field("作废", "C", 1),
]  # fmt: skip


def write_files(town: Town, folder: Path, formats: Sequence[str] = FORMATS) -> dict[str, Path]:
    """Write the town in each of these formats. Returns the mapping files."""
    with ExitStack() as stack:
        wanted = [_WRITERS[name](folder) for name in formats]
        for writer in wanted:
            stack.enter_context(writer)
        # Purchases come first: what meters say follows from them.
        for writer in wanted:
            writer.begin("purchases", PURCHASES)
        for row in town.rows():
            for writer in wanted:
                writer.add(_purchase(row))
        for name, fields, rows in (
            ("accounts", ACCOUNTS, _accounts(town)),
            ("meters", METERS, _meters(town)),
            ("cards", CARDS, _cards(town)),
        ):
            for writer in wanted:
                writer.begin(name, fields)
            for cells in rows:
                for writer in wanted:
                    writer.add(cells)
    return {name: _mapping(folder, name) for name in formats}


def _purchase(row: Purchase) -> list[str]:
    return [
        row.account, row.meter, row.at, row.count, row.energy, row.amount, row.clerk, row.payment, row.receipt, row.void
    ]  # fmt: skip


def _accounts(town: Town) -> Iterator[list[str]]:
    every: Iterable[Account] = [*town.accounts, town.again()] if town.dirt else town.accounts
    for one in every:
        yield [
            one.number, one.name, one.tariff_class, one.branch, one.phone, one.address, one.note, one.opened,
            one.closed, one.arrears,
        ]  # fmt: skip


def _meters(town: Town) -> Iterator[list[str]]:
    for one in town.accounts:
        if one.old_meter:
            yield [one.number, one.old_meter, "", "", "", "T"]
        used, left = (one.taken - one.left) // 1_000, one.left // 1_000
        yield [one.number, one.meter, str(one.told), str(used), str(left), "F"]


def _cards(town: Town) -> Iterator[list[str]]:
    for one in town.accounts:
        for serial, issue, lost in one.cards:
            yield [one.number, serial, str(issue), lost or "F"]


class _Csv:
    def __init__(self, folder: Path) -> None:
        self._folder, self._stack = folder, ExitStack()

    def __enter__(self) -> "_Csv":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def begin(self, table: str, fields: Sequence[Field]) -> None:
        path = self._folder / f"{table}.csv"
        file = self._stack.enter_context(path.open("w", encoding="gb18030", newline=""))
        self._writer = csv.writer(file)
        self._writer.writerow([field.name for field in fields])

    def add(self, cells: Sequence[str]) -> None:
        self._writer.writerow(cells)


class _Book:
    """One workbook, a sheet a table. Account numbers are figures in it, as when somebody opened a CSV in it once."""

    def __init__(self, folder: Path) -> None:
        # Strings in the rows themselves: a million of them would else wait in memory.
        self._book = xlsxwriter.Workbook(folder / "town.xlsx", {"constant_memory": True})

    def __enter__(self) -> "_Book":
        return self

    def __exit__(self, *_: object) -> None:
        self._book.close()

    def begin(self, table: str, fields: Sequence[Field]) -> None:
        self._sheet = self._book.add_worksheet(table)
        self._figures = {
            place for place, field in enumerate(fields) if field.type == "N" or field.name in ("户号", "表号")
        }
        self._sheet.write_row(0, 0, [field.name for field in fields])
        self._row = 0

    def add(self, cells: Sequence[str]) -> None:
        self._row += 1
        for place, cell in enumerate(cells):
            if place in self._figures and cell.lstrip("-").replace(".", "").isdigit():
                if self._row % 500 == 0:
                    self._sheet.write_formula(self._row, place, f"={cell.lstrip('0') or 0}", value=float(cell))
                else:
                    self._sheet.write_number(self._row, place, float(cell))
            elif cell:
                self._sheet.write_string(self._row, place, cell)


class _Dbf:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: DbfFile | None = None

    def __enter__(self) -> "_Dbf":
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def begin(self, table: str, fields: Sequence[Field]) -> None:
        self._close()
        self._file = DbfFile(self._folder / f"{table}.dbf", fields, "gb18030")
        self._file.add(["0"] * len(fields), deleted=True)

    def add(self, cells: Sequence[str]) -> None:
        assert self._file is not None
        self._file.add(cells)

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()


_WRITERS = {"csv": _Csv, "xlsx": _Book, "dbf": _Dbf}


def _mapping(folder: Path, format: str) -> Path:
    def place(table: str) -> str:
        return f'file = "town.xlsx"\nsheet = "{table}"' if format == "xlsx" else f'file = "{table}.{format}"'

    def codes(name: str, known: dict[str, str]) -> str:
        return f"[codes.{name}]\n" + "\n".join(f'{code} = "{value}"' for code, value in known.items())

    text = _MAPPING.format(
        name=NAME,
        **{table: place(table) for table in ("accounts", "meters", "cards", "purchases")},
        tariff_class=codes("tariff_class", CLASSES),
        branch=codes("branch", BRANCHES),
        clerk=codes("clerk", CLERKS),
        payment=codes("payment", PAYMENTS),
    )
    path = folder / f"{format}.toml"
    path.write_text(text, encoding="utf-8")
    return path


_MAPPING = """
name = "{name}"
encoding = "gb18030"
dates = ["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y%m%d"]

[units]
money = "major"
energy = "kWh"

[widths]
account = 10
meter = 8

[accounts]
{accounts}
[accounts.columns]
account = "户号"
name = "户名"
tariff_class = "用电类别"
branch = "营业点"
phone = "电话"
address = "地址"
note = "备注"
opened = "建户日期"
closed = "销户"
arrears = "欠费"

[meters]
{meters}
[meters.columns]
account = "户号"
meter = "表号"
count = "购电次数"
used = "总用电量"
left = "剩余电量"
removed = "拆表"

[cards]
{cards}
[cards.columns]
account = "户号"
card = "卡号"
issue = "补卡序号"
lost = "挂失"

[purchases]
{purchases}
[purchases.columns]
account = "户号"
meter = "表号"
at = "购电时间"
count = "次数"
credit = "电量"
amount = "金额"
clerk = "营业员"
payment = "付款"
receipt = "票号"
void = "作废"

{tariff_class}
{branch}
{clerk}
{payment}
"""
