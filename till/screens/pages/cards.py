"""The card desk: read and explain a card, give one out, replace, make up, undo, clear the meter, take back."""

from collections.abc import Callable, Sequence
from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from common.admission import MakeupNotProved
from till.cards.driver import CardDriver
from till.messages import Explanation
from till.operations.card_job import JobDone
from till.operations.closing import wipe_card
from till.operations.desk import Desk
from till.operations.makeup import make_up
from till.operations.meters import clear_meter
from till.operations.prices import fees_now
from till.operations.reversal import reverse
from till.operations.steps import Step
from till.presenting.card import explain_card
from till.presenting.notices import told as notices
from till.presenting.rows import Part, Row
from till.screens.pages.asking import ask, payment_ask, supervisor_asks, supervisor_of, with_supervisors
from till.screens.pages.changing import change_meter_asked
from till.screens.pages.page import TillPage
from till.screens.views.account import card_text
from till.screens.views.errors import Told
from till.screens.views.words import sentence
from till.screens.widgets.basics import Pill, Section
from till.screens.widgets.dialog import Ask
from till.screens.widgets.kv import load
from till.screens.work.till import OnDesk, Written

load(__file__)

_STEPS = {Step.STARTED: 1, Step.WRITTEN: 2, Step.COMPLETED: 3}
_REASONS = ("lost", "damaged", "locked")


