"""Finds a font with Chinese letters whose Latin ones are half as wide: for what a printer is sent as a picture."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import NamedTuple

from till.printing.printer import PrinterFailed, Trouble

FONT = "KILOTILL_FONT"
"""Environment variable that names a font file, for systems without fontconfig."""

_WANTED = "Noto Sans Mono CJK SC,WenQuanYi Micro Hei Mono,Noto Sans CJK SC,sans:lang=zh-cn"


class Font(NamedTuple):
    """A font file, and which of its faces."""

    file: Path
    face: int


@cache
def find_font() -> Font:
    """The font to draw with.

    Raises:
        PrinterFailed: there is none with Chinese letters.
    """
    named = os.environ.get(FONT)
    if named and Path(named).is_file():
        return Font(Path(named), 0)
    program = shutil.which("fc-match")
    said: list[str] = []
    if program is not None:
        asked = [program, "-f", "%{file}\n%{index}\n%{lang}", _WANTED]
        said = subprocess.run(asked, capture_output=True, text=True, timeout=20, check=False).stdout.split("\n")
    if len(said) < 3 or "zh-cn" not in said[2].split("|"):
        raise PrinterFailed(Trouble.NO_LETTERS)
    return Font(Path(said[0]), int(said[1]) & 0xFFFF)
