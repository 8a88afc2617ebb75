"""Where a line of text may end, Chinese and Latin mixed: by clreq (W3C, Requirements for Chinese Text Layout), 3.1.

Kivy ends a line at spaces only, and cuts what is longer at any letter: Chinese has no spaces.
"""

from collections.abc import Callable, Iterator

NOT_FIRST = frozenset("，。、；：？！）》〉」』】〕”’…—·%‰℃°,.;:?!)]}×")
"""What no line begins with."""
NOT_LAST = frozenset("（《〈「『【〔“‘([{¥￥$")
"""What no line ends with."""

_SPACES = " \t"
_WIDE_FROM = "\u2e80"


def lines_of(text: str, width: float, measure: Callable[[str], float]) -> str:
    """The text with a new line where one must begin for it to fit into the width.

    Args:
        measure: how wide a text is on one line, in the unit of `width`.
    """
    return "\n".join(line for part in text.split("\n") for line in _part(part, width, measure))


def pieces(text: str) -> Iterator[str]:
    """What stays together on a line, each with the spaces after it."""
    piece = ""
    for place, letter in enumerate(text):
        piece += letter
        after = text[place + 1] if place + 1 < len(text) else ""
        if after and _may_end(piece, letter, after):
            yield piece
            piece = ""
    if piece:
        yield piece


def _may_end(piece: str, letter: str, after: str) -> bool:
    before = piece.rstrip(_SPACES)[-1:]
    if after in _SPACES or after in NOT_FIRST or not before or before in NOT_LAST:
        return False
    if letter == "/" and piece.count("/") > 1:
        return True  # within a path
    if letter in _SPACES:
        return not (before.isdigit() and after.isalpha())  # a figure and its unit
    if not (letter >= _WIDE_FROM or after >= _WIDE_FROM):
        return False
    return not (letter == "—" or letter == "…")


def _part(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    if not text or measure(text) <= width:
        return [text]
    lines: list[list[str]] = []
    for piece in (part for whole in pieces(text) for part in _cut(whole, width, measure)):
        if lines and measure("".join(lines[-1]) + piece.rstrip(_SPACES)) <= width:
            lines[-1].append(piece)
        else:
            lines.append([piece])
    if len(lines) > 1 and len(lines[-2]) > 2 and len("".join(lines[-1])) <= 2:
        last = [lines[-2][-1], *lines[-1]]
        if measure("".join(last).rstrip(_SPACES)) <= width:
            lines[-2:] = [lines[-2][:-1], last]  # no letter is left alone on the last line
    return ["".join(line).rstrip(_SPACES) for line in lines]


def _cut(piece: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    """A piece that is wider than any line is cut where a line is full."""
    start = 0
    for place in range(1, len(piece)):
        if place > start and measure(piece[start : place + 1].rstrip(_SPACES)) > width:
            yield piece[start:place]
            start = place
    yield piece[start:]
