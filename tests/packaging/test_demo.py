"""The demonstrations are what a newcomer sees first: they run, and what they claim holds."""

import subprocess
import sys
from pathlib import Path

import pytest

DEMO = Path(__file__).parents[2] / "packaging" / "demo.py"


@pytest.mark.parametrize(
    ("words", "rows"),
    [((), 0), (("--counter",), 14), (("--old-system", "--purchases", "3000"), 0)],
    ids=["main job", "counter", "old system"],
)
def test_the_demo_ends_well(words: tuple[str, ...], rows: int, tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, DEMO, *words, tmp_path / "demo"], capture_output=True, text=True, timeout=300, check=False
    )
    assert ran.returncode == 0, ran.stdout[-2_000:] + ran.stderr
    assert ran.stdout.count("\n* ") >= 7
    assert sum(f"│ {number} " in ran.stdout for number in range(1, 21)) == rows


def test_the_demo_empties_no_folder_but_its_own(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious")
    ran = subprocess.run([sys.executable, DEMO, tmp_path], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 1
    assert "name another folder" in ran.stderr
    assert (tmp_path / "mine").read_text() == "precious"


def test_every_row_of_the_rule_table_is_shown_by_two_tills_and_an_office(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, DEMO, "--conflicts", tmp_path / "demo"],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-2_000:] + ran.stderr
    assert "10 rows shown" in ran.stdout
