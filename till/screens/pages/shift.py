"""What the clerk at the till has sold since signing in: sums by way to pay, and every receipt."""

from collections.abc import Sequence
from datetime import datetime

from kivy.properties import ListProperty, StringProperty

from till.operations.receipts import reprint
from till.operations.sold import Movement, sold_since
from till.screens.pages.page import TillPage
from till.screens.views.sold import sold_view
from till.screens.widgets.kv import load
from till.screens.work.till import Till

load(__file__)


class ShiftPage(TillPage):
    """The clerk's own sales."""

    who = StringProperty("")
    since = StringProperty("")
    total = StringProperty("")
    count = StringProperty("")
    credit = StringProperty("")
    payments = ListProperty()

    def entered(self) -> None:
        """Count again."""
        self.app.do("sold", _own, self._show)

    def refresh(self) -> None:
        """Another language."""
        if self.app.root.here == "shift":
            self.entered()

    def key(self, name: str, text: str, modifiers: list[str]) -> bool:
        """Arrows choose a receipt; F11 prints a copy of it."""
        del text, modifiers
        if name in ("up", "down"):
            self.ids.list.move(1 if name == "down" else -1)
        elif name == "f11":
            self.copy()
        else:
            return False
        return True

    def copy(self) -> None:
        """A copy of the receipt that is chosen."""
        number = self.ids.list.chosen_texts[-1] if self.ids.list.chosen >= 0 else ""
        if number:
            self.app.do(
                "reprint",
                lambda till: reprint(till.desk, till.printer, number),
                lambda copy: self.app.root.toast(self.app.say("ready.copied", copy=copy, number=number)),
            )

    def _show(self, found: tuple[datetime | None, Sequence[Movement]]) -> None:
        since, movements = found
        view = sold_view(movements, self.app.figures)
        self.who = "" if self.app.clerk is None else self.app.clerk.name
        self.since = "" if since is None else self.app.say("shift.since", at=self.app.figures.at(since))
        self.total, self.count, self.credit, self.payments = view.total, view.count, view.credit, view.by_payment
        self.ids.list.show(view.rows)


def _own(till: Till) -> tuple[datetime | None, Sequence[Movement]]:
    signed_in = till.desk.store.clerks.signed_in()
    if signed_in is None:
        return None, []
    return signed_in.since, sold_since(till.desk, signed_in.since, signed_in.clerk)
