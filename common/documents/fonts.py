"""The font of paper: one TrueType file with Latin and Chinese. Only the letters that are used go into a document."""

from pathlib import Path

PLACES = (Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"),)
"""Where systems keep it: Debian's and Ubuntu's fonts-wqy-microhei. Noto's CJK fonts are no TrueType (CFF outlines)."""

VARIABLE = "KILOTILL_PAPER_FONT"
"""The environment's name for another."""


class FontMissing(Exception):
    """No font that paper can be set in is there.

    Attributes:
        places: where it was looked for.
    """

    def __init__(self, places: str) -> None:
        super().__init__(places)
        self.places = places


def paper_font(named: str | None) -> Path:
    """The font's file.

    Args:
        named: by the environment; None: it says nothing.

    Raises:
        FontMissing: see there.
    """
    places = (Path(named),) if named else PLACES
    for place in places:
        if place.is_file():
            return place
    raise FontMissing(", ".join(map(str, places)))
