"""`till gui`: what it says when it cannot open a window. The window itself: tests/gui."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
TILL = Path(sys.executable).parent / "till"


def run(*words, **environment):
    settings = {name: value for name, value in os.environ.items() if name not in _DISPLAYS}
    return subprocess.run([TILL, *words], env=settings | environment, capture_output=True, text=True, timeout=60)


def test_a_folder_that_is_no_till(tmp_path):
    ended = run("--data", tmp_path, "--lang", "en", "gui")
    assert ended.returncode == 3
    assert "There is no till" in ended.stderr


@pytest.mark.parametrize("size", ["big", "10x10", "800"])
def test_a_size_that_is_none(tmp_path, size):
    ended = run("--data", tmp_path, "gui", "--size", size)
    assert ended.returncode == 2
    assert "WIDTHxHEIGHT" in ended.stderr


def test_no_display_and_no_font_are_said(branch, counter):
    with counter.desk() as desk:
        from till.operations.opening import Enrolment

        desk.store.set_setting(
            "enrolment",
            Enrolment(till="till-0001", branch="B1", name="x", epoch=1, office="office", office_key="", url="", pin=""),
        )
    without = run("--data", counter.folder, "--lang", "en", "gui")
    assert without.returncode == 4
    assert "no display" in without.stderr
    fontless = run("--data", counter.folder, "--lang", "en", "gui", KILOTILL_FONT="/none", DISPLAY=":0")
    assert fontless.returncode == 4
    assert "fonts-noto-cjk" in fontless.stderr
    chinese = run("--data", counter.folder, "--lang", "zh", "gui")
    assert "没有可以显示" in chinese.stderr
