"""A list of any length, of which only what is seen is made."""

from collections.abc import Sequence
from typing import Any

from kivy.app import App
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.recycleview.views import RecycleDataViewBehavior

from till.screens.widgets.basics import Text
from till.screens.widgets.kv import load

load(__file__)

_WIDE = 125
"""Text scale, percent, above which rows are set in smaller letters: what is read as a table must stay one."""


class Rows(BoxLayout):
    """Rows of texts under a head. `parts`: how wide each column is; `right`: columns of figures; `chosen`: the row that
    is marked, -1 for none; `tones`: the tone of each row, where it is not ink.

    Events:
        on_open: a row was touched, or Enter typed.
    """

    head = ListProperty()
    parts = ListProperty()
    right = ListProperty()
    chosen = NumericProperty(-1)
    choosable = BooleanProperty(True)
    empty = StringProperty("")

    def __init__(self, **facts: Any) -> None:
        self.register_event_type("on_open")
        self._rows: list[Sequence[str]] = []
        self._tones: Sequence[str] = ()
        super().__init__(**facts)

    def on_kv_post(self, base_widget: Any) -> None:
        """The head was named before the layout was there."""
        del base_widget
        self.on_head()

    def on_open(self, place: int) -> None:
        """A row is wanted."""

    def show(self, rows: Sequence[Sequence[str]], tones: Sequence[str] = ()) -> None:
        """Show these; the first is marked."""
        self._rows, self._tones = list(rows), tones
        self.chosen = 0 if rows and self.choosable else -1
        self._fill()
        self.ids.view.scroll_y = 1

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._rows)

    @property
    def chosen_texts(self) -> Sequence[str]:
        """What the marked row says."""
        return self._rows[int(self.chosen)] if self.chosen >= 0 else ()

    def move(self, by: int) -> None:
        """Mark another."""
        if not self._rows:
            return
        self.chosen = max(0, min(len(self._rows) - 1, int(self.chosen) + by))
        self._fill()
        view = self.ids.view
        high = view.height / max(1.0, self.ids.layout.default_size[1])
        if len(self._rows) > high:
            view.scroll_y = 1 - max(0.0, min(1.0, (self.chosen - high / 2) / (len(self._rows) - high)))

    def open(self) -> None:
        """The marked one is wanted."""
        if self.chosen >= 0:
            self.dispatch("on_open", int(self.chosen))

    def on_head(self, *_: Any) -> None:
        """The head's words."""
        if "head" in self.ids:
            _fill(self.ids.head, self.head, self.parts, self.right, "muted", "caption")

    def on_parts(self, *_: Any) -> None:
        """The columns' widths."""
        self.on_head()

    def on_right(self, *_: Any) -> None:
        """Columns of figures."""
        self.on_head()

    def _fill(self) -> None:
        self.ids.view.data = [
            {
                "texts": list(row),
                "parts": list(self.parts),
                "right": list(self.right),
                "tone": self._tones[place] if self._tones else "ink",
                "place": place,
                "marked": place == self.chosen,
                "owner": self,
            }
            for place, row in enumerate(self._rows)
        ]

    def touched(self, place: int) -> None:
        """A row was touched."""
        if self.choosable:
            self.chosen = place
            self._fill()
            self.open()


class RowView(RecycleDataViewBehavior, ButtonBehavior, BoxLayout):
    """A row that is seen."""

    marked = BooleanProperty(False)
    place = NumericProperty(0)

    def refresh_view_attrs(self, view: Any, index: int, data: dict[str, Any]) -> None:
        """Show another row."""
        del view, index
        self.marked, self.place, self._owner = data["marked"], data["place"], data["owner"]
        letters = "caption" if App.get_running_app().look.percent > _WIDE else "body"
        _fill(self, data["texts"], data["parts"], data["right"], data["tone"], letters)

    def on_release(self) -> None:
        """It is wanted."""
        self._owner.touched(self.place)


def _fill(
    row: Any, texts: Sequence[str], parts: Sequence[float], right: Sequence[int], tone: str, letters: str
) -> None:
    while len(row.children) > len(texts):
        row.remove_widget(row.children[0])
    while len(row.children) < len(texts):
        row.add_widget(Text(pos_hint={"center_y": 0.5}, fits=True))
    for column, (cell, text) in enumerate(zip(reversed(row.children), texts, strict=True)):
        cell.size_hint_x = parts[column] if column < len(parts) else 1
        cell.halign = "right" if column in right else "left"
        cell.text, cell.tone, cell.letters = text, tone, letters
