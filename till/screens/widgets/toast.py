"""Something said that needs no answer."""

from typing import Any

from kivy.clock import Clock
from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout

from till.screens.widgets.kv import load

load(__file__)

_SHOWN = 4.0
"""Seconds that it stays."""


class Toasts(BoxLayout):
    """The last thing said."""

    text = StringProperty("")
    tone = StringProperty("accent")

    def __init__(self, **facts: Any) -> None:
        super().__init__(**facts)
        self._end: Any = None

    def say(self, text: str, tone: str = "accent") -> None:
        """Say it, in place of what was said before."""
        if self._end is not None:
            self._end.cancel()
        self.text, self.tone = text, tone
        self._end = Clock.schedule_once(lambda _: self._hush(), _SHOWN)

    def _hush(self) -> None:
        self.text = ""
