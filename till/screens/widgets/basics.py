"""Text, icons, panels, lines: what everything else is made of."""

from typing import Any

from kivy.properties import BooleanProperty, ListProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.gridlayout import GridLayout
from kivy.uix.label import Label
from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget

from till.screens.views.lines import lines_of, pieces
from till.screens.widgets.kv import load

load(__file__)

_LEAST_FIT = 0.65
"""How much smaller letters are set, at most."""


class Text(Label):
    """Words in one tone and one size; wraps, and is as high as it needs. `fits`: it is set smaller rather than that a
    number or a name is cut in two."""

    tone = StringProperty("ink")
    letters = StringProperty("body")
    least = NumericProperty(0)
    fits = BooleanProperty(False)

    def texture_update(self, *largs: Any) -> None:
        """Draw them; lines end where they may (till.screens.views.lines)."""
        width = self.text_size[0]
        if width is not None and self.text:
            self._label.options["font_size"] = self.font_size
            self._label.resolve_font_name()  # Kivy does so only when it draws: until then, the font of before measures
            longest = max(self._wide(piece.rstrip()) for piece in pieces(self.text)) if self.fits else 0
            if longest > width > 0:
                self._label.options["font_size"] = self.font_size * max(_LEAST_FIT, (width - 1) / longest)
            self._label.text = lines_of(self.text, width, self._wide)
        super().texture_update(*largs)

    def _wide(self, text: str) -> float:
        """As Kivy measures: a line whole, or its words one by one in whole pixels; whichever is more."""
        extents, words = self._label.get_cached_extents(), text.split(" ")
        by_words = sum(extents(word)[0] for word in words if word) + extents(" ")[0] * (len(words) - 1)
        return float(max(extents(text)[0], by_words))


class Tag(Label):
    """Words that are as wide as they need, on one line."""

    tone = StringProperty("ink")
    letters = StringProperty("body")


class Icon(Label):
    """An icon of till.screens.icons."""

    icon = StringProperty("")
    tone = StringProperty("ink")
    letters = StringProperty("title")


class Panel(BoxLayout):
    """A piece of paper on the desk."""

    ground = StringProperty("surface")
    edge = StringProperty("line")


class Pill(BoxLayout):
    """An icon and words on a soft ground of their tone. `words_height`: what the words take."""

    words_height = NumericProperty(0)
    icon = StringProperty("")
    text = StringProperty("")
    tone = StringProperty("info")
    letters = StringProperty("body")


class Pair(BoxLayout):
    """A label and a value, and what is wrong with that below it."""

    label = StringProperty("")
    value = StringProperty("")
    wrong = StringProperty("")
    tone = StringProperty("ink")
    letters = StringProperty("body")
    label_part = NumericProperty(0.34)


class Pairs(BoxLayout):
    """Labels and values, one under the other; a third text of a row is what is wrong with it."""

    rows = ListProperty()
    label_part = NumericProperty(0.34)
    letters = StringProperty("body")

    def on_rows(self, *_: Any) -> None:
        """Show them; what is there already is used again."""
        if self.canvas is None:
            return
        while len(self.children) > len(self.rows):
            self.remove_widget(self.children[0])
        while len(self.children) < len(self.rows):
            self.add_widget(Pair(label_part=self.label_part, letters=self.letters))
        for pair, (label, value, *wrong) in zip(reversed(self.children), self.rows, strict=True):
            pair.label, pair.value, pair.wrong = label, value, "".join(wrong)


class Section(BoxLayout):
    """Labels and values under a title."""

    title = StringProperty("")
    rows = ListProperty()


class Cells(GridLayout):
    """A table. `table`: rows of texts; `parts`: how wide each column is, of 1; `right`: columns of figures."""

    table = ListProperty()
    head = ListProperty()
    parts = ListProperty()
    right = ListProperty()
    letters = StringProperty("body")

    def on_table(self, *_: Any) -> None:
        """Show them; what is there already is used again."""
        if not self.parts:
            return
        self.cols = len(self.parts)
        texts = [(text, "muted", "caption") for text in self.head]
        texts += [(text, "ink", self.letters) for row in self.table for text in row]
        while len(self.children) > len(texts):
            self.remove_widget(self.children[0])
        while len(self.children) < len(texts):
            self.add_widget(Text())
        for place, (cell, (text, tone, letters)) in enumerate(zip(reversed(self.children), texts, strict=True)):
            column = place % self.cols
            cell.size_hint_x = self.parts[column]
            cell.halign = "right" if column in self.right else "left"
            cell.text, cell.tone, cell.letters = text, tone, letters

    def on_head(self, *_: Any) -> None:
        """The head has other words."""
        self.on_table()

    def on_parts(self, *_: Any) -> None:
        """The columns are known."""
        self.on_table()

    def on_right(self, *_: Any) -> None:
        """Columns of figures."""
        self.on_table()


class Leaf(BoxLayout):
    """A part of a deck. `names`: when it is shown, divided by spaces."""

    names = StringProperty("")


class Deck(BoxLayout):
    """Shows those of its leaves that are named. The others are not in the window at all: what is only hidden would
    still take touches."""

    shown = StringProperty("")

    def __init__(self, **facts: Any) -> None:
        self._leaves: list[Leaf] = []
        super().__init__(**facts)

    def on_kv_post(self, base_widget: Any) -> None:
        """All leaves are there."""
        del base_widget
        self._leaves = list(reversed(self.children))
        self.on_shown()

    def on_shown(self, *_: Any) -> None:
        """Others are named."""
        if self._leaves:
            self.clear_widgets()
            for leaf in self._leaves:
                if self.shown in leaf.names.split():
                    self.add_widget(leaf)


class Rule(BoxLayout):
    """A thin line."""


class Page(FloatLayout):
    """The ground of a screen."""


class Roll(ScrollView):
    """Something that may be higher than its place."""

    stick = BooleanProperty(False)


class Bar(Widget):
    """That something is under way. `turn`: where the mark is, 0 to 1; `part`: how much is done, -1: unknown."""

    turn = NumericProperty(0)
    part = NumericProperty(-1)
