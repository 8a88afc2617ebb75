"""Finds a font that has both Chinese and Latin letters: Kivy's own has no Chinese.

The system's are asked through fontconfig. A collection (.ttc) holds the faces of several countries, and Kivy opens only
the first, which may draw Chinese as in Japan: the right face is taken out into a file of its own, once.
"""

import os
import shutil
import struct
import subprocess
from pathlib import Path
from typing import NamedTuple

FONT, FONT_BOLD = "KILOTILL_FONT", "KILOTILL_FONT_BOLD"
"""Environment variables that name font files, for systems without fontconfig."""


class NoFont(Exception):
    """No font here has Chinese letters. `file`: what was named as one and is no file; "" when none was named."""

    def __init__(self, reason: str, file: str = "") -> None:
        super().__init__(f"{reason} {file}".rstrip())
        self.reason = reason
        self.file = file


class Fonts(NamedTuple):
    """Files of the letters."""

    regular: Path
    bold: Path


def find_fonts() -> Fonts:
    """The fonts to use. Raises NoFont."""
    named = os.environ.get(FONT)
    if named:
        if not Path(named).is_file():
            raise NoFont("font_no_file", named)
        return Fonts(Path(named), Path(os.environ.get(FONT_BOLD) or named))
    return Fonts(_match("regular"), _match("bold"))


def _match(weight: str) -> Path:
    program = shutil.which("fc-match")
    if program is None:
        raise NoFont("font_no_fontconfig")
    asked = f"Noto Sans CJK SC,Source Han Sans SC,WenQuanYi Micro Hei,sans:lang=zh-cn:weight={weight}"
    said = subprocess.run(
        [program, "-f", "%{file}\n%{index}\n%{lang}", asked], capture_output=True, text=True, timeout=20, check=False
    ).stdout.split("\n")
    if len(said) < 3 or "zh-cn" not in said[2].split("|"):
        raise NoFont("font_none")
    return _single_face(Path(said[0]), int(said[1]) & 0xFFFF)


def _single_face(path: Path, index: int) -> Path:
    """The file itself, or a copy of one face of a collection in the user's cache."""
    with path.open("rb") as file:
        if file.read(4) != b"ttcf":
            return path
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kilotill" / "fonts"
    face = cache / f"{path.stem}-{index}-{path.stat().st_size}.otf"
    if not face.exists():
        cache.mkdir(parents=True, exist_ok=True)
        partial = face.with_name(f"{face.name}.{os.getpid()}")
        partial.write_bytes(take_face(path.read_bytes(), index))
        os.replace(partial, face)
    return face


def take_face(collection: bytes, index: int) -> bytes:
    """One face of a font collection as a font of its own (OpenType 1.9, Font Collections)."""
    (start,) = struct.unpack_from(">I", collection, 12 + 4 * index)
    flavour, count = struct.unpack_from(">4sH", collection, start)
    head = bytearray(collection[start : start + 12 + 16 * count])
    body, place = bytearray(), len(head)
    for number in range(count):
        record = 12 + 16 * number
        _, _, offset, length = struct.unpack_from(">4sIII", head, record)
        struct.pack_into(">I", head, record + 8, place + len(body))
        body += collection[offset : offset + length] + bytes(-length % 4)
    assert bytes(head[:4]) == flavour
    return bytes(head + body)
