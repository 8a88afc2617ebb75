"""Selling on the card that is in: an amount, its quote, the writing in three steps, the receipt."""

from collections.abc import Callable
from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from common.account import standing
from common.tariff import Quote
from common.units import BadAmount, CreditUnit
from till.operations.refusals import LeftInDoubt
from till.operations.steps import Step
from till.screens.views.quote import asked, change_of, quote_view
from till.screens.widgets.kv import load
from till.screens.work.till import OnDesk, Written

load(__file__)

PAYMENTS = ("cash", "card", "transfer", "mobile")
_STEPS = {Step.STARTED: 1, Step.WRITTEN: 2, Step.COMPLETED: 3, Step.PRINTED: 4}


class SellPanel(BoxLayout):
    """Where it is sold. `stage`: amount, quoted, writing, done."""

    stage = StringProperty("amount")
    by = StringProperty("money")
    amount = StringProperty("")
    error = StringProperty("")
    error_safe = StringProperty("")
    credit = StringProperty("")
    total = StringProperty("")
    lines = ListProperty()
    payment = StringProperty("cash")
    received = StringProperty("")
    change = StringProperty("")
    change_tone = StringProperty("muted")
    receipt = StringProperty("")
    done_steps = NumericProperty(0)
    counts_money = BooleanProperty(False)
    card = ObjectProperty(None, allownone=True)

    def __init__(self, **facts: Any) -> None:
        super().__init__(**facts)
        self._quote: Quote | None = None
        self.on_doubt: Callable[[LeftInDoubt], None] = lambda _: None
        self.on_sold: Callable[[Written], None] = lambda _: None

    @property
    def app(self) -> Any:
        """The window."""
        return App.get_running_app()

    @property
    def writing(self) -> bool:
        """Whether the card is being written."""
        return bool(self.stage == "writing")

    def begin(self, card: OnDesk) -> None:
        """A card is in that may be sold on."""
        self.card = card
        self.counts_money = card.facts is not None and standing(card.facts).unit is CreditUnit.MONEY
        self.payment, self.by = "cash", "money"
        self._to_amount("")

    def end(self) -> None:
        """The card is out."""
        self.card, self._quote = None, None
        self._to_amount("")
        self.ids.amount.line.focus = self.ids.received.line.focus = False

    def take_keys(self) -> None:
        """Let keys go where something is typed now."""
        if self.stage == "amount":
            self.ids.amount.take_keys()
        elif self.stage == "quoted":
            self.ids.received.take_keys()

    def key(self, name: str, text: str) -> bool:
        """Enter, Esc, F9 and F10; digits that no field took."""
        if name in ("enter", "numpadenter"):
            self.enter()
        elif name == "escape" and self.stage == "quoted":
            self._to_amount(self.amount)
        elif name == "escape" and self.stage == "amount" and self.amount:
            self._to_amount("")
        elif name == "f9" and self.stage == "amount" and not self.counts_money:
            self.by = "energy" if self.by == "money" else "money"
        elif name == "f10" and self.stage == "quoted":
            self.ids.payments.next()
        elif text.isdigit() and len(text) == 1 and self.stage == "amount" and not self.ids.amount.line.focus:
            self.ids.amount.take_keys()
            self.ids.amount.line.insert_text(text)
        else:
            return False
        return True

    def enter(self) -> None:
        """The next step: quote, then write."""
        if self.stage == "amount":
            self.quote()
        elif self.stage == "quoted":
            self.sell()

    def quick(self, amount: str) -> None:
        """A round amount."""
        self.amount = amount
        self.quote()

    def quote(self) -> None:
        """Ask what it costs."""
        card, figures = self.card, self.app.figures
        if card is None or not self.amount.strip():
            return
        try:
            amount = asked(self.amount, self.by, figures)
        except BadAmount as bad:
            self._refused(bad)
            return
        self.app.do("quote", lambda till: till.quote(card, amount), self._quoted, self._refused)

    def sell(self) -> None:
        """Write the card."""
        card, quote, payment = self.card, self._quote, self.payment
        if card is None or quote is None:
            return
        if self.app.do("sell", lambda till: till.sell(card, quote, payment), self._sold, self._failed):
            self.error = self.error_safe = ""
            self.done_steps = 0
            self.stage = "writing"
            self.ids.roll.scroll_y = 1

    def step(self, step: Step) -> None:
        """The job has come so far."""
        self.done_steps = _STEPS.get(step, self.done_steps)

    def on_received(self, *_: Any) -> None:
        """What is to be given back."""
        if self._quote is not None:
            self.change, self.change_tone = change_of(self.received, self._quote.amount, self.app.figures)

    def on_by(self, *_: Any) -> None:
        """Another unit: what was typed means something else."""
        self.amount, self.error, self.error_safe = "", "", ""
        self.take_keys()

    def on_amount(self, *_: Any) -> None:
        """What was wrong is being put right."""
        self.error = self.error_safe = ""

    def refresh(self) -> None:
        """Another language."""
        if self._quote is not None:
            self._show(self._quote)

    def _to_amount(self, amount: str) -> None:
        self.amount, self.error, self.error_safe, self.received, self.change = amount, "", "", "", ""
        self._quote = None
        self.stage = "amount"
        if self.card is not None:
            self.take_keys()

    def _quoted(self, quote: Quote) -> None:
        if self.card is None:
            return
        self._quote = quote
        self._show(quote)
        self.stage = "quoted"
        self.take_keys()
        self._show_part("received")

    def _show_part(self, name: str) -> None:
        """Bring a part into sight, where not all has room, once it is laid out."""
        Clock.schedule_once(lambda _: self.ids.roll.scroll_to(self.ids[name], animate=False))

    def _show(self, quote: Quote) -> None:
        view = quote_view(quote, self.app.figures)
        self.credit, self.total, self.lines = view.credit, view.total, view.lines

    def _refused(self, error: Exception) -> None:
        told = self.app.explain(error)
        self.error, self.error_safe = told.what, f"{told.safe}\n{told.next}"
        self.take_keys()
        self._show_part("wrong")

    def _sold(self, written: Written) -> None:
        self.receipt = written.job.receipt or ""
        self.app.printer_trouble = written.printer
        self.stage = "done"
        self.on_sold(written)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, LeftInDoubt):
            self.on_doubt(error)
            return
        self._to_amount(self.amount)
        self._refused(error)
