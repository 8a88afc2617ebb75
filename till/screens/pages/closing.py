"""Closing an account for good, step by step: the till says what is next, this asks for it."""

from collections.abc import Callable
from typing import Any

from common.account import standing
from common.admission import CardStillOut, CreditStillThere, MeterNotGivenUp
from till.operations.closing import freeze_account, next_step, refund, wipe_card
from till.operations.meters import clear_meter
from till.screens.pages.asking import ask, payment_ask, supervisor_asks, supervisor_of, with_supervisors
from till.screens.pages.changing import enter_reading_asked
from till.screens.widgets.dialog import Answer, Dialog
from till.screens.work.till import Till

_STEPS = (MeterNotGivenUp, CardStillOut, CreditStillThere, type(None))
"""What is in the way, in the order in which it is cleared away; nothing at last."""


def closing_asked(app: Any, account: str, done: Callable[[], None]) -> None:
    """Say which step is next, and offer it."""

    def shown(found: tuple[Exception | None, Any]) -> None:
        waits, unit = found
        _offer(app, account, waits, unit, done)

    def look(till: Till) -> tuple[Exception | None, Any]:
        facts = till.desk.store.account(account)
        return next_step(till.desk, account), None if facts is None else standing(facts).unit

    app.do("closing", look, shown)


def _offer(app: Any, account: str, waits: Exception | None, unit: Any, done: Callable[[], None]) -> None:
    say = app.say

    def again(_: Any = None) -> None:
        done()
        closing_asked(app, account, done)

    def then(action: Callable[[], None]) -> Callable[[], None]:
        def go() -> None:
            dialog.close()
            action()

        return go

    place = next((n for n, kind in enumerate(_STEPS) if isinstance(waits, kind)), -1)
    steps = [f"{'●' if n == place else '✓' if n < place else '○'}  {say(f'closing.step_{n}')}" for n in range(4)]
    texts = ["\n".join(steps)]
    answers = [Answer(say("dialog.later"), "plain", None)]
    if waits is not None:
        told = app.explain(waits)
        texts.append(f"{told.what}\n{told.next}")
    match waits:
        case MeterNotGivenUp():
            meter = waits.meter
            reading = then(lambda: enter_reading_asked(app, account, meter, unit, again))
            answers.append(Answer(say("closing.reading"), "plain", reading))
            answers.append(Answer(say("desk.clear"), "primary", then(lambda: _write(app, clear_meter, again))))
        case CardStillOut():
            answers.append(Answer(say("desk.wipe"), "primary", then(lambda: _write(app, wipe_card, again))))
        case CreditStillThere():
            answers.append(Answer(say("closing.refund"), "primary", then(lambda: _refund(app, account, again))))
        case None:
            answers.append(Answer(say("closing.freeze"), "danger", then(lambda: _freeze(app, account, done))))
        case _:
            answers = [Answer(say("dialog.close"), "primary", None)]
    dialog = Dialog(answers, title=say("closing.title", account=account), icon="lock", texts=texts)
    app.root.open_dialog(dialog)


def _write(app: Any, work: Any, again: Callable[[Any], None]) -> None:
    app.do("write", lambda till: till.write(work), again)


def _refund(app: Any, account: str, again: Callable[[Any], None]) -> None:
    say = app.say

    def work(value: Callable[[str], str]) -> Callable[[Till], Any]:
        payment, supervisor = value("payment"), supervisor_of(value)
        return lambda till: till.paid_out(lambda desk: refund(desk, account, payment=payment, supervisor=supervisor))

    def told(found: Any) -> None:
        paid, _ = found
        app.root.toast(say("closing.refunded", money=app.figures.money(paid.amount), number=paid.receipt))
        again(None)

    with_supervisors(
        app,
        lambda found: ask(
            app,
            "refund",
            [payment_ask(app), *supervisor_asks(app, found)],
            work,
            told,
            title=say("closing.refund"),
            texts=[say("closing.refund_text")],
            yes=say("closing.refund"),
            icon="money",
        ),
    )


def _freeze(app: Any, account: str, done: Callable[[], None]) -> None:
    say = app.say

    def work(value: Callable[[str], str]) -> Callable[[Till], Any]:
        supervisor = supervisor_of(value)
        return lambda till: freeze_account(till.desk, account, supervisor)

    def told(_: Any) -> None:
        app.root.toast(say("closing.closed", account=account))
        done()

    with_supervisors(
        app,
        lambda found: ask(
            app,
            "freeze",
            supervisor_asks(app, found),
            work,
            told,
            title=say("closing.freeze"),
            texts=[say("closing.freeze_text", account=account)],
            yes=say("closing.freeze"),
            kind="danger",
            icon="lock",
        ),
    )
