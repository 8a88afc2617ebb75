"""What is pushed: buttons, choices."""

from collections.abc import Sequence
from typing import Any

from kivy.properties import BooleanProperty, ListProperty, NumericProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior, FocusBehavior
from kivy.uix.boxlayout import BoxLayout

from till.screens.widgets.kv import load

load(__file__)

_ENTER, _PAD_ENTER, _SPACE = 13, 271, 32
_STEPS = {"right": 1, "down": 1, "spacebar": 1, "left": -1, "up": -1}


class Push(ButtonBehavior, FocusBehavior, BoxLayout):
    """A button: an icon, words, and the key that does the same. `kind`: primary, plain, quiet, danger."""

    text = StringProperty("")
    icon = StringProperty("")
    key = StringProperty("")
    kind = StringProperty("plain")
    letters = StringProperty("body")
    here = BooleanProperty(False)
    ink = StringProperty("ink")
    edge = NumericProperty(1)

    def on_touch_down(self, touch: Any) -> bool:
        """A touch pushes, and takes no key away from the field that is typed in."""
        return bool(ButtonBehavior.on_touch_down(self, touch))

    def keyboard_on_key_down(self, window: Any, keycode: tuple[int, str], text: str, modifiers: list[str]) -> bool:
        """Enter and space push too."""
        if keycode[0] in (_ENTER, _PAD_ENTER, _SPACE) and not self.disabled:
            self.trigger_action(0)
            return True
        return bool(super().keyboard_on_key_down(window, keycode, text, modifiers))


class Choice(FocusBehavior, BoxLayout):
    """One of a few. `options`: value and words of each. Arrows and space choose; Enter is `on_enter`."""

    options = ListProperty()
    value = StringProperty("")

    def __init__(self, **facts: Any) -> None:
        self.register_event_type("on_enter")
        super().__init__(**facts)

    def on_enter(self) -> None:
        """Enter was typed."""

    def on_touch_down(self, touch: Any) -> bool:
        """A touch chooses, and takes no key away from the field that is typed in."""
        return bool(BoxLayout.on_touch_down(self, touch))

    def keyboard_on_key_down(self, window: Any, keycode: tuple[int, str], text: str, modifiers: list[str]) -> bool:
        """Choose another."""
        if keycode[0] in (_ENTER, _PAD_ENTER):
            self.dispatch("on_enter")
        elif keycode[1] in _STEPS:
            self.next(_STEPS[keycode[1]])
        else:
            return bool(super().keyboard_on_key_down(window, keycode, text, modifiers))
        return True

    def on_kv_post(self, base_widget: Any) -> None:
        """The options were named before there was anything to show them on."""
        del base_widget
        if not self.children:
            self.on_options()

    def on_options(self, *_: Any) -> None:
        """Show them."""
        if self.canvas is None:
            return
        self.clear_widgets()
        for value, words in self.options:
            option = _Option(text=words, value=value)
            option.bind(on_release=self._chosen)
            self.add_widget(option)
        self.on_value()

    def on_value(self, *_: Any) -> None:
        """Mark the one that is chosen."""
        for option in self.children:
            option.here = option.value == self.value

    def next(self, by: int = 1) -> None:
        """Choose the one after, or before; after the last comes the first."""
        values: Sequence[str] = [value for value, _ in self.options]
        if values:
            place = values.index(self.value) if self.value in values else -1
            self.value = values[(place + by) % len(values)]

    def _chosen(self, option: "_Option") -> None:
        self.value = option.value


class _Option(Push):
    value = StringProperty("")
    rim = NumericProperty(1)
