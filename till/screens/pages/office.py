"""The office: the line, what waits to go, the lease, the stock of cards, and what was decided for this branch."""

from collections.abc import Sequence

from kivy.properties import ListProperty, StringProperty

from till.operations.decided import Decided, decided
from till.operations.unsent import Unsent, unsent
from till.screens.pages.page import TillPage
from till.screens.pages.stick_asks import from_stick_asked, to_stick_asked
from till.screens.views.office import office_rows
from till.screens.widgets.kv import load
from till.screens.work.status import Status

load(__file__)

_MOST = 100
"""Decisions that are shown."""


class OfficePage(TillPage):
    """How this till stands with the office."""

    headline = StringProperty("")
    tone = StringProperty("muted")
    trouble = StringProperty("")
    rows = ListProperty()
    _unsent: Unsent | None = None
    _counted = -1
    """Of how many entries `_unsent` speaks."""

    def entered(self) -> None:
        """Look again."""
        self._counted = -1
        self.app.do("decided", lambda till: decided(till.desk, _MOST), self._show)
        if self.app.status is not None:
            self.status(self.app.status)

    def refresh(self) -> None:
        """Another language."""
        if self.app.root.here == "office":
            self.entered()

    def key(self, name: str, text: str, modifiers: list[str]) -> bool:
        """F9 syncs, F10 writes a stick, F11 reads one."""
        del text, modifiers
        action = {"f9": self.sync, "f10": self.to_stick, "f11": self.from_stick}.get(name)
        if action is not None:
            action()
        return action is not None

    def to_stick(self) -> None:
        """Write what the office lacks on a stick."""
        to_stick_asked(self.app)

    def from_stick(self) -> None:
        """Take what the office wrote on a stick."""
        from_stick_asked(self.app, self.entered)

    def status(self, status: Status) -> None:
        """What changes by itself."""
        say, line = self.app.say, self.app.line
        self._count(status)
        self.rows = office_rows(status, line, self._unsent, self.app.figures)
        self.trouble = ""
        if line is None:
            self.headline, self.tone = say("status.no_line"), "muted"
        elif line.up is None:
            self.headline, self.tone = say("status.line_first"), "muted"
        else:
            since = self.app.figures.since(line.since, status.now)
            self.headline = say("status.line_up" if line.up else "status.line_down", since=since)
            self.tone = "accent" if line.up else "warn"
            if line.trouble is not None:
                told = self.app.explain(line.trouble)
                self.trouble = f"{told.what}\n{told.safe}\n{told.next}"

    def _count(self, status: Status) -> None:
        """Look what it is that waits, when that is not as many as before."""
        if self.app.root.here == "office" and status.waiting != self._counted:
            self._counted = status.waiting
            self.app.do("unsent", lambda till: unsent(till.desk), self._show_unsent)

    def _show_unsent(self, found: Unsent) -> None:
        self._unsent = found
        if self.app.status is not None:
            self.status(self.app.status)

    def sync(self) -> None:
        """Sync now."""
        self.app.hub.ask_sync()
        self.app.root.toast(self.app.say("office.asked"))

    def _show(self, found: Sequence[Decided]) -> None:
        say, figures = self.app.say, self.app.figures
        rows = [
            [figures.at(made.at), made.account, say.known("decision", made.kind), say.known("rule", made.rule)]
            for made in found
        ]
        self.ids.list.show(rows)
