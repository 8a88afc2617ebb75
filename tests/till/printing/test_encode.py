"""A sheet as ESC/POS, read by a decoder of the tests' own: for both papers, in each language, with its QR code."""

from datetime import UTC, datetime

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from common.entries import UtilitySet
from common.receipt_code import BadReceiptCode, ReceiptCode, read_receipt_code
from tests.till.printing.escpos import Picture, Text, read
from till.printing.layout import COLUMNS, as_text, lay_out, width, wrapped
from till.printing.pos.encode import encode
from till.printing.receipt import Page, Receipt
from till.printing.setup import Letters, PrinterKind, PrinterSetup
from till.printing.words import BOTH, PaperWords

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
UTILITY = UtilitySet(name="测试电力 Test Power", currency="CNY", digits=2, zone="Asia/Shanghai")
CODE = ReceiptCode(till="till-0001", epoch=1, seq=4711, hash="a1" * 32)


def sheet(languages: tuple[str, ...] = BOTH, name: str = "李四", **more: object) -> Receipt:
    page = Page(UTILITY, PaperWords(languages))
    about = [
        (page.words("row.account"), "0000100001"),
        (page.words("row.name"), name),
        (page.words("row.card"), "6201000000000000"),
        (page.words("row.purchase"), "12"),
    ]
    lines = [(f"{page.words('row.tier')} 1  2760.000 kWh x 0.538", "1484.88")]
    return page.receipt("till-0001-00000012", "vend", AT, [about, lines], CODE.hash, code=CODE.text, **more)


def printer(**like: object) -> PrinterSetup:
    return PrinterSetup(kind=PrinterKind.NETWORK, address="127.0.0.1", **like)


def scanned(picture: Picture) -> str | None:
    """What a phone reads from it."""
    edge = 12
    drawn = Image.new("L", (len(picture.rows[0]) + 2 * edge, len(picture.rows) + 2 * edge), 255)
    for y, row in enumerate(picture.rows):
        for x, black in enumerate(row):
            if black:
                drawn.putpixel((x + edge, y + edge), 0)
    found = zxingcpp.read_barcodes(drawn)
    return found[0].text if found else None


@pytest.mark.parametrize("paper", [58, 80])
@pytest.mark.parametrize("languages", [("zh", "en"), ("zh",), ("en",)], ids="+".join)
def test_a_printer_with_chinese_letters_is_sent_text(paper, languages):
    receipt = sheet(languages)
    found = read(encode(receipt, printer(paper=paper, letters=Letters.GB18030)), paper)
    assert [line.text for line in found.lines if isinstance(line, Text)] == [
        line.text for line in lay_out(receipt, COLUMNS[paper])
    ]
    assert ("收据号" in found.text) is ("zh" in languages)
    assert ("Receipt" in found.text) is ("en" in languages)
    title = next(line for line in found.lines if isinstance(line, Text) and line.high == 2)
    assert title.centred
    assert [scanned(picture) for picture in found.pictures] == [CODE.text]
    assert found.pictures[0].centred
    assert found.cuts == 1
    assert found.kicks == 0


@pytest.mark.parametrize("paper", [58, 80])
def test_a_printer_without_is_sent_pictures_of_the_lines_that_have_chinese(paper):
    receipt = sheet()
    found = read(encode(receipt, printer(paper=paper)), paper)
    assert found.text.isascii()
    lines = lay_out(receipt, COLUMNS[paper])
    drawn = [line for line in lines if not line.text.isascii()]
    *pictures, code = found.pictures
    assert scanned(code) == CODE.text
    assert len(pictures) == len(drawn)
    for picture, line in zip(pictures, drawn, strict=True):
        assert len(picture.rows) == (60 if line.big else 30)
        assert not any(picture.rows[0] + picture.rows[-1]), "a letter is cut off above or below"
        columns = [any(row[x] for row in picture.rows) for x in range(len(picture.rows[0]))]
        assert any(columns)
        if line.centred:
            left, right = columns.index(True), columns[::-1].index(True)
            assert abs(left - right) <= 24
        else:
            assert columns.index(True) < 24


def test_the_printer_draws_the_code_where_it_can():
    found = read(encode(sheet(), printer(letters=Letters.GB18030, native_qr=True)), 80)
    assert (found.qr, found.pictures) == ([CODE.text], [])


def test_a_copy_says_so_and_which():
    found = read(encode(sheet(copy=2), printer(letters=Letters.GB18030)), 80)
    assert "副本 COPY 2" in found.text


def test_the_drawer_opens_before_the_paper_comes():
    found = read(encode(sheet(), printer(letters=Letters.GB18030), open_drawer=True), 80)
    assert (found.kicks, found.kicked_first) == (1, True)


def test_a_printer_that_cannot_cut_feeds_so_that_the_paper_can_be_torn_off():
    data = encode(sheet(), printer(cut=False))
    assert read(data, 80).cuts == 0
    assert data.endswith(b"\x1bd\x04")


NAMES = st.text(st.characters(codec="gb18030", categories=("L", "N", "P", "S", "Zs")), max_size=60)


@given(name=NAMES, paper=st.sampled_from([58, 80]))
def test_no_line_is_wider_than_the_paper_whatever_somebody_is_called(name, paper):
    receipt = sheet(name=name)
    lines = lay_out(receipt, COLUMNS[paper])
    assert all(width(line.text) <= COLUMNS[paper] for line in lines)
    read(encode(receipt, printer(paper=paper, letters=Letters.GB18030)), paper)
    shown = "".join(line.text for line in lines).replace(" ", "")
    assert "".join(name.split(" ")) in shown


@given(NAMES, st.integers(2, 50))
def test_a_long_text_is_broken_and_nothing_of_it_is_lost(text, columns):
    lines = wrapped(text, columns)
    assert all(width(line) <= columns for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_file_has_the_same_as_the_paper():
    text = as_text(sheet())
    assert text.splitlines()[0].strip() == UTILITY.name
    assert "till-0001-00000012" in text
    assert CODE.hash[:32] in text


@pytest.mark.parametrize("change", [str.lower, str.upper, lambda text: f"  {text}\n"])
def test_the_code_is_read_as_it_was_printed(change):
    assert read_receipt_code(change(CODE.text)) == CODE


@pytest.mark.parametrize(
    "text", ["", "KT1", CODE.text[:-1], CODE.text + "0", CODE.text.replace("KT1", "KT2"), "till-1"]
)
def test_another_text_is_no_code(text):
    with pytest.raises(BadReceiptCode):
        read_receipt_code(text)
