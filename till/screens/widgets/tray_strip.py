"""The tray of simulated cards, for trying everything without hardware: put in, pull out, put in the meter."""

from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.properties import StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from till.screens.widgets.kv import load
from till.simulator.meter import MeterOutcome
from till.simulator.tray import Tray

load(__file__)


class TrayStrip(BoxLayout):
    """The tray's cards side by side, and what can be done with the one that is chosen."""

    chosen = StringProperty("")
    inside = StringProperty("")
    said = StringProperty("")

    def __init__(self, tray: Tray, **facts: Any) -> None:
        self._tray = tray
        super().__init__(**facts)
        for path in tray.cards():
            card = TrayCard(serial=path.stem)
            card.bind(on_release=lambda pushed: self.choose(pushed.serial))
            self.ids.cards.add_widget(card)
        cards = tray.cards()
        if cards:
            self.choose(cards[0].stem)

    def choose(self, serial: str) -> None:
        """Take a card in the hand."""
        self.chosen = serial
        self._mark()

    def key(self, name: str) -> bool:
        """Keys typed with Ctrl: arrows choose a card, put it in, pull it out; M puts it in its meter."""
        actions = {
            "left": lambda: self._another(-1),
            "right": lambda: self._another(1),
            "down": self.put,
            "up": self.pull,
            "m": self.meter,
        }
        if name not in actions:
            return False
        actions[name]()
        return True

    def put(self) -> None:
        """Put it in the reader."""
        self._tray.put(self._path(self.chosen))
        self.inside = self.chosen
        self._mark()

    def pull(self) -> None:
        """Pull out the one that is in."""
        self._tray.pull()
        self.inside = ""
        self._mark()

    def meter(self) -> None:
        """Put the chosen one in its meter, and say what the meter did."""
        app = App.get_running_app()
        if self.inside == self.chosen:
            self.pull()
        number, outcome = self._tray.put_in_meter(self._path(self.chosen))
        words = app.say.known("outcome", outcome.value)
        good = outcome in (MeterOutcome.LOADED, MeterOutcome.NOTHING, MeterOutcome.CLEARED, MeterOutcome.ALREADY_LOADED)
        app.root.toast(f"{number or '—'}: {words}", "accent" if good else "warn")

    def _another(self, by: int) -> None:
        serials = [card.serial for card in reversed(self.ids.cards.children)]
        if serials:
            self.choose(serials[(serials.index(self.chosen) + by) % len(serials)])

    def _path(self, serial: str) -> Path:
        return self._tray.folder / f"{serial}.card"

    def _mark(self) -> None:
        for card in self.ids.cards.children:
            card.how = "inside" if card.serial == self.inside else "chosen" if card.serial == self.chosen else ""


class TrayCard(ButtonBehavior, BoxLayout):
    """A card on the tray."""

    serial = StringProperty("")
    how = StringProperty("")
