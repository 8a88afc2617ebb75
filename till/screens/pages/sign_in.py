"""Who is at the till: the clerk, and the PIN."""

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from common.entries import ClerkSet
from till.operations.clerks import sign_in
from till.screens.pages.page import TillPage
from till.screens.views.words import sentence
from till.screens.widgets.kv import load
from till.screens.work.status import Status

load(__file__)


class SignInPage(TillPage):
    """The clerks of the branch, and a pad for the PIN. Arrows choose, digits are the PIN, Enter signs in."""

    chosen = StringProperty("")
    error = StringProperty("")
    opening = BooleanProperty(True)
    empty = BooleanProperty(False)

    def entered(self) -> None:
        """Show who may sign in."""
        self.ids.pad.pin = ""
        self.opening = self.app.till is None
        if self.app.fatal is not None:
            told = self.app.explain(self.app.fatal)
            self.opening, self.error = False, f"{told.what}\n{told.safe}\n{told.next}"
        self._load()

    def key(self, name: str, text: str, modifiers: list[str]) -> bool:
        """Digits, back, Enter for the pad; up and down for the clerk."""
        del modifiers
        tiles = list(reversed(self.ids.clerks.children))
        if name in ("up", "down") and tiles:
            place = next((n for n, tile in enumerate(tiles) if tile.clerk == self.chosen), 0)
            self.choose(tiles[(place + (1 if name == "down" else -1)) % len(tiles)].clerk)
            return True
        given = {"backspace": "back", "enter": "enter", "numpadenter": "enter"}.get(name)
        given = given or (name.removeprefix("numpad") if name.startswith("numpad") else text)
        return bool(self.ids.pad.type(given))

    def status(self, status: Status) -> None:
        """A clerk may have come with the feed."""
        del status
        if self.empty:
            self._load()

    def choose(self, clerk: str) -> None:
        """Another clerk."""
        self.chosen, self.error = clerk, ""
        self.ids.pad.pin = ""
        for tile in self.ids.clerks.children:
            tile.here = tile.clerk == clerk

    def enter(self) -> None:
        """Sign in with what was typed."""
        clerk, pin = self.chosen, self.ids.pad.pin
        if not clerk:
            return
        self.ids.pad.pin = ""
        self.app.do("sign_in", lambda till: sign_in(till.desk, clerk, pin), self.app.signed_in, self._refused)

    def _refused(self, error: Exception) -> None:
        told = self.app.explain(error)
        self.error = f"{told.what}\n{told.next}"

    def _load(self) -> None:
        self.app.do(
            "clerks", lambda till: [known for known in till.desk.store.clerks.all() if known.active], self._show
        )

    def _show(self, clerks: list[ClerkSet]) -> None:
        clerks = [known for known in clerks if known.active]
        self.opening, self.empty = False, not clerks
        self.ids.clerks.clear_widgets()
        for known in clerks:
            roles = ", ".join(self.app.say.known("role", role.value) for role in known.roles)
            tile = ClerkTile(clerk=known.clerk, text=known.name, roles=sentence(roles))
            tile.bind(on_release=lambda pushed: self.choose(pushed.clerk))
            self.ids.clerks.add_widget(tile)
        if clerks:
            names = [known.clerk for known in clerks]
            self.choose(self.chosen if self.chosen in names else names[0])

    def refresh(self) -> None:
        """Another language."""
        self._load()


class ClerkTile(ButtonBehavior, BoxLayout):
    """A clerk to be chosen."""

    clerk = StringProperty("")
    text = StringProperty("")
    roles = StringProperty("")
    here = BooleanProperty(False)
    rim = NumericProperty(2)
