"""A line of text as a picture: each letter in the cell that it would have as text, a Chinese one in two."""

from functools import cache

from PIL import Image, ImageDraw, ImageFont

from till.printing.font import find_font
from till.printing.layout import Line, width

DOTS = 12
"""Width of a column: font A."""
_HEIGHT = 30
"""Of a line, with the space to the next: what printers feed by default (1/6 inch at 180 or 203 dots an inch)."""
_BASE = 23
"""Of its base line, from above: letters that hang below it keep their tails."""
_SIZE = 24
_WHITE = 140
"""Grey from which on a dot stays white."""


def picture(line: Line, columns: int) -> Image.Image:
    """The line, black on white, as wide as the paper."""
    drawn = Image.new("L", (columns * DOTS, _HEIGHT), 255)
    pen = ImageDraw.Draw(drawn)
    at = (columns - width(line.text)) // 2 if line.centred else 0
    for letter in line.text:
        cells = width(letter)
        pen.text(((at + cells / 2) * DOTS, _BASE), letter, fill=0, font=_font(), anchor="ms")
        at += cells
    high = drawn.resize((drawn.width, _HEIGHT * 2), Image.Resampling.LANCZOS) if line.big else drawn
    return high.point(lambda grey: 255 if grey > _WHITE else 0).convert("1")


@cache
def _font() -> ImageFont.FreeTypeFont:
    found = find_font()
    return ImageFont.truetype(str(found.file), _SIZE, index=found.face)
