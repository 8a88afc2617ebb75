"""How this till is set: language, colours, letters, reader, mirror, lock, cut-off, PINs."""

from typing import Any

import msgspec
from kivy.properties import ListProperty, StringProperty

from till.cards.errors import CardError
from till.messages import Words, languages
from till.operations.card_source import card_source
from till.operations.clerks import idle_after
from till.operations.office import address_of
from till.operations.printers import printer_setup
from till.screens.look import SCALES, THEMES
from till.screens.pages.page import TillPage
from till.screens.pages.printer_asks import printer_asked, try_asked
from till.screens.pages.settings_asks import (
    address_asked,
    cut_off_asked,
    heal_asked,
    lock_asked,
    mirror_asked,
    own_pin_asked,
    unlock_asked,
)
from till.screens.views.office import mirror_line, printer_line
from till.screens.widgets.kv import load
from till.screens.work.till import Till

load(__file__)


class SettingsPage(TillPage):
    """Everything that can be set."""

    language_options = ListProperty()
    theme_options = ListProperty()
    scale_options = ListProperty()
    reader_options = ListProperty()
    rows = ListProperty()
    language = StringProperty("")
    theme = StringProperty("")
    percent = StringProperty("")
    reader = StringProperty("")

    def __init__(self, **facts: Any) -> None:
        self._address = ""
        super().__init__(**facts)

    def entered(self) -> None:
        """Show how it is set."""
        self.refresh()
        self.app.do("settings", _set_now, self._show)

    def refresh(self) -> None:
        """Another language."""
        say, prefs = self.app.say, self.app.prefs
        self.language_options = [(name, Words(name, "screens")("settings.own_name")) for name in languages("screens")]
        self.theme_options = [(name, say(f"settings.theme_{name}")) for name in THEMES]
        self.scale_options = [(str(percent), f"{percent}%") for percent in SCALES]
        self.language, self.theme = prefs.language, prefs.theme
        self.percent, self.reader = str(prefs.percent), prefs.reader

    def chosen(self, name: str, value: str) -> None:
        """Something else is chosen."""
        prefs = self.app.prefs
        if not value or str(getattr(prefs, name)) == value:
            return
        if name == "reader":
            self.app.hub.use_source(card_source(value))
        self.app.set_prefs(msgspec.structs.replace(prefs, **{name: int(value) if name == "percent" else value}))

    def key(self, name: str, text: str, modifiers: list[str]) -> bool:
        """Digits choose the next of a choice, or ask."""
        del name, modifiers
        choices = {"1": "languages", "2": "themes", "3": "scales", "4": "readers"}
        asks = {
            "5": self.address,
            "6": self.mirror,
            "7": self.cut_off,
            "8": self.lock,
            "9": self.pin,
            "0": self.unlock,
            "p": self.printer,
            "t": self.try_printer,
            "h": self.heal,
        }
        text = text.lower()
        if text in choices:
            self.ids[choices[text]].next()
        elif text in asks:
            asks[text]()
        return text in choices or text in asks

    # --- what is asked for ---

    def address(self) -> None:
        """Where the office is."""
        address_asked(self.app, self._address, self._said)

    def mirror(self) -> None:
        """Where the second copy of the journal is."""
        mirror_asked(self.app, self._said)

    def heal(self) -> None:
        """Both copies of the journal are compared and put right."""
        heal_asked(self.app, self.entered)

    def printer(self) -> None:
        """Which printer it is."""
        printer_asked(self.app, self._said)

    def try_printer(self) -> None:
        """Print a page that shows whether it is set right."""
        try_asked(self.app)

    def cut_off(self) -> None:
        """What is moved to the history file."""
        cut_off_asked(self.app)

    def lock(self) -> None:
        """When the till locks itself."""
        lock_asked(self.app, self._said)

    def pin(self) -> None:
        """The clerk's own PIN."""
        own_pin_asked(self.app, self._said)

    def unlock(self) -> None:
        """Somebody's PIN."""
        unlock_asked(self.app, self._said)

    def _said(self, text: str) -> None:
        self.app.root.toast(self.app.say(text))
        self.entered()

    def _show(self, found: dict[str, Any]) -> None:
        say = self.app.say
        readers = [("pcsc", say("settings.any_reader")), *((f"pcsc:{name}", name) for name in found["readers"])]
        current = self.app.prefs.reader
        if current not in [value for value, _ in readers]:
            kind, _, name = current.partition(":")
            readers.append((current, name if kind == "pcsc" else say.known("card_source", kind)))
        self.reader_options = readers
        self.reader = current
        self._address = found["address"]
        self.rows = [
            (say("settings.server"), self._address or "—"),
            (say("office.till"), found["till"]),
            (say("settings.printer"), printer_line(found["printer"], self.app.hub.setup.receipts, say)),
            (say("settings.mirror"), mirror_line(found["mirror_problem"], found["mirror"], say)),
            (say("settings.lock"), self.app.figures.span(found["idle"])),
        ]


def _set_now(till: Till) -> dict[str, Any]:
    try:
        readers = card_source("pcsc").names()
    except CardError:
        readers = []
    return {
        "till": till.desk.till,
        "address": address_of(till.desk.store),
        "mirror": till.desk.store.setting("mirror", str),
        "mirror_problem": till.desk.journal.mirror_problem,
        "idle": idle_after(till.desk.store),
        "printer": printer_setup(till.desk.store),
        "readers": readers,
    }
