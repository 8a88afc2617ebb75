"""A question or a message above the screen. Esc is the safe answer, Enter the one that is asked for."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from kivy.app import App
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout

from till.messages import Words
from till.screens.views.errors import Told
from till.screens.widgets.button import Choice, Push
from till.screens.widgets.field import Field
from till.screens.widgets.kv import load

load(__file__)

_ENTER = ("enter", "numpadenter")


class Answer(NamedTuple):
    """A button of a dialog: words, kind (see Push), and what it does; None: nothing but close."""

    text: str
    kind: str
    then: Callable[[], None] | None


class Ask(NamedTuple):
    """Something to be typed or chosen in a dialog. `options`: value and words, for a choice."""

    name: str
    label: str
    value: str = ""
    password: bool = False
    digits_only: bool = False
    options: Sequence[tuple[str, str]] = ()
    unit: str = ""


class Dialog(FloatLayout):
    """A dialog. The last answer is the one that Enter gives; the first is Esc's.

    Attributes:
        on_cancel: stops what was answered while it is being done; None where that is not safe.
    """

    title = StringProperty("")
    icon = StringProperty("")
    tone = StringProperty("ink")
    texts = ListProperty()
    wide = BooleanProperty(False)
    columns = NumericProperty(1)

    def __init__(self, answers: Sequence[Answer], asks: Sequence[Ask] = (), **facts: Any) -> None:
        super().__init__(**facts)
        self.on_closed: Callable[[], None] = lambda: None
        self.on_cancel: Callable[[], None] | None = None
        self.busy = False
        self._answers = list(answers)
        self._fields: dict[str, Field | Choice] = {}
        for ask in asks:
            self._add(ask)
        for place, answer in enumerate(self._answers):
            key = ("Esc" if place == 0 else "") if len(self._answers) > 1 else ""
            key = "Enter" if place == len(self._answers) - 1 else key
            button = Push(text=answer.text, kind=answer.kind, key=key)
            button.bind(on_release=lambda _, given=answer: self._give(given))
            self.ids.answers.add_widget(button)
        self._ring()

    @classmethod
    def about(cls, told: Told, words: Words) -> "Dialog":
        """A message about an error: what happened, money and card, what to do."""
        return cls(
            [Answer(words("dialog.understood"), "primary", None)],
            title=told.what,
            icon="alert",
            tone=told.tone,
            texts=[told.safe, told.next],
        )

    def value(self, name: str) -> str:
        """What was typed or chosen."""
        field = self._fields[name]
        return str(field.value if isinstance(field, Choice) else field.text.strip())

    def field(self, name: str) -> Field | Choice:
        """Where it is typed or chosen."""
        return self._fields[name]

    def entered(self) -> None:
        """Give the first field the keys."""
        fields = list(self._fields.values())
        first = next((field for field in fields if isinstance(field, Field)), fields[0] if fields else None)
        if isinstance(first, Field):
            first.take_keys()
        elif first is not None:
            first.focus = True

    def refresh(self) -> None:
        """Nothing here changes with the window."""

    def key(self, name: str, text: str, modifiers: list[str]) -> bool:
        """Esc and Enter answer; everything else is for the fields, and nothing for the screen below."""
        del text, modifiers
        if name == "escape":
            self._give(self._answers[0])
            return True
        if name in _ENTER and not self._fields:
            self._give(self._answers[-1])
            return True
        return not self._fields

    def close(self) -> None:
        """Go away."""
        for place in self._places():
            place.focus = False
        self.on_closed()

    def complain(self, name: str, text: str) -> None:
        """Say what is wrong with a field."""
        for other in self._fields.values():
            if isinstance(other, Field):
                other.error = ""
        field = self._fields[name]
        if isinstance(field, Field):
            field.error = text
            field.take_keys()

    @property
    def names(self) -> Sequence[str]:
        """What is asked for."""
        return list(self._fields)

    def work(self, busy: bool) -> None:
        """While what was answered is being done, nothing is answered again."""
        self.busy = busy

    def on_touch_down(self, touch: Any) -> bool:
        """Nothing below is touched."""
        super().on_touch_down(touch)
        return True

    def _add(self, ask: Ask) -> None:
        field: Field | Choice
        if ask.options:
            field = Choice(value=ask.value, options=list(ask.options))
            field.bind(on_enter=lambda entered: self._next(entered))
            self._fields[ask.name] = field
            labelled = Labelled(label=ask.label)
            labelled.add_widget(field)
            self.ids.fields.add_widget(labelled)
            return
        field = Field(
            label=ask.label, text=ask.value, password=ask.password, digits_only=ask.digits_only, unit=ask.unit
        )
        field.bind(on_enter=lambda entered: self._next(entered))
        self._fields[ask.name] = field
        self.ids.fields.add_widget(field)

    def _places(self) -> list[Any]:
        """Where keys can go, in the order of Tab."""
        fields = [field.line if isinstance(field, Field) else field for field in self._fields.values()]
        return [*fields, *reversed(self.ids.answers.children)]

    def _ring(self) -> None:
        """Tab goes round in here, never to the screen below; what it reaches is brought into sight."""
        places = self._places()
        for place, after in zip(places, [*places[1:], places[0]], strict=True):
            place.focus_next = after if after is not place else StopIteration
            place.bind(focus=lambda given, here: self.ids.roll.scroll_to(given, animate=False) if here else None)

    def _next(self, entered: Field | Choice) -> None:
        """Enter goes to what is typed next; what is chosen has been, and is stepped over."""
        fields = list(self._fields.values())
        after = fields[fields.index(entered) + 1 :]
        typed = next((field for field in after if isinstance(field, Field)), None)
        if typed is not None:
            typed.take_keys()
        else:
            self._give(self._answers[-1])

    def _give(self, answer: Answer) -> None:
        if self.busy:
            if answer is self._answers[0] and self.on_cancel is not None:
                self.on_cancel()
            return
        if answer.then is None:
            self.close()
        else:
            answer.then()


class Labelled(BoxLayout):
    """A choice with its label."""

    label = StringProperty("")


def open_dialog(dialog: Dialog) -> Dialog:
    """Show a dialog above the window's screen."""
    App.get_running_app().root.open_dialog(dialog)
    return dialog
