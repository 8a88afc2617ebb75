"""The comparison of totals as a table."""

import io

import pytest
from rich.console import Console

from syncserver.cli.import_text import totals_table
from syncserver.oldsystem.totals import Key, Line, Sum
from syncserver.oldsystem.words import Words

LINES = [
    Line(
        Key("2025-11", "wang"),
        Sum(1_005_850, 207_778_900_000, 11_220_060_600),
        Sum(6_999, 614_000_000, 33_156_000),
        Sum(998_851, 207_164_900_000, 11_186_904_600),
    ),
    Line(Key("", ""), Sum(2, 2_000, 90_000_000), Sum(), Sum(1, 1_000, 10)),
]


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_figure_is_cut_short_however_narrow_the_terminal(language, width):
    console = Console(file=io.StringIO(), width=width)
    console.print(totals_table(Words(language), LINES, 2, energy=True), crop=False)
    said = console.file.getvalue()
    for figure in ("207,778,900.000", "111,869,046.00", "899,999.90", "207,164,901.000"):
        assert figure in said


def test_it_fits_an_ordinary_terminal():
    console = Console(file=io.StringIO(), width=80)
    console.print(totals_table(Words("en"), LINES, 2, energy=True), crop=False)
    lines = console.file.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert "Difference" in lines[0]
