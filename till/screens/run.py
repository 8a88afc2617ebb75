"""Starts the window. Kivy reads its settings when it is first imported, so they are made here, before that."""

import gc
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from till.screens.fonts import find_fonts
from till.screens.work.hub import Setup

if TYPE_CHECKING:
    from till.screens.app import TillApp

LOOKS = 120
"""How often a second the window looks for keys, touches and what other threads hand over; one look takes 0.2 ms."""


class NoDisplay(Exception):
    """There is no display to show the window on."""


class NoScreens(Exception):
    """The screens are not installed. `missing`: the library that they lack."""

    def __init__(self, missing: str) -> None:
        super().__init__(missing)
        self.missing = missing


def _demand_display() -> None:
    """SDL would open a window that nobody sees where there is no display.

    Raises:
        NoDisplay: there is none.
    """
    if not sys.platform.startswith("linux") or "ANDROID_ARGUMENT" in os.environ:
        return
    if os.environ.get("SDL_VIDEODRIVER", "x11") != "x11":
        return  # somebody knows better
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        raise NoDisplay
    if not os.environ.get("WAYLAND_DISPLAY"):
        os.environ["SDL_VIDEODRIVER"] = "x11"


def prepare(home: Path, size: tuple[int, int]) -> None:
    """Make Kivy ready: its own settings in `home`, letters with Chinese, a window of this size.

    Raises:
        NoDisplay, NoScreens, NoFont: see there.
    """
    _demand_display()
    os.environ.setdefault("KIVY_NO_ARGS", "1")
    os.environ.setdefault("KIVY_LOG_MODE", "PYTHON")  # ordinary logging, and errors stay on stderr
    # That there is no program for the X server's cut buffer is no news to a clerk.
    logging.getLogger("kivy").addFilter(lambda record: "utbuffer" not in record.getMessage())
    home.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("KIVY_HOME", str(home))
    fonts = find_fonts()
    try:
        _configure(size)
        from kivy.core.text import LabelBase

        from till.screens import icons
    except ImportError as error:
        raise NoScreens(error.name or "kivy") from error
    LabelBase.register("Till", str(fonts.regular), fn_bold=str(fonts.bold))
    LabelBase.register("Icons", str(icons.FONT))


def _configure(size: tuple[int, int]) -> None:
    """Kivy's clock reads these when it is first imported: nothing else of Kivy may be before."""
    from kivy.config import Config

    for section, name, value in (
        ("kivy", "exit_on_escape", "0"),
        ("kivy", "desktop", "1"),
        ("input", "mouse", "mouse,disable_multitouch"),
        ("graphics", "width", str(size[0])),
        ("graphics", "height", str(size[1])),
        ("graphics", "multisamples", "0"),
        ("graphics", "maxfps", str(LOOKS)),
        ("graphics", "minimum_width", "480"),
        ("graphics", "minimum_height", "480"),
    ):
        Config.set(section, name, value)


def make_window(setup: Setup) -> "TillApp":
    """The window's application, after `prepare`.

    Raises:
        NoDisplay: there is none.
    """
    from kivy.core.window import Window

    if Window is None:
        raise NoDisplay
    from till.screens.app import TillApp

    return TillApp(setup)


def show(window: "TillApp") -> None:
    """Show the window until it is closed. What there is when it comes up stays: searched through again and again by the
    collector, all of Kivy and its layouts would hold up a clerk for half a second."""
    window.bind(on_start=lambda _: gc.freeze())
    window.run()
