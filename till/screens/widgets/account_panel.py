"""An account: who, where the credit is, what was bought of late."""

from typing import Any

from kivy.properties import BooleanProperty, ListProperty, StringProperty

from till.screens.views.account import AccountView
from till.screens.widgets.basics import Panel, Pill
from till.screens.widgets.kv import load

load(__file__)


class AccountPanel(Panel):
    """Shows an AccountView. Events: on_history, when all purchases are wanted."""

    name = StringProperty("")
    number = StringProperty("")
    where = StringProperty("")
    where_tone = StringProperty("muted")
    lines = ListProperty()
    purchases = ListProperty()
    history_key = StringProperty("F8")
    frozen = BooleanProperty(False)

    def __init__(self, **facts: Any) -> None:
        self.register_event_type("on_history")
        super().__init__(**facts)

    def on_history(self) -> None:
        """All purchases are wanted."""

    def show(self, view: AccountView) -> None:
        """Show an account."""
        self.name, self.number, self.frozen = view.name, view.number, view.frozen
        self.where, self.where_tone = view.where, view.where_tone
        self.lines = view.lines
        self.purchases = [[row.at, row.count, row.credit, row.money, row.receipt] for row in view.purchases]
        notices = self.ids.notices
        notices.clear_widgets()
        for notice in view.notices:
            notices.add_widget(Pill(icon=notice.icon, text=notice.text, tone=notice.tone))
