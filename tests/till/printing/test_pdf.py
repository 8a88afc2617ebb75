"""A sheet as PDF, A5: what other programs read in it, and what a phone scans from its picture."""

import subprocess

import pytest
import zxingcpp
from PIL import Image

from tests.common.documents.papers import pages_of, text_of
from tests.till.printing.test_encode import CODE, sheet
from till.operations.receipts import copy_as_pdf, print_queued
from till.operations.refusals import BadField
from till.operations.vend import Amount, vend
from till.printing.pdf import PdfPrinter, render_a5
from till.printing.printer import PrinterFailed, Trouble

LONG = (
    "江南供电公司第一营业所很长很长的名字的营业员王小明 the Third of a very long name indeed, with a house and a garden"
)


def picture(pdf: bytes, tmp_path) -> Image.Image:
    (tmp_path / "sheet.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "150", "-png", "-singlefile", "sheet.pdf", "sheet"], cwd=tmp_path, check=True)
    return Image.open(tmp_path / "sheet.png")


@pytest.mark.parametrize("languages", [("zh", "en"), ("zh",), ("en",)], ids="+".join)
def test_it_is_one_page_of_a5_with_all_that_the_receipt_says(languages, tmp_path):
    receipt = sheet(languages)
    pdf = render_a5(receipt)
    drawn = picture(pdf, tmp_path)
    assert (drawn.width, drawn.height) == (875, 1241)  # 148 x 210 mm at 150 dots an inch
    assert pages_of(pdf) == 1
    text = " ".join(text_of(pdf).split())
    for label, value in [*receipt.head, *(row for section in receipt.sections for row in section)]:
        assert " ".join(label.split()) in text
        assert value in text
    assert receipt.proof[:32] in text
    assert [found.text for found in zxingcpp.read_barcodes(drawn)] == [CODE.text]
    assert ("户名" in text) is ("zh" in languages)


def test_the_same_sheet_gives_the_same_bytes():
    assert render_a5(sheet()) == render_a5(sheet())


def test_a_long_name_goes_on_below_and_nothing_of_it_is_lost():
    text = "".join(text_of(render_a5(sheet(name=LONG))).split())
    assert "".join(LONG.split()) in text


def test_a_report_of_many_rows_goes_on_on_the_next_page():
    receipt = sheet()
    rows = [(f"row {number}", str(number)) for number in range(40)]
    pdf = render_a5(
        type(receipt)(**{name: getattr(receipt, name) for name in receipt.__struct_fields__} | {"sections": [rows]})
    )
    assert pages_of(pdf) == 2
    assert all(label in text_of(pdf) for label, _ in rows)


def test_a_till_with_a_folder_of_pdfs_prints_each_original_once(branch, counter, tmp_path):
    card, printer = branch.customer(), PdfPrinter(tmp_path / "paper", ("zh", "en"))
    with counter.desk() as desk, counter.card(card) as driver:
        receipt = vend(desk, driver, Amount(money=10_000)).receipt
        assert print_queued(desk, printer) == [receipt]
        assert print_queued(desk, printer) == []
        copy = copy_as_pdf(desk, receipt, tmp_path / "mail", ("en",))
        with pytest.raises(BadField):
            copy_as_pdf(desk, "till-0001-00000099", tmp_path)
    assert [path.name for path in (tmp_path / "paper").iterdir()] == [f"{receipt}.pdf"]
    assert copy.name == f"{receipt}-copy-1.pdf"
    assert "COPY 1" in text_of(copy.read_bytes())
    assert "COPY" not in text_of((tmp_path / "paper" / f"{receipt}.pdf").read_bytes())


def test_without_a_font_it_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("KILOTILL_PAPER_FONT", str(tmp_path / "none.ttf"))
    with pytest.raises(PrinterFailed) as failed:
        render_a5(sheet())
    assert failed.value.reason == Trouble.NO_LETTERS
