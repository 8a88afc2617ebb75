"""How this till is set: language, colours, letters, reader, mirror, lock, cut-off, PINs."""

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from kivy.properties import ListProperty, StringProperty

from till.cards.errors import CardError
from till.messages import Words, languages
from till.operations.card_source import card_source
from till.operations.clerks import change_pin, idle_after, set_idle_after, unlock
from till.operations.mirror import set_mirror
from till.operations.refusals import BadField
from till.screens.look import SCALES, THEMES
from till.screens.pages.asking import ask, supervisor_asks, with_supervisors
from till.screens.pages.page import TillPage
from till.screens.widgets.dialog import Ask
from till.screens.widgets.kv import load
from till.screens.work.till import Till
from till.store.move_history import move_history

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

    # --- what is asked for ---

    def mirror(self) -> None:
        """Another folder for the second copy of the journal."""

        def work(value: Callable[[str], str]) -> Callable[[Till], Any]:
            folder = Path(value("folder"))
            return lambda till: _set_mirror(till, folder)

        say = self.app.say
        ask(
            self.app,
            "mirror",
            [Ask("folder", say("settings.mirror_folder"))],
            work,
            lambda _: self._said("settings.mirror_set"),
            title=say("settings.mirror"),
            texts=[say("settings.mirror_text")],
            yes=say("accounts.keep"),
            icon="entries",
        )

    def lock_after(self) -> None:
        """How long nobody may use the till before it locks itself."""

        def work(value: Callable[[str], str]) -> Callable[[Till], Any]:
            if not value("minutes").isdigit():
                raise BadField("minutes", say("ask.digits"))
            minutes = int(value("minutes"))
            return lambda till: set_idle_after(till.desk, minutes)

        say = self.app.say
        ask(
            self.app,
            "lock_after",
            [Ask("minutes", say("settings.minutes"), digits_only=True)],
            work,
            lambda _: self.entered(),
            title=say("settings.lock"),
            texts=[say("settings.lock_text")],
            yes=say("accounts.keep"),
            icon="lock",
        )

    def cut_off(self) -> None:
        """Move old purchases to the history file. It goes account by account and can be stopped after each."""
        stop = threading.Event()

        def work(value: Callable[[str], str]) -> Callable[[Till], Any]:
            try:
                day = datetime.strptime(value("day"), "%Y-%m-%d").replace(tzinfo=ZoneInfo(self.app.figures.zone))
            except ValueError as error:
                raise BadField("day", say("settings.cut_form")) from error
            return lambda till: _move(till, day, stop)

        say = self.app.say
        dialog = ask(
            self.app,
            "cut_off",
            [Ask("day", say("settings.cut_day"))],
            work,
            lambda moved: self.app.root.toast(
                say("settings.cut_stopped" if moved is None else "settings.cut_done", n=moved)
            ),
            title=say("settings.cut"),
            texts=[say("settings.cut_text")],
            yes=say("settings.cut_move"),
            icon="history",
        )
        dialog.on_cancel = stop.set

    def _moved(self, moved: int | None) -> None:
        say = self.app.say
        self.app.root.toast(say("settings.cut_stopped") if moved is None else say("settings.cut_done", n=moved))

    def own_pin(self) -> None:
        """The clerk chooses another PIN."""
        clerk = self.app.clerk.clerk

        def work(value: Callable[[str], str]) -> Callable[[Till], Any]:
            old, new, again = value("old"), value("pin"), value("again")
            if new != again:
                raise BadField("again", say("settings.pin_differs"))
            return lambda till: change_pin(till.desk, clerk, old, new)

        say = self.app.say
        ask(
            self.app,
            "pin",
            [
                Ask("old", say("settings.pin_old"), password=True, digits_only=True),
                Ask("pin", say("settings.pin_new"), password=True, digits_only=True),
                Ask("again", say("settings.pin_again"), password=True, digits_only=True),
            ],
            work,
            lambda _: self._said("settings.pin_done"),
            title=say("settings.pin"),
            texts=[],
            yes=say("accounts.keep"),
            icon="key",
        )

    def unlock(self) -> None:
        """A supervisor lets a locked PIN be tried again."""
        say = self.app.say

        def work(value: Callable[[str], str]) -> Callable[[Till], Any]:
            clerk, by, pin = value("clerk"), value("by"), value("pin")
            return lambda till: unlock(till.desk, clerk, by, pin)

        def asked(clerks: list[tuple[str, str]]) -> None:
            with_supervisors(
                self.app,
                lambda found: ask(
                    self.app,
                    "unlock",
                    [
                        Ask("clerk", say("settings.whose"), clerks[0][0], options=clerks),
                        *supervisor_asks(self.app, found)[:2],
                    ],
                    work,
                    lambda _: self._said("settings.unlocked"),
                    title=say("settings.unlock"),
                    texts=[],
                    yes=say("settings.unlock"),
                    icon="lock",
                ),
            )

        self.app.do("clerks", _active, asked)

    def _said(self, text: str) -> None:
        self.app.root.toast(self.app.say(text))
        self.entered()

    def _show(self, found: dict[str, Any]) -> None:
        say = self.app.say
        readers = [("pcsc", say("settings.any_reader")), *((f"pcsc:{name}", name) for name in found["readers"])]
        current = self.app.prefs.reader
        if current not in [value for value, _ in readers]:
            readers.append((current, current.partition(":")[0]))
        self.reader_options = readers
        self.reader = current
        self.rows = [
            (say("settings.server"), self.app.hub.setup.line or "—"),
            (say("office.till"), found["till"]),
            (say("settings.printer"), found["printer"]),
            (say("settings.mirror"), found["mirror"] or say("office.no_mirror")),
            (say("settings.lock"), self.app.figures.span(found["idle"])),
        ]


class _Stopped(Exception):
    """Somebody stopped it."""


def _move(till: Till, day: datetime, stop: threading.Event) -> int | None:
    """Move purchases before a day; how many, or None when it was stopped: what was moved by then stays moved."""

    def go_on(*_: int) -> None:
        if stop.is_set():
            raise _Stopped

    try:
        return move_history(till.desk.store, day, go_on).moved
    except _Stopped:
        return None


def _set_now(till: Till) -> dict[str, Any]:
    try:
        readers = card_source("pcsc").names()
    except CardError:
        readers = []
    return {
        "till": till.desk.till,
        "mirror": till.desk.journal.mirror_problem or till.desk.store.setting("mirror", str),
        "idle": idle_after(till.desk.store),
        "printer": str(getattr(till.printer, "folder", type(till.printer).__name__)),
        "readers": readers,
    }


def _set_mirror(till: Till, folder: Path) -> None:
    set_mirror(till.desk.store, folder)


def _active(till: Till) -> list[tuple[str, str]]:
    return [(known.clerk, known.name) for known in till.desk.store.clerks.all() if known.active]
