"""One message that fills the screen and cannot be missed."""

from typing import Any

from kivy.properties import BooleanProperty, ListProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from till.screens.widgets.kv import load

load(__file__)


class Alert(BoxLayout):
    """What is wrong, in letters that are read from across the counter. `rows`: label and value; `use`: the one thing
    to do instead; `can_retry`: the card may be read again.

    Events:
        on_back: the next customer is to be served.
        on_again: the card is to be read again.
    """

    icon = StringProperty("blocked")
    tone = StringProperty("danger")
    title = StringProperty("")
    use_label = StringProperty("")
    use = StringProperty("")
    rows = ListProperty()
    safe = StringProperty("")
    next = StringProperty("")
    can_retry = BooleanProperty(True)

    def __init__(self, **facts: Any) -> None:
        self.register_event_type("on_back")
        self.register_event_type("on_again")
        super().__init__(**facts)

    def on_back(self) -> None:
        """The next customer."""

    def on_again(self) -> None:
        """Once more."""