class CardsPage(TillPage):
    """The card desk. `state`: empty, reading, blank, card, error."""

    takes_cards = True
    state = StringProperty("empty")
    verdict = StringProperty("")
    verdict_tone = StringProperty("muted")
    advice = StringProperty("")
    result = StringProperty("")
    working = BooleanProperty(False)
    done_steps = NumericProperty(0)

    @property
    def shows_steps(self) -> bool:
        """Whether a card is being written."""
        return bool(self.working)

    def entered(self) -> None:
        """Show the card that is in."""
        if self.app.card is not None:
            self.card_read(self.app.card)
        elif self.app.card_error is not None:
            self.card_not_read(self.app.card_error)
        else:
            self.state = "empty"

    def refresh(self) -> None:
        """Another language."""
        if self.app.root.here == "cards":
            self.entered()

    def key(self, name: str, text: str, modifiers: list[str]) -> bool:
        """Digits choose what is to be done."""
        del name, modifiers
        actions = {
            "1": self.issue,
            "2": self.replace,
            "3": self.makeup,
            "4": self.undo,
            "5": self.clear,
            "6": self.wipe,
            "7": self.change_meter,
        }
        if text in actions and not self.working and self._may(text):
            actions[text]()
            return True
        return False

    def card_came(self) -> None:
        """It is being read."""
        self.result = ""
        self.state = "reading"

    def card_read(self, card: OnDesk) -> None:
        """Explain it."""
        explained = explain_card(card.examined, self.app.figures)
        self._show(explained.parts, notices(card.facts, self.app.figures))
        self.state = "blank" if card.blank else "card" if card.facts is not None else "error"
        verdict: Explanation | Told = explained.verdict
        self.verdict_tone = "info" if card.blank else "accent"
        if card.examined.refused is not None:
            verdict = self.app.explain(card.examined.refused)
            self.verdict_tone = "warn"
        self.verdict, self.advice = verdict.what, f"{verdict.safe}\n{verdict.next}"

    def card_not_read(self, error: Exception) -> None:
        """Say why."""
        told = self.app.explain(error)
        self._show([])
        self.state = "error"
        self.verdict, self.verdict_tone, self.advice = told.what, told.tone, f"{told.safe}\n{told.next}"

    def card_gone(self) -> None:
        """Ready for the next."""
        if not self.working:
            self.state, self.result = "empty", ""
            self._show([])

    def step(self, step: Step) -> None:
        """The job has come so far."""
        self.done_steps = _STEPS.get(step, self.done_steps)

    # --- what can be done ---

    def issue(self) -> None:
        """Give an account its first card."""
        self._with_fee(lambda fees: self._give_out("issue", fees.issue))

    def replace(self) -> None:
        """Give an account a new card in place of the one that it has."""
        self._with_fee(lambda fees: self._give_out("replace", fees.replacement))

    def makeup(self) -> None:
        """Write the make-up that is owed; where nothing proves it, a supervisor stands by it."""
        self._write(make_up, self._makeup_failed)

    def undo(self) -> None:
        """Undo the sale that is still on the card."""
        self._approved("undo", lambda value: _reversal(value))

    def clear(self) -> None:
        """Write on the card that the meter is to give up its credit."""
        self._write(clear_meter)

    def wipe(self) -> None:
        """Take the card back."""
        self._write(wipe_card)

    def change_meter(self) -> None:
        """The meter on the wall is another."""
        change_meter_asked(self.app, self._begin, self._done, self._not_begun)

    # --- within ---

    def _show(self, parts: Sequence[Part], notices: Sequence[Explanation] = ()) -> None:
        """What is known of the card, part by part, after what the office decided about its account."""
        box = self.ids.parts
        box.clear_widgets()
        for notice in notices:
            box.add_widget(Pill(icon="office", text=notice.what, tone="warn"))
        for part in parts:
            box.add_widget(Section(title=sentence(part.title), rows=[_row(row) for row in part.rows]))

    def _may(self, digit: str) -> bool:
        return bool(self.state == "blank" if digit in "12" else self.state in ("card", "error"))

    def _with_fee(self, then: Callable[[Any], None]) -> None:
        self.app.do("fees", lambda till: fees_now(till.desk), then)

    def _give_out(self, name: str, fee: int) -> None:
        app, say = self.app, self.app.say
        asks = [Ask("account", say("account.number"))]
        if name == "replace":
            reasons = [(reason, say(f"reason.{reason}")) for reason in _REASONS]
            asks.append(Ask("reason", say("ask.why_replace"), _REASONS[0], options=reasons))
        if fee:
            asks.append(payment_ask(app))
        text = say("desk.fee", money=app.figures.money(fee)) if fee else say("desk.no_fee")

        def work(value: Callable[[str], str]) -> Callable[[Any], Written]:
            account, payment = value("account"), value("payment") if fee else "cash"
            reason = value("reason") if name == "replace" else ""
            self._begin()
            if name == "issue":
                return lambda till: till.issue(account, payment)
            return lambda till: till.replace(account, reason, payment)

        ask(
            app,
            "write",
            asks,
            work,
            self._done,
            title=say(f"desk.{name}"),
            yes=say("sell.write"),
            texts=[text],
            icon="card",
            failed=self._not_begun,
        )

    def _approved(self, name: str, work: Callable[[Callable[[str], str]], Any]) -> None:
        app, say = self.app, self.app.say

        def begun(value: Callable[[str], str]) -> Any:
            self._begin()
            return work(value)

        with_supervisors(
            app,
            lambda found: ask(
                app,
                "write",
                supervisor_asks(app, found),
                begun,
                self._done,
                title=say(f"desk.{name}"),
                texts=[say(f"desk.{name}_text")],
                yes=say("sell.write"),
                icon="card",
                failed=self._not_begun,
            ),
        )

    def _begin(self) -> None:
        self.done_steps, self.working, self.result = 0, True, ""

    def _not_begun(self, _: Exception) -> bool:
        self.working = False
        return False

    def _write(
        self, work: Callable[[Desk, CardDriver], JobDone], failed: Callable[[Exception], None] | None = None
    ) -> None:
        if self.app.do("write", lambda till: till.write(work), self._done, failed or self._failed):
            self._begin()

    def _makeup_failed(self, error: Exception) -> None:
        self.working = False
        if isinstance(error, MakeupNotProved):
            self._approved("makeup", lambda value: _makeup(value))
        else:
            self._failed(error)

    def _failed(self, error: Exception) -> None:
        self.working = False
        self.app.tell(error)

    def _done(self, written: Written) -> None:
        self.working = False
        say, job = self.app.say, written.job
        self.app.printer_trouble = written.printer
        facts = {"card": job.card, "account": job.account, "credit": self.app.figures.credit(job.credit, job.unit)}
        text = say(f"written.{job.purpose.value}", money=self.app.figures.money(written.amount), **facts)
        if job.receipt:
            text += "\n" + say("sell.receipt", number=job.receipt)
        self.result = text
        if self.app.reader is not None and self.app.reader.card:
            self.app.read_card()
        else:
            self.state = "empty"


def _row(row: Row) -> tuple[str, str, str]:
    return sentence(row.label), card_text(row.value) if row.key == "serial" else row.value, row.wrong


def _reversal(value: Callable[[str], str]) -> Callable[[Any], Written]:
    supervisor = supervisor_of(value)
    return lambda till: till.write(lambda desk, driver: reverse(desk, driver, supervisor))


def _makeup(value: Callable[[str], str]) -> Callable[[Any], Written]:
    supervisor = supervisor_of(value)
    return lambda till: till.write(lambda desk, driver: make_up(desk, driver, supervisor))
