"""The shift: opened with a float, what should be in the drawer, counted and closed or handed over; every receipt."""

from collections.abc import Sequence
from typing import Any

from kivy.properties import BooleanProperty, ListProperty, StringProperty
from msgspec import Struct

from common.shift import ZReport
from common.units import parse_money
from till.operations.receipts import print_x, reprint
from till.operations.shift import XReport, open_shift, x_report
from till.operations.sold import Movement, sold_since
from till.screens.pages.asking import ask
from till.screens.pages.cash_up import close_asked, hand_over_asked
from till.screens.pages.page import TillPage
from till.screens.views.shift import shift_view
from till.screens.views.sold import sold_view
from till.screens.widgets.dialog import Ask
from till.screens.widgets.kv import load
from till.screens.work.till import Till

load(__file__)


class Seen(Struct, frozen=True):
    """The open shift, if one is, and what it moved; without one what the clerk sold since signing in."""

    report: XReport | None
    movements: Sequence[Movement]


class ShiftPage(TillPage):
    """The open shift."""

    who = StringProperty("")
    since = StringProperty("")
    total = StringProperty("")
    count = StringProperty("")
    credit = StringProperty("")
    doubt = StringProperty("")
    open = BooleanProperty(False)
    alone = BooleanProperty(False)
    payments = ListProperty()

    def entered(self) -> None:
        """Count again."""
        self.app.do("sold", _seen, self._show)

    def refresh(self) -> None:
        """Another language."""
        if self.app.root.here == "shift":
            self.entered()

    def key(self, name: str, text: str, modifiers: list[str]) -> bool:
        """Arrows choose a receipt; F8 prints the X report, F9 opens or closes, F10 hands over, F11 prints a copy.
        Ctrl+F enters the float of a shift that opened by itself."""
        del text
        if name in ("up", "down"):
            self.ids.list.move(1 if name == "down" else -1)
            return True
        if name == "f" and "ctrl" in modifiers and self.alone:
            self.begin()
            return True
        action = {"f8": self.print_x, "f9": self.open_or_close, "f10": self.hand_over, "f11": self.copy}.get(name)
        if action is not None:
            action()
        return action is not None

    def open_or_close(self) -> None:
        """Open a shift; when one is open, count it and close it. One that opened by itself is closed like any other."""
        if self.open:
            close_asked(self.app, self._closed)
        else:
            self.begin()

    def begin(self) -> None:
        """Open a shift with a float."""
        say, figures = self.app.say, self.app.figures

        def work(value: Any) -> Any:
            money = parse_money(value("opening_float") or "0", figures.digits)
            return lambda till: open_shift(till.desk, money)

        ask(
            self.app,
            "open_shift",
            [Ask("opening_float", say("shift.float"), digits_only=True, unit=figures.currency_name)],
            work,
            lambda _: self.entered(),
            title=say("shift.open"),
            yes=say("shift.open"),
            icon="shift",
        )

    def hand_over(self) -> None:
        """Count, and let another clerk go on with the drawer."""
        if self.open:
            hand_over_asked(self.app, self._closed)

    def print_x(self) -> None:
        """Print the X report."""
        if self.open:
            self.app.do(
                "print_x",
                lambda till: print_x(till.desk, till.printer),
                lambda _: self.app.root.toast(self.app.say("shift.x_printed")),
            )

    def copy(self) -> None:
        """A copy of the receipt that is chosen."""
        number = self.ids.list.chosen_texts[-1] if self.ids.list.chosen >= 0 else ""
        if number:
            self.app.do(
                "reprint",
                lambda till: reprint(till.desk, till.printer, number),
                lambda copy: self.app.root.toast(self.app.say("ready.copied", copy=copy, number=number)),
            )

    def _closed(self, done: tuple[ZReport, Exception | None]) -> None:
        report, trouble = done
        self.app.printed(trouble)
        closing = report.closing
        self.app.root.toast(
            self.app.say("shift.closed", number=closing.number, money=self.app.figures.money(closing.cash))
        )
        if closing.handed_to:
            self.app.do("resume", lambda till: till.who(), self._handed)
        else:
            self.entered()

    def _handed(self, clerk: Any) -> None:
        if clerk is not None:
            self.app.signed_in(clerk)

    def _show(self, seen: Seen) -> None:
        view = sold_view(seen.movements, self.app.figures)
        self.who = "" if self.app.clerk is None else self.app.clerk.name
        self.total, self.count, self.credit = view.total, view.count, view.credit
        self.open = seen.report is not None
        self.alone = seen.report is not None and seen.report.shift.by_itself
        self.since, self.payments, self.doubt = self.app.say("shift.not_open"), view.by_payment, ""
        if seen.report is not None:
            shift = shift_view(seen.report, self.app.figures)
            self.since, self.payments, self.doubt = shift.title, shift.rows, shift.doubt
        self.ids.list.show(view.rows)


def _seen(till: Till) -> Seen:
    desk = till.desk
    if desk.store.shifts.open is not None:
        report = x_report(desk)
        return Seen(report, sold_since(desk, report.shift.at))
    signed_in = desk.store.clerks.signed_in()
    return Seen(None, [] if signed_in is None else sold_since(desk, signed_in.since, signed_in.clerk))
