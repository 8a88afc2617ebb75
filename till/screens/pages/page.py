"""What every screen is: it is entered and left, and hears of keys, cards and the till's state."""

from typing import Any

from kivy.app import App
from kivy.uix.boxlayout import BoxLayout

from till.operations.steps import Step
from till.screens.work.status import Status
from till.screens.work.till import OnDesk


class TillPage(BoxLayout):
    """A screen.

    Attributes:
        app: the window.
        takes_cards: a card that is put in stays on this screen; else the counter is shown.
    """

    takes_cards = False

    def __init__(self, **facts: Any) -> None:
        self.app: Any = App.get_running_app()
        super().__init__(**facts)

    @property
    def shows_steps(self) -> bool:
        """Whether a card job's steps are being shown."""
        return False

    def entered(self) -> None:
        """It is shown now."""

    def left(self) -> None:
        """Another is shown now."""

    def regained(self) -> None:
        """The dialog above it is gone."""

    def refresh(self) -> None:
        """Language, colours, or the window's form changed."""

    def key(self, name: str, text: str, modifiers: list[str]) -> bool:
        """A key that no field took. Returns whether it was used."""
        del name, text, modifiers
        return False

    def status(self, status: Status) -> None:
        """The till's state, about once a second."""
        del status

    def card_came(self) -> None:
        """A card was put in and is being read."""

    def card_read(self, card: OnDesk) -> None:
        """The card was read."""
        del card

    def card_not_read(self, error: Exception) -> None:
        """The card cannot be read."""
        del error

    def card_gone(self) -> None:
        """The card was taken out; told to every screen, shown or not."""

    def step(self, step: Step) -> None:
        """A card job has come so far."""
        del step
