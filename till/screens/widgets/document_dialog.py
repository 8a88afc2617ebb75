"""A report above the screen."""

from collections.abc import Callable
from typing import Any

from kivy.app import App

from common.documents import Document
from till.screens.views.document import Table, tables
from till.screens.widgets.basics import Text
from till.screens.widgets.dialog import Answer, Dialog
from till.screens.widgets.rows import Rows

_MOST_ROWS = 9
"""Rows of a table that are in sight at once; it scrolls."""


class DocumentDialog(Dialog):
    """The tables of a report; Enter saves it, Esc closes."""

    def __init__(self, document: Document, save: Callable[[], None]) -> None:
        app: Any = App.get_running_app()
        about = "    ".join(f"{label} {value}" for label, value in document.parameters)
        super().__init__(
            [Answer(app.say("dialog.close"), "plain", None), Answer(app.say("reports.save"), "primary", save)],
            title=document.title,
            icon="reports",
            texts=[about] if about else [],
            wide=True,
        )
        for table in tables(document):
            self._add_table(app, table)
        for note in document.notes:
            self.ids.fields.add_widget(Text(text=note, tone="muted", letters="caption"))

    def key(self, name: str, text: str, modifiers: list[str]) -> bool:
        """Arrows scroll."""
        by = {"up": 0.1, "down": -0.1}.get(name)
        if by is not None:
            self.ids.roll.scroll_y = max(0.0, min(1.0, self.ids.roll.scroll_y + by))
            return True
        return super().key(name, text, modifiers)

    def _add_table(self, app: Any, table: Table) -> None:
        if table.title:
            self.ids.fields.add_widget(Text(text=table.title, letters="strong", bold=True))
        rows = Rows(head=table.head, parts=table.parts, right=table.right, choosable=False)
        rows.empty = app.say("reports.nothing")
        rows.size_hint_y = None
        shown = min(_MOST_ROWS, max(1, len(table.rows)))

        def fit(*_: Any) -> None:
            rows.height = rows.ids.head.height + app.look.grown(4) + shown * app.look.control

        rows.ids.head.bind(height=fit)
        fit()
        rows.show(table.rows, ["accent" if table.total and row is table.rows[-1] else "ink" for row in table.rows])
        self.ids.fields.add_widget(rows)
