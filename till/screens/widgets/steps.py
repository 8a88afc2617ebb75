"""The three steps of a card job, as they are done."""

from typing import Any

from kivy.properties import ListProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from till.screens.widgets.kv import load

load(__file__)


class Steps(BoxLayout):
    """Steps one under the other. `done`: how many are; the next is under way."""

    names = ListProperty()
    done = NumericProperty(0)

    def on_names(self, *_: Any) -> None:
        """Show them."""
        self.clear_widgets()
        for name in self.names:
            self.add_widget(_Step(text=name))
        self.on_done()

    def on_done(self, *_: Any) -> None:
        """Mark what is done, what is under way, and what is to come."""
        for place, step in enumerate(reversed(self.children)):
            step.how = "done" if place < self.done else "now" if place == self.done else "later"


class _Step(BoxLayout):
    text = StringProperty("")
    how = StringProperty("later")
