"""What this till sold: ever, and today by clerk and way to pay."""

from collections.abc import Sequence

from kivy.properties import ListProperty, StringProperty

from common.units import CreditUnit
from till.operations.sold import Movement, sold_since
from till.screens.pages.page import TillPage
from till.screens.views.sold import by_clerk, sold_view
from till.screens.widgets.kv import load
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
            (say("reports.receipts"), f"{totals.receipts:,}"),
        ]


def _today(till: Till) -> tuple[Sequence[Movement], Totals]:
    return sold_since(till.desk, till.started_today()), till.desk.store.totals()
