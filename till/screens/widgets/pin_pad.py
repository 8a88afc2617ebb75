"""The pad that a PIN is typed on: by finger here, or on any keyboard."""

from typing import Any

from kivy.properties import StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label

from common.clerks import LONGEST_PIN
from till.screens.widgets.kv import load

load(__file__)


class PinPad(BoxLayout):
    """Ten digits, back, and enter. `pin`: what was typed; never shown."""

    pin = StringProperty("")

    def __init__(self, **facts: Any) -> None:
        self.register_event_type("on_enter")
        super().__init__(**facts)

    def on_kv_post(self, base_widget: Any) -> None:
        """Make the keys."""
        del base_widget
        for name in ("1", "2", "3", "4", "5", "6", "7", "8", "9", "back", "0", "enter"):
            button = _Digit(digit=name)
            button.bind(on_release=lambda pushed: self.type(pushed.digit))
            self.ids.digits.add_widget(button)

    def on_enter(self) -> None:
        """The PIN is typed."""

    def type(self, digit: str) -> bool:
        """A key of the pad or of the keyboard. Returns whether it is one of ours."""
        if digit == "back":
            self.pin = self.pin[:-1]
        elif digit == "enter":
            if self.pin:
                self.dispatch("on_enter")
        elif len(digit) == 1 and digit.isdigit():
            self.pin = (self.pin + digit)[:LONGEST_PIN]
        else:
            return False
        return True


class _Digit(ButtonBehavior, Label):
    digit = StringProperty("")
