"""`till printer`, `till receipt` and `syncserver receipt check`, by commands, in both languages."""

import shutil

import pytest

from tests.till.printing.escpos import read
from tests.till.printing.loopback import loopback_printer


@pytest.fixture
def card(company, tmp_path):
    """The customer's card as it was first: each test has its own copy of the till."""
    return shutil.copy(company.cards[0], tmp_path / "one.card")


@pytest.fixture
def paper():
    with loopback_printer() as printer:
        yield printer


def test_a_receipt_from_the_printer_to_the_office(company, tmp_path, card, paper):
    data = company.copy(tmp_path)
    assert "text files in" in company.till("printer", "show", data=data).text
    set_ = company.till("printer", "set", "network", paper.address, "--paper", "58", "--native-qr", data=data)
    assert set_.code == 0, set_.text
    assert "58 mm" in set_.text
    assert "has Chinese letters" in set_.text
    assert "and when it has" in set_.text
    assert company.till("printer", "test", data=data).code == 0
    assert "PRINTER TEST" in read(paper.printed[-1], 58).text
    sold = company.with_card(card, "vend", "--money", "30", "--json", data=data)
    receipt = sold.json["job"]["receipt"]
    assert sold.json["printed"] == [receipt]
    assert sold.json["unprinted"] is None
    out = read(paper.printed[-1], 58)
    assert receipt in out.text
    assert not (data / "receipts" / f"{receipt}.txt").exists()
    assert "NO SUCH" in company.office("receipt", "check", "till-0099-00000001").text
    assert "NOT ARRIVED" in company.office("receipt", "check", out.qr[0]).text
    assert company.till("sync", data=data).code == 0
    checked = company.office("receipt", "check", out.qr[0])
    assert "Genuine." in checked.text
    assert "30.00 CNY" in checked.text
    assert company.office("receipt", "check", receipt, "--json").json["verdict"] == "genuine"
    assert company.office("receipt", "check", "hello").code == 3


def test_a_sale_is_told_though_its_receipt_does_not_print(company, tmp_path, card, paper):
    data = company.copy(tmp_path)
    assert company.till("printer", "set", "network", paper.address, data=data).code == 0
    paper.off()
    sold = company.with_card(card, "vend", "--money", "20", data=data)
    assert sold.code == 0
    assert "Sold " in sold.text
    assert "there is no printer, or it is off" in sold.text
    assert "receipts" in company.till("status", data=data).text
    failed = company.till("receipt", "print", data=data)
    assert failed.code == 4
    told = company.till("--lang", "zh", "receipt", "print", data=data)
    assert "没有打印机，或没有开机" in told.text
    paper.on()
    assert company.till("receipt", "print", data=data).code == 0
    assert company.till("receipt", "print", data=data).text.strip() == "No receipt waits."


def test_a_receipt_in_question_is_asked_about(company, tmp_path, card, paper):
    data = company.copy(tmp_path)
    assert company.till("printer", "set", "network", paper.address, "--native-qr", data=data).code == 0
    paper.dies_after = 300
    sold = company.with_card(card, "vend", "--money", "20", "--json", data=data)
    receipt = sold.json["job"]["receipt"]
    assert sold.json["printed"] == []
    paper.dies_after = None
    asked = company.till("receipt", "print", data=data).text
    assert f"till receipt settle {receipt}" in asked
    assert f"{receipt}：是否完整打出" in company.till("--lang", "zh", "receipt", "questions", data=data).text
    settled = company.till("receipt", "settle", receipt, "--not-out", data=data)
    assert f"Copy 1 of {receipt}" in settled.text
    assert "COPY 1" in read(paper.printed[-1], 80).text
    refused = company.till("receipt", "settle", receipt, "--out", data=data)
    assert refused.code == 3
    assert "in no question" in refused.text


def test_a_spoiled_receipt_gets_another_number(company, tmp_path, card):
    data = company.copy(tmp_path)
    first = company.with_card(card, "vend", "--money", "20", "--json", data=data).json["job"]["receipt"]
    asked = ["receipt", "void", first, "--by", "li", "--reason", "torn by the printer", "--pin"]
    assert company.till(*asked, "111222", data=data).code == 3
    voided = company.till(*asked, "194673", data=data)
    assert f"{first} is void: " in voided.text
    assert "In place of" in max((data / "receipts").glob("*.txt")).read_text()
    again = company.till("--lang", "zh", "receipt", "reprint", first, data=data)
    assert "已作废" in again.text


def test_receipts_as_pdf(company, tmp_path, card):
    data, folder = company.copy(tmp_path), tmp_path / "pdf"
    assert company.till("printer", "set", "pdf", folder, data=data).code == 0
    receipt = company.with_card(card, "vend", "--money", "20", "--json", data=data).json["job"]["receipt"]
    assert (folder / f"{receipt}.pdf").read_bytes().startswith(b"%PDF")
    mailed = company.till("receipt", "pdf", receipt, tmp_path, "--language", "en", data=data)
    assert mailed.text.strip() == str(tmp_path / f"{receipt}-copy-1.pdf")
    assert company.till("receipt", "pdf", "till-0001-00000077", data=data).code == 3


def test_a_printer_that_cannot_be_reached_is_not_set(company, tmp_path, paper):
    data = company.copy(tmp_path)
    paper.off()
    assert company.till("printer", "set", "network", paper.address, data=data).code == 4
    assert company.till("printer", "set", "network", "not a host!", data=data).code == 3
    assert company.till("printer", "show", "--json", data=data).json["kind"] == "none"
    given = company.till(
        "printer", "set", "network", paper.address, "--chinese", "image", "--answers", "none", data=data
    )
    assert given.code == 0
    assert company.till("printer", "show", "--json", data=data).json["kind"] == "network"


def test_all_that_is_in_question_may_be_out(company, tmp_path, card, paper):
    data = company.copy(tmp_path)
    assert company.till("account", "amend", "A1", "--address", "3 Hill Lane", data=data).code == 0
    assert company.till("printer", "set", "network", paper.address, "--native-qr", data=data).code == 0
    paper.dies_after = 300
    first = company.with_card(card, "vend", "--money", "20", "--json", data=data).json["job"]["receipt"]
    company.till("receipt", "reprint", first, data=data)
    paper.dies_after = None
    status = company.till("status", data=data)
    assert "may be out or not: till receipt questions" in status.text
    asked = company.till("status", "--json", data=data).json["receipts_asked"]
    assert asked == [f"{first}-copy-1"]
    settled = company.till("receipt", "settle", "--out", "--json", data=data)
    assert settled.json == asked
    assert company.till("status", "--json", data=data).json["receipts_asked"] == []
    assert company.till("receipt", "reprint", first, data=data).code == 0
    assert "3 Hill Lane" in read(paper.finished()[-1], 80).text
