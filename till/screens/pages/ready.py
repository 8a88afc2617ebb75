"""The counter when nobody is served: it waits for a card."""

from typing import Any

from kivy.properties import BooleanProperty, ListProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from till.screens.widgets.basics import Pill
from till.screens.widgets.kv import load

load(__file__)


class ReadyView(BoxLayout):
    """Put in the card. `notices`: tone, icon and words of each thing that is still open; `question`: whether the paper
    of a receipt is in doubt; `last`: what was sold last.

    Events:
        on_copy: a copy of the last receipt is wanted.
        on_paper: somebody has looked for the paper.
    """

    reading = BooleanProperty(False)
    question = BooleanProperty(False)
    notices = ListProperty()
    last = StringProperty("")

    def __init__(self, **facts: Any) -> None:
        self.register_event_type("on_copy")
        self.register_event_type("on_paper")
        super().__init__(**facts)

    def on_copy(self) -> None:
        """A copy of the last receipt is wanted."""

    def on_paper(self) -> None:
        """Somebody has looked."""

    def on_notices(self, *_: Any) -> None:
        """Show them."""
        self.ids.notices.clear_widgets()
        for tone, icon, text in self.notices:
            self.ids.notices.add_widget(Pill(icon=icon, text=text, tone=tone, letters="strong"))
