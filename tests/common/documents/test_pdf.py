"""PDF: one page when it must be, nothing lost, the same bytes again. What another program reads in it is compared."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.documents import Column, Kind, Section
from common.documents.fonts import FontMissing, paper_font
from common.documents.layout import wrap
from common.documents.pdf import render_pdf
from tests.common.documents.papers import COLUMNS, FONT, document, pages_of, row, text_of

LONG = "江南供电公司第一营业所很长很长的名字的营业员王小明 the Third of a long name"


def squeezed(text):
    return re.sub(r"\s", "", text)


def test_the_same_document_gives_the_same_bytes():
    assert render_pdf(document(row()), FONT) == render_pdf(document(row()), FONT)


def test_all_of_it_is_there():
    text = text_of(render_pdf(document(row(), row("Li")), FONT))
    for said in (
        "江南供电公司",
        "售电月报 2026-11",
        "1,234,567.89",
        "50.125",
        "2026-11-30 23:59",
        "未决的不计入",
        "制表",
        "ab" * 32,
    ):
        assert said in text


@pytest.mark.parametrize("count", [0, 1, 30, 70])
def test_one_page_is_one_page(count):
    pdf = render_pdf(document(*(row(f"{number} {LONG}") for number in range(count)), one_page=True), FONT)
    assert pages_of(pdf) == 1
    text = squeezed(text_of(pdf))
    assert text.count("1,234,567.89") == count


def test_others_go_on_with_their_head_repeated():
    pdf = render_pdf(document(*(row(str(number)) for number in range(200))), FONT)
    text = text_of(pdf)
    assert pages_of(pdf) == text.count("电量 kWh") > 1
    assert text.count("1,234,567.89") == 200


def test_a_long_name_is_broken_and_figures_never_are():
    columns = [Column(f"c{number}", f"第 {number} 列", Kind.MONEY) for number in range(8)]
    section = Section(columns=[COLUMNS[0], *columns], rows=[[LONG * 3, *[123_456_789_012] * 8]])
    text = text_of(render_pdf(document(sections=[section]), FONT))
    assert text.count("1,234,567,890.12") == 8
    assert sum(letter == "明" for letter in text) == 3


def test_the_heads_are_in_the_file(tmp_path):
    raw = render_pdf(document(row()), FONT)
    assert b"/EmbeddedFile" in raw
    assert b"heads.txt" in raw


def test_without_a_font_it_says_where_it_looked(tmp_path):
    with pytest.raises(FontMissing) as refused:
        paper_font(str(tmp_path / "none.ttf"))
    assert "none.ttf" in refused.value.places


@given(text=st.text(alphabet=st.sampled_from("ab 中文，.1"), max_size=60), room=st.integers(1, 20))
@settings(max_examples=200)
def test_wrapping_loses_nothing_but_spaces_and_keeps_to_the_width(text, room):
    lines = list(wrap(text, lambda part: float(len(part)), float(room)))
    assert squeezed("".join(lines)) == squeezed(text)
    assert all(len(line) <= room for line in lines)
