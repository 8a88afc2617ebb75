"""How the till looks: three sets of colours, a type scale, spacing. Immutable: the window replaces it by another."""

from dataclasses import dataclass
from functools import cached_property

Colour = tuple[float, float, float, float]

THEMES = ("light", "dark", "contrast")
SCALES = (100, 125, 150)
"""Text scales, percent."""

FINGER = 48
"""The least height and width of what a finger touches, dp (material.io, Accessibility: 48 dp)."""

# Each theme names the same tones. `x_soft` is the ground for text of tone `x`, `x_alarm` that of a whole screen.
_TONES = """
# tone           light   dark    contrast
ground           F1F3EF  0D1310  FFFFFF
surface          FFFFFF  161E1A  FFFFFF
sunken           F7F8F5  111814  FFFFFF
line             D5DBD4  2E3A34  000000
ink              16211C  E9F0EC  000000
muted            55635B  9DADA4  202020
accent           0A6A4B  57CFA0  00402B
on_accent        FFFFFF  03261A  FFFFFF
accent_soft      DFF0E7  16382B  FFFFFF
rail             11291F  080D0B  000000
on_rail          B9CDC2  8FA398  FFFFFF
rail_here        1E4434  17332A  FFFFFF
on_rail_here     FFFFFF  7FE3BB  000000
warn             7A4D00  F2C25A  4A2F00
warn_soft        FFF0CC  3A2D0D  FFE9A8
danger           A81F17  FF8A80  8A0000
danger_soft      FCE5E2  431A17  FFFFFF
on_danger        FFFFFF  2A0503  FFFFFF
info             1B5493  8DC0F5  002E66
info_soft        E2EDF9  16293D  FFFFFF
focus            2B7DE1  6BB0FF  0050C8
danger_alarm     A81F17  8E1A13  8A0000
warn_alarm       7A4D00  6B4A00  4A2F00
accent_alarm     0A6A4B  0A4A36  00402B
info_alarm       1B5493  17406E  002E66
on_alarm         FFFFFF  FFFFFF  FFFFFF
"""
_PALETTES: dict[str, dict[str, str]] = {
    theme: {row.split()[0]: row.split()[place] for row in _TONES.splitlines() if row and row[0] != "#"}
    for place, theme in enumerate(THEMES, 1)
}

_TYPE = {"caption": 13, "body": 16, "strong": 18, "title": 22, "big": 30, "huge": 46}
"""Sizes of letters at 100%, dp."""


@dataclass(frozen=True)
class Look:
    """One way to look.

    Attributes:
        theme: one of THEMES.
        percent: one of SCALES.
        density: pixels a dp.
    """

    theme: str = "light"
    percent: int = 100
    density: float = 1.0

    @cached_property
    def _colours(self) -> dict[str, Colour]:
        return {tone: _colour(text) for tone, text in _PALETTES[self.theme].items()}

    def colour(self, tone: str) -> Colour:
        """The colour of a tone; `none` is no colour at all."""
        return (0, 0, 0, 0) if tone == "none" else self._colours[tone]

    def type(self, size: str) -> float:
        """Height of letters in pixels: caption, body, strong, title, big, huge."""
        return _TYPE[size] * self.percent / 100 * self.density

    def dp(self, length: float) -> float:
        """Pixels of a length that does not grow with the text."""
        return length * self.density

    def grown(self, length: float) -> float:
        """Pixels of a length that grows with the text."""
        return length * self.percent / 100 * self.density

    @property
    def control(self) -> float:
        """Height of a button or field, pixels: never below what a finger needs."""
        return max(self.dp(FINGER), self.grown(FINGER))

    @property
    def border(self) -> float:
        """Width of lines, pixels."""
        return self.dp(2 if self.theme == "contrast" else 1)

    @property
    def gap(self) -> float:
        """The space between things that belong together, pixels."""
        return self.dp(8)

    @property
    def pad(self) -> float:
        """The space around them, pixels."""
        return self.dp(16)

    @property
    def round(self) -> float:
        """Radius of corners, pixels."""
        return self.dp(8)


def _colour(text: str) -> Colour:
    red, green, blue = (int(text[place : place + 2], 16) / 255 for place in (0, 2, 4))
    return (red, green, blue, 1.0)


def contrast(one: Colour, other: Colour) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.2, contrast ratio)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
