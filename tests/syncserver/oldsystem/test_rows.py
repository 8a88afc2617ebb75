"""Files as old systems and people leave them: hostile, broken, and merely odd."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncserver.oldsystem import rows
from syncserver.oldsystem.mapping import Mapping, Table
from syncserver.oldsystem.rows import Row, SourceBroken, Value, about_how_many, rows_of
from tests.oldsystem.dbf import DbfFile, Field

FIELDS = ("account", "name")
HEADS: dict[str, str | int] = {"account": "户号", "name": "户名"}
DBF = [Field("户号", "C", 10), Field("户名", "M", 10)]


def read(path: Path, columns: dict[str, str | int] = HEADS, encoding: str = "utf-8", **settings: object) -> list[Row]:
    table = Table(file=path.name, columns=columns, encoding=encoding, **settings)  # type: ignore[arg-type]
    return list(rows_of(Mapping(name="x", accounts=table, purchases=table), table, path, FIELDS))


def values(found: list[Row]) -> list[tuple[Value, ...]]:
    return [row.values for row in found]


def dbf(path: Path, cells: Sequence[Sequence[str]]) -> Path:
    file = DbfFile(path, DBF, "gb18030")
    for row in cells:
        file.add(row)
    file.add(["gone", ""], deleted=True)
    file.add(["last", ""])
    file.close()
    return path


def test_csv_in_the_encodings_of_the_trade(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for encoding, mark in (("gb18030", ""), ("gbk", ""), ("utf-8", "\ufeff"), ("utf-8", ""), ("utf-16", "")):
        path.write_bytes(f"{mark}户号,户名\r\n001,王五\r\n".encode(encoding))
        assert values(read(path, encoding=encoding)) == [("001", "王五")]


def test_lines_are_the_files_own(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('系统导出\n户号;户名\n\n1;"王\n五"\n2;李四\n3\n4;a;b\n', encoding="utf-8")
    found = read(path, head=2, delimiter=";")
    assert [(row.line, row.whole) for row in found] == [(4, True), (6, True), (7, False), (8, False)]
    assert found[0].values == ("1", "王\n五")


def test_columns_by_number_where_there_is_no_head(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("王五,1\n李四,2\n", encoding="utf-8")
    assert values(read(path, {"account": 2, "name": 1}, head=0)) == [("1", "王五"), ("2", "李四")]


def test_what_is_no_text_of_the_encoding_spoils_its_row_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("户号,户名\n1,".encode() + b"\xff\xfe" + "\n2,李四\n".encode())
    found = values(read(path))
    assert "\ufffd" in str(found[0][1])
    assert found[1] == ("2", "李四")


def test_a_column_that_is_not_there_is_said_with_those_that_are(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("户号,姓名\n1,2\n", encoding="utf-8")
    with pytest.raises(SourceBroken, match="no column 户名; there are 户号, 姓名"):
        read(path)


def test_a_quotation_mark_that_never_ends_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('户号,户名\n1,"' + "x\n" * 600_000, encoding="utf-8")
    with pytest.raises(SourceBroken, match="field larger"):
        read(path)


def test_a_dbf_file_with_memos_and_deleted_records(tmp_path: Path) -> None:
    found = read(dbf(tmp_path / "a.dbf", [("001", "孤寡老人。" * 200), ("002", "")]), encoding="gb18030")
    assert [(row.line, row.values[0]) for row in found] == [(1, "001"), (2, "002"), (4, "last")]
    assert found[0].values[1] == "孤寡老人。" * 200
    assert not found[1].values[1]
    assert about_how_many(tmp_path / "a.dbf") == 4


def test_a_dbf_file_without_its_memos_is_refused(tmp_path: Path) -> None:
    path = dbf(tmp_path / "a.dbf", [("001", "x")])
    (tmp_path / "a.dbt").unlink()
    with pytest.raises(SourceBroken, match="memo"):
        read(path, encoding="gb18030")


def test_a_dbf_file_that_was_cut_anywhere_is_refused(tmp_path: Path) -> None:
    """All of it, or none: a part of it would be taken for the whole."""
    path = dbf(tmp_path / "a.dbf", [(f"{number:03}", "") for number in range(3)])
    whole = path.read_bytes()
    assert len(read(path, encoding="gb18030")) == 4
    for size in range(len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(SourceBroken):
            read(path, encoding="gb18030")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_dbf_file_with_flipped_bytes_is_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    path = dbf(tmp_path / "a.dbf", [("001", "孤寡"), ("002", "")])
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw)
    try:
        found = read(path, encoding="gb18030")
    except SourceBroken:
        return
    assert len(found) <= 4


def test_a_workbook_with_formulas_dates_and_an_empty_corner(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("其他")
    sheet = book.add_worksheet("用户")
    sheet.write_row(2, 1, ["户号", "户名"])
    sheet.write_formula(3, 1, "=1000+1", value=1001)
    sheet.write_string(3, 2, "王五")
    sheet.write_number(5, 1, 12345)
    sheet.write_formula(5, 2, "=1/0", value="#DIV/0!")
    book.close()
    found = read(path, sheet="用户", head=3)
    assert [(row.line, row.values[0]) for row in found] == [(4, 1001.0), (6, 12345.0)]
    assert found[0].values[1] == "王五"
    with pytest.raises(SourceBroken, match="no workbook that can be read"):
        read(path, sheet="表")


def test_a_workbook_that_unfolds_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet().write_row(0, 0, ["户号", "户名"])
    book.close()
    monkeypatch.setattr(rows, "_MOST_UNPACKED", 1_000)
    with pytest.raises(SourceBroken, match="unfolds"):
        read(path)


def test_what_is_no_file_of_these_kinds_is_refused(tmp_path: Path) -> None:
    for name in ("a.xlsx", "a.dbf", "a.mdb"):
        path = tmp_path / name
        path.write_bytes(b"nothing of the kind" * 10)
        with pytest.raises(SourceBroken):
            read(path)
