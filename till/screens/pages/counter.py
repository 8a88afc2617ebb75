"""The counter: put in the card and the account is there; type an amount; Enter, Enter; take out the card."""

from dataclasses import replace
from typing import Any

from kivy.properties import StringProperty

from common.account import latest_purchases
from common.admission import (
    AccountIsFrozen,
    CardIsBlank,
    CardIsBlocked,
    CardIsSuperseded,
    CardNotOfAccount,
    CardWasReturned,
    CreditNotTaken,
    MakeupIsOwed,
)
from till.operations.makeup import make_up
from till.operations.receipts import reprint
from till.operations.refusals import LeftInDoubt
from till.operations.steps import Step
from till.screens.pages.history import show_history
from till.screens.pages.page import TillPage
from till.screens.pages.printer_asks import paper_asked
from till.screens.pages.ready import ReadyView
from till.screens.pages.sell import SellPanel
from till.screens.views.account import Notice, account_view
from till.screens.views.alerts import AlertView, alert_view, doubt_view
from till.screens.views.waiting import waiting_notices
from till.screens.widgets.account_panel import AccountPanel
from till.screens.widgets.alert import Alert
from till.screens.widgets.kv import load
from till.screens.widgets.offer import Offer
from till.screens.work.status import Status
from till.screens.work.till import OnDesk, Written

load(__file__)

_ALERTS = (CardIsSuperseded, CardIsBlocked, AccountIsFrozen, CardNotOfAccount, CardWasReturned)
"""Refusals that fill the screen."""


