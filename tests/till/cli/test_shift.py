"""`till shift` in both languages: from the first sale, which opens one by itself, to the Z report of the next clerk."""

import pytest

from till.cli.explained import REFUSED


def test_a_shift_by_commands(company, tmp_path):
    data = company.copy(tmp_path)
    assert "No shift is open" in company.till("shift", "show", data=data).text
    assert "No shift was closed yet." in company.till("shift", "list", data=data).text
    sold = company.with_card(0, "vend", "--money", "50", data=data)
    assert "one has begun by itself" in sold.text
    assert "200.00 yuan in the drawer" in company.till("shift", "open", "200", data=data).text
    shown = company.till("shift", "show", data=data)
    assert "X REPORT" in shown.text
    assert company.till("shift", "show", "--json", data=data).json["shift"]["opening_float"] == 20_000
    pieces = ["--pieces", "100x2 50x1"]
    assert "right to the cent" in company.till("shift", "count", *pieces, data=data).text
    assert "lacks 1.00 yuan" in company.till("shift", "count", "--cash", "249", data=data).text
    assert "off by -1.00 yuan" in company.till("shift", "close", "--cash", "249", data=data).text
    closed = company.till("shift", "close", *pieces, data=data)
    assert closed.code == 0
    assert "Z REPORT" in closed.text
    (paper,) = (data / "receipts").glob("*-Z1-00001.txt")
    paper.unlink()
    assert company.till("shift", "print", "1", data=data).code == 0
    assert paper.exists()
    assert "Z REPORT" in company.till("shift", "show", "1", data=data).text
    assert "250.00 yuan" in company.till("shift", "list", data=data).text
    assert "none of that number" in company.till("shift", "show", "2", data=data).text
    assert company.till("rebuild", "--check", data=data).code == 0


def test_a_large_difference_and_a_hand_over(company, tmp_path):
    data = company.copy(tmp_path)
    assert company.till("shift", "open", "100", data=data).code == 0
    short = ["--cash", "50", "--explanation", "a customer was given too much"]
    refused = company.till("shift", "hand-over", "li", "--to-pin", "194673", *short, data=data)
    assert "a supervisor has to stand by it" in refused.text
    by = ["--by", "li", "--reason", "seen on the camera", "--pin", "194673"]
    done = company.till("shift", "hand-over", "li", "--to-pin", "194673", *short, *by, data=data)
    assert done.code == 0, done.text
    assert "lacks 50.00 yuan" in done.text
    shift = company.till("shift", "show", "--json", data=data).json["shift"]
    assert (shift["clerk"], shift["opening_float"]) == ("li", 5_000)
    assert company.till("status", data=data).code == 0


@pytest.mark.parametrize("words", [["--pieces", "3x1"], ["--pieces", "100"], ["--pieces", "100x1", "--cash", "1"], []])
def test_what_cannot_be_counted_is_told(company, tmp_path, words):
    data = company.copy(tmp_path)
    assert company.till("shift", "open", data=data).code == 0
    told = company.till("shift", "count", *words, data=data)
    assert told.code == REFUSED
    assert "Nothing was changed." in told.text


def test_in_chinese(company, tmp_path):
    data = company.copy(tmp_path)
    assert "已开班，钱箱备用金 200.00 元。" in company.with_card(0, "shift", "open", "200", lang="zh", data=data).text
    closed = company.with_card(0, "shift", "close", "--cash", "201", "--explanation", "找零", lang="zh", data=data)
    assert "钱箱多出 1.00 元。" in closed.text
