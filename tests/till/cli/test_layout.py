"""Columns line up on a screen, where a Chinese letter takes two places."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from till.cli.layout import columns, labelled

TEXTS = st.text(alphabet="ab 户号电能表", max_size=12).map(str.strip)


@given(rows=st.lists(st.tuples(TEXTS, TEXTS, st.just("|")), min_size=1, max_size=6), right=st.booleans())
def test_the_last_column_begins_at_one_place(rows, right):
    lines = columns([list(row) for row in rows], right=[0, 1] if right else [])
    assert len({cell_len(line[: line.index("|")]) for line in lines}) == 1


@given(pairs=st.lists(st.tuples(TEXTS, st.just("|x\n|y")), min_size=1, max_size=6), width=st.integers(0, 20))
def test_values_begin_at_one_place_on_all_their_lines(pairs, width):
    lines = labelled(pairs, width=width)
    assert len(lines) == 2 * len(pairs)
    places = {cell_len(line[: line.index("|")]) for line in lines}
    assert len(places) == 1
    assert places.pop() >= width


def test_a_table_in_chinese():
    assert columns([["户号", "次数"], ["A1", "12"]], right=[1]) == ["户号  次数", "A1      12"]
