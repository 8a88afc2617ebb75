"""A long list above the screen."""

from collections.abc import Sequence
from typing import Any

from kivy.app import App

from till.screens.widgets.dialog import Answer, Dialog
from till.screens.widgets.rows import Rows


class ListDialog(Dialog):
    """Rows to be read; up and down scroll, Esc and Enter close."""

    def __init__(
        self,
        rows: Sequence[Sequence[str]],
        head: Sequence[str],
        parts: Sequence[float],
        right: Sequence[int],
        title: str,
    ) -> None:
        app: Any = App.get_running_app()
        super().__init__([Answer(app.say("dialog.close"), "primary", None)], title=title, icon="history")
        self._list = Rows(head=list(head), parts=list(parts), right=list(right), choosable=False)
        self._list.empty = app.say("account.none")
        self._list.size_hint_y = None
        self._list.height = app.look.dp(430)
        self.ids.fields.add_widget(self._list)
        self.wide = True
        self._list.show(rows)

    def key(self, name: str, text: str, modifiers: list[str]) -> bool:
        """Scroll, or close."""
        view = self._list.ids.view
        by = {"up": 0.05, "down": -0.05}.get(name)
        if by is not None:
            view.scroll_y = max(0.0, min(1.0, view.scroll_y + by))
            return True
        return super().key(name, text, modifiers)
