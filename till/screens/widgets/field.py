"""What is typed in."""

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.textinput import TextInput

from till.screens.widgets.kv import load

load(__file__)


_WINDOWS = ("escape", "pageup", "pagedown")
_EDITING = ("a", "c", "v", "x", "z", "backspace", "delete", "home", "end")
"""With Ctrl."""


class TypeLine(TextInput):
    """One line to type in. Enter is `on_text_validate`; Tab goes on. Keys of the window (F1, Esc) are left to it."""

    most = NumericProperty(200)
    digits_only = BooleanProperty(False)

    def insert_text(self, substring: str, from_undo: bool = False) -> None:
        """Nothing beyond what fits, and nothing that is no part of a number where a number is wanted."""
        if self.digits_only:
            substring = "".join(letter for letter in substring if letter.isdigit() or letter in ".,")
        super().insert_text(substring[: max(0, int(self.most) - len(self.text))], from_undo=from_undo)

    def keyboard_on_key_down(self, window: Any, keycode: tuple[int, str], text: str, modifiers: list[str]) -> bool:
        """Escape, the function keys, and Ctrl with what edits no text are the window's."""
        name = keycode[1]
        if name in _WINDOWS or (name.startswith("f") and name[1:].isdigit()):
            return False
        if "ctrl" in modifiers and name not in _EDITING:
            return False
        return bool(super().keyboard_on_key_down(window, keycode, text, modifiers))


class Field(BoxLayout):
    """A label, a line to type in, and what is wrong with it."""

    label = StringProperty("")
    text = StringProperty("")
    hint = StringProperty("")
    error = StringProperty("")
    unit = StringProperty("")
    letters = StringProperty("body")
    password = BooleanProperty(False)
    digits_only = BooleanProperty(False)
    halign = StringProperty("left")
    rim = NumericProperty(1)
    typing = BooleanProperty(False)

    def __init__(self, **facts: Any) -> None:
        self.register_event_type("on_enter")
        super().__init__(**facts)

    def on_enter(self) -> None:
        """Enter was typed."""

    @property
    def line(self) -> TypeLine:
        """Where it is typed."""
        line: TypeLine = self.ids.line
        return line

    def take_keys(self) -> None:
        """Let keys go here."""
        self.line.focus = True

    def clear(self) -> None:
        """Empty it."""
        self.text, self.error = "", ""
