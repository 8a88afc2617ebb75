"""Lines end where a reader of Chinese expects it: none begins with a comma, and no figure is cut."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from till.messages import languages
from till.messages.words import texts
from till.screens.views.lines import NOT_FIRST, NOT_LAST, lines_of, pieces

LETTERS = st.text("电能表已读取（，。）：“”%元 abc0123.", max_size=60)


def wide(text: str) -> float:
    """Chinese is twice as wide as Latin."""
    return sum(2 if letter >= "\u2e80" else 1 for letter in text)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        (
            "电能表还没有取走上次购的电：130.112 kWh，购电次数 6。",
            30,
            "电能表还没有取走上次购的电：\n130.112 kWh，购电次数 6。",
        ),
        ("电能表已全部读取，上次插表时表内剩", 16, "电能表已全部读\n取，上次插表时\n表内剩"),
        ("退还（现金）。", 6, "退还\n（现\n金）。"),
        ("Put the card in the meter first.", 12, "Put the card\nin the meter\nfirst."),
        ("left 130.112 kWh", 12, "left\n130.112 kWh"),
        ("一行", 12, "一行"),
        ("in /media/wang/stick", 13, "in /media/\nwang/stick"),
        ("两\n行", 12, "两\n行"),
        ("in /media/a_long_name/st", 8, "in\n/media/\na_long_n\name/st"),
    ],
)
def test_lines(text, width, lines):
    assert lines_of(text, width, wide) == lines


@given(LETTERS, st.integers(4, 40))
def test_nothing_is_lost_and_no_line_begins_or_ends_with_what_may_not(text, width):
    lines = lines_of(text, width, wide).split("\n")
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(wide(line) <= width for line in lines)
    if any(wide(piece.rstrip()) > width for piece in pieces(text)):
        return  # what is wider than a line ends anywhere
    for before, line in pairwise(lines):
        assert line[:1] not in NOT_FIRST
        assert before[-1:] not in NOT_LAST


@pytest.mark.parametrize("language", languages("screens"))
@pytest.mark.parametrize("folder", ["screens", "card", "terms", "rules"])
def test_everything_that_is_said_can_be_set_in_a_narrow_place(folder, language):
    for text in texts(folder, language).values():
        for line in lines_of(text, 24, wide).split("\n")[1:]:
            assert line[:1] not in NOT_FIRST, text
