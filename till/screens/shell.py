"""The frame: rail or bottom bar, the bar that is always there, one screen, dialogs above it."""

from collections.abc import Sequence
from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.scrollview import ScrollView

from till.operations.steps import Step
from till.screens.pages import PAGES
from till.screens.pages.page import TillPage
from till.screens.views.errors import Told
from till.screens.views.status import Sign, signs
from till.screens.widgets.dialog import Dialog
from till.screens.widgets.kv import load
from till.screens.widgets.toast import Toasts
from till.screens.widgets.tray_strip import TrayStrip
from till.screens.work.status import Status
from till.screens.work.till import OnDesk
from till.screens.work.waits import Leaving, leaving

load(__file__)
_ = Toasts  # named in the layout

RAIL = (
    ("counter", "counter", "F1"),
    ("accounts", "accounts", "F2"),
    ("cards", "cards", "F3"),
    ("shift", "shift", "F4"),
    ("reports", "reports", "F5"),
    ("office", "office", "F6"),
    ("settings", "settings", "F7"),
)
"""Screens, their icons and keys, in the order of the rail."""

_ABOVE = 2
"""What is above every dialog: what is waited for, and what was said."""
_TURNS = {"pageup": 0.8, "pagedown": -0.8}
_KEYS = {key.lower(): name for name, _, key in RAIL}


class Shell(FloatLayout):
    """The frame. `here`: the screen that is shown."""

    here = StringProperty("")
    railed = BooleanProperty(False)

    def __init__(self, **facts: Any) -> None:
        super().__init__(**facts)
        self._app = App.get_running_app()
        self._pages: dict[str, TillPage] = {}
        self._dialogs: list[Dialog] = []
        self._signs: list[SignView] = []
        self._app.bind(portrait=lambda *_: Clock.schedule_once(lambda __: self.refresh()))
        self._app.bind(busy_name=lambda *_: self._wait(), busy_part=lambda *_: self._wait_part())
        self._app.bind(
            line=lambda *_: self.show_signs(),
            reader=lambda *_: self.show_signs(),
            printer_trouble=lambda *_: self.show_signs(),
        )
        self._side, self._bottom = self.ids.side.__self__, self.ids.bottom.__self__
        self._rail = self.ids.rail.__self__
        for name, icon, key in RAIL:
            for rail in (self._rail, self._bottom):  # one of the two is shown
                rail.add_widget(RailItem(name=name, icon=icon, key=key))
        self._bottom.add_widget(RailItem(name="lock", icon="lock", key="F12"))
        tray = self._app.hub.setup.tray
        self._tray = None if tray is None else TrayStrip(tray)
        self._app.bind(portrait=lambda *_: self._frame())
        self.bind(railed=lambda *_: self._frame())
        self._frame()

    # --- screens ---

    @property
    def page(self) -> TillPage | None:
        """The screen that is shown."""
        return self._pages.get(self.here)

    def show(self, name: str) -> None:
        """Show a screen."""
        if self.here == name and self.page is not None:
            self.page.entered()
            return
        if self.page is not None:
            self.page.left()
        page = self._pages.get(name)
        if page is None:
            page = self._pages[name] = PAGES[name]()
        self.ids.stage.clear_widgets()
        self.ids.stage.add_widget(page)
        self.here = name
        for item in (*self._rail.children, *self._bottom.children):
            item.lit = item.name == name
        self.railed = name != "sign_in"
        page.entered()

    def refresh(self) -> None:
        """Language, colours or the window's form changed."""
        self.show_signs()
        for page in self._pages.values():
            page.refresh()
        for dialog in self._dialogs:
            dialog.refresh()

    def key(self, name: str, text: str, modifiers: list[str]) -> bool:
        """A key goes to the dialog on top, else to another screen, else to the one that is shown. Esc first ends a wait
        that may be ended."""
        if name == "escape" and self._app.leave():
            return True
        if self._tray is not None and "ctrl" in modifiers and self._tray.key(name):
            return True
        if name in _TURNS:
            self._turn(_TURNS[name])
            return True
        if self._dialogs:
            return self._dialogs[-1].key(name, text, modifiers)
        if self._app.clerk is not None:
            if name in _KEYS:
                self.show(_KEYS[name])
                return True
            if name == "f12":
                self._app.sign_out()
                return True
        return self.page is not None and self.page.key(name, text, modifiers)

    def _turn(self, by: float) -> None:
        """Scroll what does not fit, by so many of its heights."""
        top = self._dialogs[-1] if self._dialogs else self.page
        for view in [] if top is None else top.walk(restrict=True):
            if isinstance(view, ScrollView) and view.do_scroll_y and view.children:
                beyond = view.children[0].height - view.height
                if beyond > 1:
                    view.scroll_y = max(0.0, min(1.0, view.scroll_y + by * view.height / beyond))

    # --- what happens ---

    def status(self, status: Status) -> None:
        """The till's status."""
        self.show_signs()
        if self.page is not None:
            self.page.status(status)

    def card_came(self) -> None:
        """A card was put in; it is being read."""
        if self.page is not None and not self.page.takes_cards:
            self.show("counter")
        if self.page is not None:
            self.page.card_came()

    def card_read(self, card: OnDesk) -> None:
        """The card was read."""
        if self.page is not None:
            self.page.card_read(card)

    def card_not_read(self, error: Exception) -> None:
        """The card cannot be read."""
        if self.page is not None:
            self.page.card_not_read(error)

    def card_gone(self) -> None:
        """The card was taken out."""
        for page in self._pages.values():
            page.card_gone()

    def step(self, step: Step) -> None:
        """A card job has come so far."""
        if self.page is not None:
            self.page.step(step)

    # --- above the screen ---

    def tell(self, told: Told) -> None:
        """Show an error until somebody has read it; what fails again meanwhile is not said twice."""
        if any(dialog.title == told.what for dialog in self._dialogs):
            return
        self.open_dialog(Dialog.about(told, self._app.say))

    def open_dialog(self, dialog: Dialog) -> None:
        """Show a dialog above everything."""
        self._dialogs.append(dialog)
        dialog.on_closed = lambda: self._closed(dialog)
        self.add_widget(dialog, index=_ABOVE)
        dialog.entered()

    def close_dialogs(self) -> None:
        """Take all dialogs away."""
        for dialog in list(self._dialogs):
            dialog.close()

    @property
    def dialog(self) -> Dialog | None:
        """The dialog on top."""
        return self._dialogs[-1] if self._dialogs else None

    def toast(self, text: str, tone: str = "accent") -> None:
        """Say something that needs no answer."""
        self.ids.toasts.say(text, tone)

    def _closed(self, dialog: Dialog) -> None:
        self._dialogs.remove(dialog)
        self.remove_widget(dialog)
        if self.page is not None and not self._dialogs:
            self.page.regained()

    def _frame(self) -> None:
        """The rail at the side, or the bar at the bottom; the tray under the screen."""
        portrait = self._app.portrait
        for part in (self._side, self._bottom, self._tray):
            if part is not None and part.parent is not None:
                part.parent.remove_widget(part)
        if self.railed and not portrait:
            self.ids.frame.add_widget(self._side, index=1)
        if self._tray is not None:
            self.ids.column.add_widget(self._tray)
        if self.railed and portrait:
            self.ids.column.add_widget(self._bottom)

    # --- the bar ---

    def show_signs(self) -> None:
        """Fill the bar that is always there."""
        app = self._app
        if app.status is None:
            return
        found: Sequence[Sign] = signs(app.status, app.line, app.reader, app.printer_trouble, app.figures)
        while len(self._signs) < len(found):
            self._signs.append(SignView())
            self.ids.signs.add_widget(self._signs[-1])
        while len(self._signs) > len(found):
            self.ids.signs.remove_widget(self._signs.pop())
        for view, sign in zip(self._signs, found, strict=True):
            view.name, view.icon, view.text, view.tone = sign.name, sign.icon, sign.text, sign.tone

    def _wait(self) -> None:
        strip = self.ids.waiting
        # A screen that shows the steps of a card job says more than this can.
        name = self._app.busy_name
        if name and not (self.page is not None and self.page.shows_steps):
            how = leaving(name)
            strip.text, strip.hint = self._app.say(f"busy.{name}"), self._app.say(f"wait.{how.value}")
            strip.leaves = how is Leaving.LOOK
            strip.begin()
        else:
            strip.end()

    def _wait_part(self) -> None:
        self.ids.waiting.part = self._app.busy_part


