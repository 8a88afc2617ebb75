"""The till's window in a test: real frames, real keys and touches through the X server, the real worker behind it."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from till.screens.run import make_window, prepare
from till.screens.work.hub import Setup

WAIT = 15.0
"""Seconds that something may take on a loaded machine before a test gives up."""

NAMES = {"enter": "Return", "esc": "Escape", "back": "BackSpace", "tab": "Tab", "up": "Up", "down": "Down"}


class Shown:
    """A window that is open."""

    def __init__(self, app: Any) -> None:
        self.app = app

    # --- looking ---

    @property
    def root(self) -> Any:
        """The shell."""
        return self.app.root

    @property
    def page(self) -> Any:
        """The screen that is shown."""
        return self.root.page

    def texts(self) -> list[str]:
        """All words that can be seen now."""
        return [widget.text for widget in seen(self.root) if hasattr(widget, "texture_size") and widget.text]

    def says(self, part: str) -> bool:
        """Whether these words can be seen."""
        return any(part in text for text in self.texts())

    # --- waiting ---

    def frames(self, count: int = 2) -> None:
        """Let so many frames pass."""
        from kivy.base import EventLoop

        for _ in range(count):
            EventLoop.idle()
            EventLoop.window.mainloop()

    def until(self, true: Callable[[], Any], what: str = "") -> None:
        """Go on until something is so."""
        end = time.monotonic() + WAIT
        while not true():
            if time.monotonic() > end:
                raise AssertionError(f"never: {what or true}; the window says {self.texts()}")
            self.frames(1)
        self.frames(2)

    def until_says(self, part: str) -> None:
        """Go on until these words can be seen."""
        self.until(lambda: self.says(part), part)

    def settle(self) -> None:
        """Go on until nobody waits for anything."""
        from till.screens.work.waits import QUIET

        self.frames(2)
        self.until(lambda: self.app.hub.worker.longest(lambda name: name not in QUIET) is None, "idle")

    # --- acting ---

    def keys(self, *names: str) -> None:
        """Type real keys, one after another: names as in NAMES, F1 to F12, or one letter each."""
        codes = [NAMES.get(name, name) for name in names]
        self._xdotool("key", "--delay", "8", *codes)
        self.frames(3)

    def type(self, text: str) -> None:
        """Type text."""
        self._xdotool("type", "--delay", "8", text)
        self.frames(3)

    def touch(self, widget: Any, times: int = 1) -> None:
        """Touch the middle of a widget, `times` times as fast as can be."""
        from kivy.core.window import Window

        x, y = widget.to_window(*widget.center)
        place = ("--window", str(Window.get_window_info().window), str(round(x)), str(round(Window.height - y)))
        self._xdotool("mousemove", *place, "click", "--repeat", str(times), "--delay", "10", "1")
        self.frames(3)

    def find(self, kind: str, **facts: Any) -> Any:
        """The one widget of a class that can be seen and has these facts."""
        found = [
            widget
            for widget in seen(self.root)
            if type(widget).__name__ == kind and all(getattr(widget, name) == fact for name, fact in facts.items())
        ]
        assert len(found) == 1, f"{len(found)} of {kind} {facts}: {self.texts()}"
        return found[0]

    def push(self, text: str, times: int = 1) -> None:
        """Touch the button that says this."""
        self.touch(self.find("Push", text=text), times)

    def picture(self, path: Path) -> None:
        """Write what is shown as a PNG."""
        from kivy.core.window import Window

        self.frames(3)
        name = Window.screenshot(str(path))
        Path(name).replace(path)

    @staticmethod
    def _xdotool(*words: str) -> None:
        subprocess.run(["xdotool", *words], check=True, timeout=WAIT)


def seen(widget: Any) -> Iterator[Any]:
    """A widget and all within it that is not hidden."""
    if widget.opacity == 0 or (widget.height <= 0.5 and widget.parent is not None and not widget.children):
        return
    yield widget
    for child in reversed(widget.children):
        yield from seen(child)


@contextmanager
def open_window(setup: Setup, home: Path, size: tuple[int, int] = (1280, 800)) -> Iterator[Shown]:
    """Open the till's window and let it come up; at the end it is closed as a person closes it."""
    prepare(home, size)
    app = make_window(setup)
    from kivy.base import EventLoop, runTouchApp
    from kivy.core.window import Window
    from kivy.lang.parser import global_idmap

    Window.size = size
    app._run_prepare()
    if EventLoop.status != "started":
        runTouchApp(embedded=True)
    shown = Shown(app)
    try:
        shown.frames(5)
        number = str(Window.get_window_info().window)
        subprocess.run(["xdotool", "windowfocus", number], check=True, timeout=WAIT)
        shown.until(lambda: app.till is not None or app.fatal is not None, "open")
        shown.settle()
        yield shown
    finally:
        app.dispatch("on_stop")
        shown.frames(2)
        Window.remove_widget(app.root)
        # What was laid out after `on_stop` made Kivy keep this window's app for the layouts of the next one.
        object.__setattr__(global_idmap["app"], "_obj", None)
