"""What this till sold: ever, and today by clerk and way to pay; the branch's reports."""

from collections.abc import Sequence

from kivy.properties import ListProperty, StringProperty

from common.units import CreditUnit
from till.operations.sold import Movement, sold_since
from till.screens.pages.page import TillPage
from till.screens.pages.report_asks import report_asked
from till.screens.views.sold import by_clerk, sold_view
from till.screens.widgets.kv import load
from till.screens.work.reports import Wanted
from till.screens.work.till import Till
from till.store.project import Totals

load(__file__)


class ReportsPage(TillPage):
    """Figures of the day, and of all days."""

    today = StringProperty("")
    count = StringProperty("")
    credit = StringProperty("")
    payments = ListProperty()
    ever = ListProperty()

    def entered(self) -> None:
        """Count again."""
        self.app.do("sold", _today, self._show)

    def key(self, name: str, text: str, modifiers: list[str]) -> bool:
        """Digits show reports."""
        del name, modifiers
        wanted = dict(zip("12345", Wanted, strict=True)).get(text)
        if wanted is not None:
            self.report(wanted)
        return wanted is not None

    def report(self, wanted: str) -> None:
        """Make a report and show it."""
        report_asked(self.app, Wanted(wanted))

    def refresh(self) -> None:
        """Another language."""
        if self.app.root.here == "reports":
            self.entered()

    def _show(self, found: tuple[Sequence[Movement], Totals]) -> None:
        movements, totals = found
        say, figures = self.app.say, self.app.figures
        view = sold_view(movements, figures)
        self.today, self.count, self.credit, self.payments = view.total, view.count, view.credit, view.by_payment
        self.ids.list.show(by_clerk(movements, figures))
        self.ever = [
            (say("reports.vends"), f"{totals.vends:,}"),
            (say("reports.reversals"), f"{totals.reversals:,}"),
            (say("reports.energy"), figures.credit(totals.energy, CreditUnit.ENERGY)),
            (say("reports.money"), figures.money(totals.money)),
            (say("reports.last_receipt"), f"{totals.receipts:,}"),
        ]


def _today(till: Till) -> tuple[Sequence[Movement], Totals]:
    return sold_since(till.desk, till.started_today()), till.desk.store.totals()
