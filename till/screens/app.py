"""The window: what is shown where, in which language and colours, and where keys go."""

from collections.abc import Callable
from typing import Any, TypeVar

from kivy.app import App
from kivy.clock import Clock, mainthread
from kivy.core.window import Window
from kivy.metrics import Metrics
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.behaviors import FocusBehavior

from common.entries import ClerkSet, UtilitySet
from till.messages import Figures
from till.operations.desk import Desk
from till.operations.steps import Step
from till.screens import icons
from till.screens.look import Look
from till.screens.pages.disk_asks import take_over_asked
from till.screens.shell import Shell
from till.screens.views.errors import Told as ToldError
from till.screens.views.errors import told
from till.screens.views.words import window_words
from till.screens.work.hub import Hub, Setup, Told
from till.screens.work.line import LineSeen
from till.screens.work.prefs import Prefs, save_prefs
from till.screens.work.status import Status
from till.screens.work.till import OnDesk, Till
from till.screens.work.waits import QUIET, Leaving, leaving
from till.screens.work.watch import ReaderSeen

T = TypeVar("T")

WAIT_SHOWN_AFTER = 0.2
"""Seconds after which a wait is shown."""
_STATUS_EVERY = 1.0
_USED_EVERY = 20.0
"""Seconds between two notes that the window is being used."""


