"""One message that fills the screen and cannot be missed."""

from kivy.properties import ListProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from till.screens.widgets.kv import load

load(__file__)


class Alert(BoxLayout):
    """What is wrong, in letters that are read from across the counter. `rows`: label and value; `use`: the one thing
    to do instead."""

    icon = StringProperty("blocked")
    tone = StringProperty("danger")
    title = StringProperty("")
    use_label = StringProperty("")
    use = StringProperty("")
    rows = ListProperty()
    safe = StringProperty("")
    next = StringProperty("")
