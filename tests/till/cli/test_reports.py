"""`till report` and `syncserver report` by commands: text, files, both languages, and a report of then made again."""

import csv
import io
import shutil
from pathlib import Path

import pytest

from till.cli.explained import REFUSED


@pytest.fixture
def card(company, tmp_path):
    """A copy of the account's card: what is written on it is not on the others'."""
    return Path(shutil.copy(company.cards[0], tmp_path / "own.card"))


@pytest.fixture
def sold(company, card, tmp_path):
    """A copy of the till that has sold."""
    data = company.copy(tmp_path)
    done = company.with_card(card, "vend", "--money", "50", data=data)
    assert done.code == 0, done.text
    return data


def test_the_month_as_text_and_as_files(company, sold, tmp_path):
    told = company.till("report", "month", data=sold)
    assert told.code == 0, told.text
    assert "wang 王芳" in told.text
    assert "50.00" in told.text
    assert "Made from" in told.text
    chinese = company.with_card(0, "report", "month", lang="zh", data=sold)
    assert "售电月报" in chinese.text
    for kind, start in (("pdf", b"%PDF-"), ("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
        file = tmp_path / f"month.{kind}"
        done = company.till("report", "month", "--format", kind, "--out", file, data=sold)
        assert done.code == 0, done.text
        assert file.read_bytes().startswith(start)
    lines = list(csv.reader(io.StringIO((tmp_path / "month.csv").read_text("utf-8-sig"), newline="")))
    assert next(line for line in lines if line[0].startswith("wang"))[:4] == ["wang 王芳", "1", "92.946", "50.00"]
    told = company.till("report", "month", "--format", "csv", "--out", tmp_path / "again.csv", "--json", data=sold)
    assert told.json == {"file": str(tmp_path / "again.csv")}
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "month.csv").read_bytes()
    found = company.till("report", "month", "--json", data=sold).json
    assert found["name"] == "month"
    assert found["sections"][0]["total"][3] == 5_000


def test_every_report_is_there_in_both_languages(company, sold):
    for words in (
        ["receipts"], ["shifts"], ["arrears"], ["makeups"], ["closed"], ["stock"], ["statement", "A1"],
        ["month", "--by", "payment"], ["month", "--clerk", "wang"],
    ):  # fmt: skip
        for lang in ("en", "zh"):
            told = company.with_card(0, "report", *words, lang=lang, data=sold)
            assert told.code == 0, told.text


def test_a_report_of_then_is_made_again(company, sold, tmp_path):
    heads, first, again = tmp_path / "heads", tmp_path / "first.csv", tmp_path / "again.csv"
    words = ["report", "month", "--format", "csv"]
    assert company.till(*words, "--out", first, "--heads", heads, data=sold).code == 0
    assert company.till("shift", "open", "100", data=sold).code == 0
    assert company.till(*words, "--out", again, data=sold).code == 0
    assert again.read_bytes() != first.read_bytes()
    done = company.till(*words, "--out", again, "--as-of", heads, data=sold)
    assert done.code == 0, done.text
    assert again.read_bytes() == first.read_bytes()


def test_what_cannot_be_is_told(company, sold, tmp_path):
    (tmp_path / "nonsense").write_text("nonsense")
    for words, said in (
        (["month", "november"], "a month such as 2026-11"),
        (["month", "--as-of", tmp_path / "nonsense"], "no journal heads"),
        (["month", "--out", tmp_path / "no" / "where"], "cannot be made"),
        (["statement", "A9"], "A9"),
        (["shift", "7"], "none of that number"),
    ):
        told = company.till("report", *words, data=sold)
        assert (told.code, said in told.text) == (REFUSED, True), told.text


def test_the_office_tells_the_same_of_all_its_branches(company, card, tmp_path):
    assert company.with_card(card, "vend", "--money", "50").code == 0
    assert company.till("sync").code == 0
    ours = company.till("report", "month", "--json").json
    theirs = company.office("report", "month", "--branch", "hill", "--lang", "en", "--json").json
    assert theirs["sections"] == ours["sections"]
    assert "The totals are what the sales add up to." in company.office("report", "check").text
    for words in (
        ["receipts"], ["shifts"], ["arrears"], ["makeups"], ["closed"], ["stock"], ["statement", "A1"],
        ["month", "--by", "class"], ["month", "--clerk", "wang"],
    ):  # fmt: skip
        for lang in ("en", "zh"):
            told = company.office("report", *words, "--lang", lang)
            assert told.code == 0, told.text
    heads, first, again = tmp_path / "heads", tmp_path / "first.pdf", tmp_path / "again.pdf"
    words = ["report", "month", "--lang", "zh", "--format", "pdf"]
    assert company.office(*words, "--out", first, "--heads", heads).code == 0
    assert company.with_card(card, "card", "read").code == 0
    company.office("clerk", "change", "wang", "--name", "another")
    done = company.office(*words, "--out", again, "--as-of", heads)
    assert done.code == 0, done.text
    assert again.read_bytes() == first.read_bytes()
    (tmp_path / "nonsense").write_text("nonsense")
    assert "no file of journal heads" in company.office("report", "month", "--as-of", tmp_path / "nonsense").text
    assert "no month" in company.office("report", "month", "x").text
    assert "no account A9" in company.office("report", "statement", "A9").text
    assert "has closed no shift" in company.office("report", "shift", "till-0001", "3").text