class CounterPage(TillPage):
    """The counter. `state`: ready, reading, account, alert."""

    takes_cards = True
    state = StringProperty("")
    last_receipt = StringProperty("")

    def __init__(self, **facts: Any) -> None:
        super().__init__(**facts)
        self._account = AccountPanel()
        self._account.bind(on_history=lambda _: self._history())
        self._sell = SellPanel()
        self._sell.on_doubt, self._sell.on_sold = self._in_doubt, self._sold
        self._offer = Offer()
        self._alert = Alert()
        self._alert.bind(on_back=lambda _: self._to_ready(), on_again=lambda _: self.app.read_card())
        self._ready = ReadyView()
        self._ready.bind(on_copy=lambda _: self.reprint(), on_paper=lambda _: self.paper())
        self._doubt: LeftInDoubt | None = None
        self._to_ready()

    # --- the window's ---

    @property
    def shows_steps(self) -> bool:
        """Whether the card is being written."""
        return self._sell.writing or bool(self._offer.working)

    def entered(self) -> None:
        """Show what the reader has."""
        if self.app.card is not None and self.state != "account":
            self.card_read(self.app.card)
        elif self.app.card_error is not None:
            self.card_not_read(self.app.card_error)
        self.regained()

    def regained(self) -> None:
        """Keys go to the amount again."""
        if self.state == "account":
            self._sell.take_keys()

    def refresh(self) -> None:
        """Another language or form: show the same again."""
        card = self.app.card
        if self.state == "account" and card is not None:
            self._show_account(card)
            if card.refused is not None:
                self._judge(card)
            self._sell.refresh()
        elif self.state == "alert" and card is not None and self._doubt is None:
            self.card_read(card)

    def key(self, name: str, text: str, modifiers: list[str]) -> bool:
        """Enter and Esc for what is shown; F8 the history, F11 a copy of the last receipt."""
        del modifiers
        if self.state == "account":
            if name == "f8":
                self._history()
                return True
            if self._offer.parent is not None:
                return self._offer.key(name)
            return self._sell.key(name, text)
        if name in ("enter", "numpadenter", "escape") and self.state == "alert":
            if name == "escape":
                self._to_ready()
            elif self._doubt is None:
                self.app.read_card()
            return True
        if name == "f11" and self.last_receipt:
            self.reprint()
            return True
        if name == "f9" and self._ready.question:
            self.paper()
            return True
        return False

    def status(self, status: Status) -> None:
        """What is still open is shown while nobody is served."""
        found = [(notice.tone, notice.icon, notice.text) for notice in waiting_notices(status, self.app.figures)]
        if self._ready.notices != found:
            self._ready.notices = found
        self._ready.question = bool(status.questions)

    # --- the card ---

    def card_came(self) -> None:
        """It is being read."""
        if not self.shows_steps:
            self.state = "reading"
            self._ready.reading = True
            self._stage(self._ready)

    def card_read(self, card: OnDesk) -> None:
        """Show its account, or why it cannot be served."""
        self._ready.reading = False
        self._doubt = None
        if isinstance(card.refused, _ALERTS):
            self._show_alert(card.refused)
            return
        if card.blank:
            self._offer_blank(card)
        elif card.facts is None:
            assert card.refused is not None
            self._show_alert(card.refused)
        else:
            self._show_account(card)
            self._judge(card)

    def card_not_read(self, error: Exception) -> None:
        """Say so, and how to go on."""
        self._ready.reading = False
        self._show_alert(error)

    def card_gone(self) -> None:
        """Ready for the next customer, unless a sale was left in doubt."""
        self._ready.reading = False
        if self.shows_steps or self._doubt is not None:
            return
        self._to_ready()

    def step(self, step: Step) -> None:
        """The job has come so far."""
        self._sell.step(step)
        self._offer.step(step)

    def reprint(self) -> None:
        """A copy of the last receipt."""
        number = self.last_receipt
        self.app.do(
            "reprint",
            lambda till: reprint(till.desk, till.printer, number),
            lambda copy: self.app.root.toast(self.app.say("ready.copied", copy=copy, number=number)),
        )

    def paper(self) -> None:
        """Say whether the paper of a receipt came out."""
        status = self.app.status
        if status is not None and status.questions:
            paper_asked(self.app, status.questions[0].number)

    # --- within ---

    def _to_ready(self) -> None:
        self.state = "ready"
        self._doubt = None
        self._sell.end()
        self._stage(self._ready)

    def _stage(self, *widgets: Any) -> None:
        stage = self.ids.stage
        if list(reversed(stage.children)) != list(widgets):
            stage.clear_widgets()
            for widget in widgets:
                stage.add_widget(widget)

    def _show_account(self, card: OnDesk) -> None:
        assert card.facts is not None
        view = account_view(card.facts, latest_purchases(card.facts), self.app.figures, card.examined.contents)
        self._account.show(replace(view, notices=[*self._settled(card), *view.notices]))

    def _judge(self, card: OnDesk) -> None:
        self.state = "account"
        if card.refused is None:
            self._stage(self._account, self._sell)
            if self._sell.card is not card:
                self._sell.begin(card)
            return
        told, say = self.app.explain(card.refused), self.app.say
        self._offer.reset(told)
        if isinstance(card.refused, MakeupIsOwed):
            self._offer.reset(told, "info", say("offer.makeup"), self._make_up)
        elif isinstance(card.refused, CreditNotTaken):
            self._offer.reset(told, "warn", say("offer.cards"), lambda: self.app.go("cards"))
        self._stage(self._account, self._offer)

    def _offer_blank(self, card: OnDesk) -> None:
        self.state = "account"
        told = self.app.explain(CardIsBlank(card.serial))
        self._offer.reset(told, "info", self.app.say("offer.cards"), lambda: self.app.go("cards"))
        self._stage(self._offer)

    def _make_up(self) -> None:
        self._offer.work()
        self.app.do(
            "makeup", lambda till: till.write(lambda desk, driver: make_up(desk, driver)), self._made, self._wrong
        )

    def _made(self, written: Written) -> None:
        credit = self.app.figures.credit(written.job.credit, written.job.unit)
        self._offer.finish(self.app.say("offer.made", credit=credit), self.app.say("offer.to_meter"))

    def _wrong(self, error: Exception) -> None:
        if isinstance(error, LeftInDoubt):
            self._in_doubt(error)
        else:
            self._offer.reset(self.app.explain(error))

    def _show_alert(self, error: Exception) -> None:
        self.state = "alert"
        finding = None if self.app.till is None else self.app.till.finding
        self._fill_alert(alert_view(error, finding, self.app.figures))

    def _in_doubt(self, error: LeftInDoubt) -> None:
        self._doubt = error
        self.state = "alert"
        self._sell.end()
        self._fill_alert(doubt_view(error, self.app.figures))

    def _fill_alert(self, view: AlertView) -> None:
        for name in ("icon", "tone", "title", "use_label", "use", "rows", "safe", "next"):
            setattr(self._alert, name, getattr(view, name))
        self._alert.can_retry = self._doubt is None
        self._stage(self._alert)

    def _settled(self, card: OnDesk) -> list[Notice]:
        """What this reading settled: it stands beside the account until the card is out."""
        states = [job.state.value for job in card.examined.settled]
        return [Notice("accent", "done", self.app.say(f"settled.{state}")) for state in states]

    def _sold(self, written: Written) -> None:
        figures = self.app.figures
        if written.facts is not None:
            self._account.show(account_view(written.facts, latest_purchases(written.facts), figures))
        self.last_receipt = written.job.receipt or ""
        credit, money = figures.credit(written.job.credit, written.job.unit), figures.money(written.amount)
        self._ready.last = f"{credit}    {money}    {self.last_receipt}"
        if written.opened:
            self.app.root.toast(self.app.say("shift.opened_alone"), "warn")
        if self.app.reader is not None and not self.app.reader.card:
            self._to_ready()

    def _history(self) -> None:
        if self.app.card is not None and self.app.card.facts is not None:
            show_history(self.app, self.app.card.facts.account)
