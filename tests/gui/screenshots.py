"""Pictures of every screen, dialog and alert: `python -m tests.gui.screenshots FOLDER`.

In both languages, on a desk, on a tablet, and on a desk with letters of 150%; in Chinese in all three themes. Each is a
process of its own, on a display of its own; the till behind is a real one with a morning's work done.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.gui.counter import Shop
from tests.gui.display import display
from tests.gui.tour import Tour, a_morning
from tests.gui.window import open_window
from till.messages import languages
from till.screens.look import THEMES

SIZES = {"desk": ((1280, 800), 100), "tablet": ((800, 1280), 100), "large": ((1280, 800), 150)}
"""Sizes of the window, and text scales."""


def pictures(folder: Path, size: str, language: str, theme: str) -> None:
    """All pictures of one kind, in this process."""
    pixels, percent = SIZES[size]
    name = f"{size}-{language}" if theme == THEMES[0] else f"{size}-{language}-{theme}"
    with tempfile.TemporaryDirectory(prefix="kilotill-") as scratch, display(1280, 1280):
        shop = Shop(Path(scratch))
        cards = a_morning(shop)
        setup = shop.setup(language=language, theme=theme, percent=percent, tray=True)
        with open_window(setup, Path(scratch) / "kivy", pixels) as window:
            Tour(window, shop, cards, lambda stop: window.picture(folder / f"{name}-{stop}.png")).go()


def main() -> None:
    """Each kind in a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m tests.gui.screenshots", description=__doc__)
    parser.add_argument("folder", type=Path, help="made, unless it is there")
    parser.add_argument("--size", choices=SIZES, help="with a language and a theme: only this kind")
    parser.add_argument("--language", choices=languages(), default=languages()[0])
    parser.add_argument("--theme", choices=THEMES, default=THEMES[0])
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    if asked.size:
        pictures(asked.folder, asked.size, asked.language, asked.theme)
        return
    kinds = [(size, language, THEMES[0]) for size in SIZES for language in languages()]
    kinds += [("desk", "zh", theme) for theme in THEMES[1:]]
    for size, language, theme in kinds:
        kind = ("--size", size, "--language", language, "--theme", theme)
        subprocess.run([sys.executable, "-m", "tests.gui.screenshots", str(asked.folder), *kind], check=True)


if __name__ == "__main__":
    main()
