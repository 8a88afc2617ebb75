"""The counter when nobody is served: it waits for a card."""

from typing import Any

from kivy.app import App
from kivy.properties import BooleanProperty, ListProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from till.screens.widgets.basics import Pill
from till.screens.widgets.kv import load

load(__file__)


class ReadyView(BoxLayout):
    """Put in the card. `doubts`: purpose, card and money of each job that only its card can settle; `last`: what
    was sold last."""

    reading = BooleanProperty(False)
    doubts = ListProperty()
    last = StringProperty("")

    def __init__(self, **facts: Any) -> None:
        self.register_event_type("on_copy")
        super().__init__(**facts)

    def on_copy(self) -> None:
        """A copy of the last receipt is wanted."""

    def on_doubts(self, *_: Any) -> None:
        """Show them."""
        say = App.get_running_app().say
        self.ids.doubts.clear_widgets()
        for purpose, card, money in self.doubts:
            text = say("ready.doubt", purpose=purpose, card=card, money=money)
            self.ids.doubts.add_widget(Pill(icon="question", text=text, tone="warn", letters="strong"))
