"""CSV and XLSX: other programs read the figures as figures, and the same document gives the same bytes."""

import csv
import io
import time
from datetime import datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.documents import JournalHead, render_csv, render_text
from common.documents.frame import BadHeads, heads_seal, heads_text, read_heads
from common.documents.xlsx import render_xlsx
from tests.common.documents.papers import document, row


def rows_of(raw):
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def test_csv_has_figures_without_commas_and_days_of_the_utilitys_zone():
    lines = rows_of(render_csv(document(row())))
    assert ["王小明", "1234", "50.125", "1234567.89", "2026-11-30", "2026-11-30 23:59"] in lines
    assert ["till-0001", "1", "70", "ab" * 32, "70", ""] in lines


def test_csv_is_that_of_rfc_4180():
    raw = render_csv(document(row('王"小", 明\n二')))
    assert raw.count(b"\r\n") == len(rows_of(raw))
    assert len({len(line) for line in rows_of(raw)}) == 1


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "+HYPERLINK(1)", "-cmd|x", "\t=1"])
def test_a_name_is_no_formula(name):
    assert any(line[0] == f"'{name}" for line in rows_of(render_csv(document(row(name)))))
    sheet = openpyxl.load_workbook(io.BytesIO(render_xlsx(document(row(name))))).worksheets[0]
    assert any(cell.value == name and cell.data_type == "s" for line in sheet.iter_rows() for cell in line)


def test_a_telephone_number_and_a_sum_below_zero_stay_as_they_are():
    lines = rows_of(render_csv(document(row("+86 571 8765", -5))))
    assert ["+86 571 8765", "1234", "50.125", "-0.05", "2026-11-30", "2026-11-30 23:59"] in lines


@given(money=st.integers(-(10**15) + 1, 10**15 - 1))
def test_excel_reads_the_very_figure(money):
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx(document(row(money=money)))))
    lines = [[cell.value for cell in line] for line in book.worksheets[0].iter_rows()]
    found = next(line for line in lines if line[0] == "王小明")
    assert round(Decimal(repr(found[3])), 2) == Decimal(money).scaleb(-2)
    assert found[1:3] == [1234, 50.125]
    assert found[4:] == [datetime(2026, 11, 30), datetime(2026, 11, 30, 23, 59)]


def test_the_heads_have_a_sheet_of_their_own():
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx(document(row()))))
    assert [cell.value for cell in book["日志末条"][2]] == ["till-0001", 1, 70, "ab" * 32, 70]


def test_a_workbook_is_the_same_at_another_time():
    first = render_xlsx(document(row()))
    time.sleep(2.1)  # a ZIP file counts in steps of two seconds
    assert render_xlsx(document(row())) == first


def test_text_lines_up_though_chinese_letters_are_wide():
    lines = render_text(document(row(), row("Li"))).splitlines()
    first, second = (next(line for line in lines if line.startswith(name)) for name in ("王小明", "Li"))
    assert first.index("1,234") + 3 == second.index("1,234")  # three letters that take two places each


def test_heads_are_read_back():
    heads = [
        JournalHead(writer="till-0002", epoch=1, seq=7, hash="cd" * 32, entries=7),
        JournalHead(writer="office", epoch=1, seq=3, hash="ef" * 32, entries=3),
    ]
    assert read_heads(heads_text(heads)) == sorted(heads, key=lambda head: head.writer)
    assert heads_seal(heads) == heads_seal(heads[::-1])
    part = JournalHead(writer="till-0003", epoch=2, seq=9, hash="ab" * 32, entries=4)
    assert read_heads(heads_text([part])) == [part]


@pytest.mark.parametrize(
    "text", ["", "till-0001 1 7", f"till-0001 x 7 {'a' * 64}", f"till-0001 1 7 {'a' * 64} x", "till-0001 1 7 abc"]
)
def test_what_is_no_heads_file_is_refused(text):
    with pytest.raises(BadHeads):
        read_heads(text)