class TillApp(App):
    """The till's window.

    Attributes:
        say: the words of the language that is shown; replaced when another is chosen.
        look: colours and sizes; replaced likewise.
        figures: how money, credit and time are written; replaced likewise.
        clerk: who is at the till.
        card: the card in the reader, once it was read.
        card_error: why the card in the reader cannot be read.
        busy_name: the job that is shown as waited for; "" for none.
        busy_part: how much of it is done, 0 to 1; -1 where nobody knows.
    """

    say = ObjectProperty(window_words("en"))
    look = ObjectProperty(Look())
    figures = ObjectProperty(Figures(window_words("en")))
    portrait = BooleanProperty(False)
    clerk = ObjectProperty(None, allownone=True)
    status = ObjectProperty(None, allownone=True)
    line = ObjectProperty(None, allownone=True)
    reader = ObjectProperty(None, allownone=True)
    printer_trouble = ObjectProperty(None, allownone=True)
    card = ObjectProperty(None, allownone=True)
    card_error = ObjectProperty(None, allownone=True)
    fatal = ObjectProperty(None, allownone=True)
    busy_name = StringProperty("")
    busy_part = NumericProperty(-1)

    def __init__(self, setup: Setup, **facts: Any) -> None:
        self.prefs: Prefs = setup.prefs
        self.till: Till | None = None
        self._used = 0.0
        self._disk_told: Desk | None = None
        self._ticks: list[Any] = []
        self._utility: UtilitySet | None = None
        super().__init__(**facts)
        handed = Told(self._opened, self._failed, self._status, self._reader, self._line, self._disk_failed, self._step)
        self.hub = Hub(setup, mainthread(lambda work: work()), handed)

    # --- Kivy's ---

    def build(self) -> Shell:
        """Make the window's content."""
        self.title = "Kilotill"
        self._dress()
        self._turned(Window, *Window.size)
        Window.bind(on_resize=self._turned, on_key_down=self._key, on_touch_down=self._touched)
        self.root = Shell()
        return self.root

    def on_start(self) -> None:
        """Open the till."""
        self.hub.start()
        self._ticks = [
            Clock.schedule_interval(lambda _: self.hub.ask_status(), _STATUS_EVERY),
            Clock.schedule_interval(lambda _: self._show_waiting(), 0.1),
        ]

    def on_stop(self) -> None:
        """Finish what is under way."""
        for tick in self._ticks:
            tick.cancel()
        Window.unbind(on_resize=self._turned, on_key_down=self._key, on_touch_down=self._touched)
        self.hub.stop()

    def open_settings(self, *_: Any) -> bool:
        """Kivy's own settings are nobody's business here."""
        return False

    # --- for the screens ---

    @staticmethod
    def glyph(name: str) -> str:
        """The letter of an icon."""
        return icons.glyph(name)

    def do(
        self,
        name: str,
        work: Callable[[Till], T],
        done: Callable[[T], None] = lambda _: None,
        failed: Callable[[Exception], None] | None = None,
    ) -> bool:
        """Have the till do something in the background; what fails and is not taken is told in a dialog."""
        return self.hub.do(name, work, done, failed)

    def explain(self, error: Exception) -> ToldError:
        """An error in the language that is shown."""
        return told(error, self.figures)

    def tell(self, error: Exception) -> None:
        """Show an error in a dialog."""
        self.root.tell(self.explain(error))

    def go(self, page: str) -> None:
        """Show a screen; without a clerk only the one to sign in on."""
        self.root.show("sign_in" if self.clerk is None else page)

    def set_prefs(self, prefs: Prefs) -> None:
        """Another language, theme or text scale, from now on and next time."""
        self.prefs = prefs
        self._dress()
        self.root.refresh()
        self.do("prefs", lambda till: save_prefs(till.desk.store, prefs))

    def read_card(self) -> None:
        """Read the card that is in."""
        self.do("read", lambda till: till.read(), self._read, self._not_read)

    def signed_in(self, clerk: ClerkSet) -> None:
        """Somebody is at the till."""
        self.clerk = clerk
        self.go("counter")
        self.do("print", lambda till: till.print(), self.printed)
        if self.reader is not None and self.reader.card:
            self.read_card()

    @mainthread  # type: ignore[untyped-decorator]
    def progress(self, done: int, of: int) -> None:
        """How far the long work under way has come; told from the worker's thread."""
        self.busy_part = done / max(1, of)

    def heard(self) -> None:
        """The office said something: by a line, or on a stick."""
        self.do("utility", lambda till: till.utility, self._heard_utility)
        self._judge_again()

    def printed(self, trouble: Exception | None) -> None:
        """Receipts were printed, or why not."""
        self.printer_trouble = trouble

    def sign_out(self) -> None:
        """Leave the till."""
        from till.operations.clerks import sign_out

        self.do("sign_out", lambda till: sign_out(till.desk), lambda _: self._left())

    # --- what is told from behind ---

    def _opened(self, till: Till) -> None:
        self.till = till
        self.do("resume", lambda found: (found.who(), found.utility), self._resumed)

    def _resumed(self, found: tuple[ClerkSet | None, UtilitySet | None]) -> None:
        clerk, utility = found
        self._heard_utility(utility)
        if clerk is None:
            self.go("sign_in")
        else:
            self.signed_in(clerk)

    def _failed(self, error: Exception) -> None:
        if self.till is None:
            self.fatal = error
            self.root.show("sign_in")
        else:
            self.tell(error)

    def _status(self, status: Status) -> None:
        self.status = status
        if status.clerk is None and self.clerk is not None:
            self._left()
        self.root.status(status)

    def _left(self) -> None:
        self.clerk = None
        self.card = self.card_error = None
        self.root.close_dialogs()
        self.root.card_gone()  # whoever signs in next is shown the card that is in then, if one is
        self.go("sign_in")

    def _line(self, seen: LineSeen) -> None:
        self.line = seen
        if seen.report is not None and seen.report.received and not seen.busy:
            self.heard()

    def _judge_again(self) -> None:
        """The office said something: it may be about the card that is in."""
        card: OnDesk | None = self.card

        def judged(refused: Exception | None) -> None:
            changed = card is not None and type(refused) is not type(card.examined.refused)
            page = self.root.page
            if changed and self.card is card and page is not None and not page.shows_steps:
                self.read_card()

        if card is not None:
            self.do("heard", lambda till: till.judge(card), judged)

    def _heard_utility(self, utility: UtilitySet | None) -> None:
        self._utility = utility
        self.figures = Figures.of(self.say, utility)

    def _reader(self, seen: ReaderSeen) -> None:
        had = self.reader is not None and self.reader.card
        self.reader = seen
        if self.clerk is None:
            return
        if seen.card and not had:
            self.root.card_came()
            self.read_card()
        elif had and not seen.card:
            self.card = self.card_error = None
            self.root.card_gone()

    def _read(self, card: OnDesk) -> None:
        if self.reader is None or not self.reader.card:
            return
        self.card, self.card_error = card, None
        self.root.card_read(card)

    def _not_read(self, error: Exception) -> None:
        if self.reader is None or not self.reader.card:
            return
        self.card, self.card_error = None, error
        self.root.card_not_read(error)

    def _disk_failed(self) -> None:
        if self.till is not None and self._disk_told is not self.till.desk:  # once for each disk
            self._disk_told = self.till.desk
            take_over_asked(self)

    def _step(self, step: Step) -> None:
        self.root.step(step)

    # --- the window ---

    def _dress(self) -> None:
        self.say = window_words(self.prefs.language)
        self.figures = Figures.of(self.say, self._utility)
        self.look = Look(self.prefs.theme, self.prefs.percent, float(Metrics.density))
        Window.clearcolor = self.look.colour("ground")

    def _turned(self, _: Any, width: int, height: int) -> None:
        self.portrait = width < height

    def _show_waiting(self) -> None:
        waits = self.hub.worker.longest(lambda name: name not in QUIET)
        name = waits[0] if waits is not None and waits[1] >= WAIT_SHOWN_AFTER else ""
        if name != self.busy_name:
            self.busy_part = -1
            self.busy_name = name

    def leave(self) -> bool:
        """Stop waiting for what is shown as waited for, where that is safe. Returns whether it was."""
        name = self.busy_name
        if not name or leaving(name) is not Leaving.LOOK:
            return False
        self.hub.worker.leave(name)
        self._show_waiting()
        return True

    def _touched(self, _: Any, touch: Any) -> bool:
        # A touch beside a field takes no keys away from it.
        FocusBehavior.ignored_touch.append(touch)
        self._in_use()
        return False

    def _key(self, _: Any, key: int, __: int, text: str | None, modifiers: list[str]) -> bool:
        self._in_use()
        name = Window._system_keyboard.keycode_to_string(key)
        return bool(self.root.key(name, text or "", modifiers))

    def _in_use(self) -> None:
        now = Clock.get_time()
        if self.clerk is not None and now - self._used > _USED_EVERY:
            self._used = now
            self.do("touch", lambda till: till.who())