class SignView(BoxLayout):
    """One part of the bar."""

    name = StringProperty("")
    icon = StringProperty("")
    text = StringProperty("")
    tone = StringProperty("ink")


class RailItem(ButtonBehavior, BoxLayout):
    """A screen on the rail, or the lock."""

    name = StringProperty("")
    icon = StringProperty("")
    key = StringProperty("")
    lit = BooleanProperty(False)
    ink = StringProperty("on_rail")

    def on_release(self) -> None:
        """Go there."""
        app = App.get_running_app()
        if self.name == "lock":
            app.sign_out()
        else:
            app.go(self.name)


class WaitStrip(BoxLayout):
    """What is being waited for, over the screen, and whether one need wait. `leaves`: one need not; `part`: how much is
    done, 0 to 1, -1 where nobody knows."""

    text = StringProperty("")
    hint = StringProperty("")
    leaves = BooleanProperty(False)
    part = NumericProperty(-1)

    def begin(self) -> None:
        """Show it."""
        self.opacity = 1
        self._tick = Clock.schedule_interval(self._move, 1 / 15)

    def end(self) -> None:
        """Take it away."""
        self.opacity, self.leaves = 0, False
        tick: Any = getattr(self, "_tick", None)
        if tick is not None:
            tick.cancel()

    def _move(self, _: float) -> None:
        self.ids.bar.turn = (Clock.get_time() * 0.8) % 1
