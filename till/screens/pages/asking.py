"""Questions that several screens ask: a supervisor's approval, a way to pay, a thing to be typed."""

from collections.abc import Callable, Sequence
from typing import Any

from common.clerks import Action, may
from till.operations.clerks import Supervisor
from till.operations.refusals import BadField
from till.screens.pages.sell import PAYMENTS
from till.screens.views.words import sentence
from till.screens.widgets.dialog import Answer, Ask, Dialog
from till.screens.work.stopping import Stop
from till.screens.work.till import Till

Work = Callable[[Till, Dialog], Any]
Done = Callable[[Any], None]


def ask(
    app: Any,
    name: str,
    asks: Sequence[Ask],
    work: Callable[[Callable[[str], str]], Callable[[Till], Any]],
    done: Done,
    *,
    title: str,
    yes: str,
    texts: Sequence[str] = (),
    kind: str = "primary",
    icon: str = "question",
    columns: int = 1,
    failed: Callable[[Exception], bool] = lambda _: False,
    stop: Stop | None = None,
) -> Dialog:
    """Ask, and do what was asked for with what was typed; what is wrong with a field is said beside it.

    Args:
        name: of the job (Worker.do).
        work: from the values typed, by their names, what the till is to do.
        failed: told an error first; returns whether it has seen to it.
        stop: stops the work, where that is safe.
    """

    def give() -> None:
        values = {field: dialog.value(field) for field in dialog.names}
        try:
            job = work(values.__getitem__)
        except Exception as error:  # noqa: BLE001  # what was typed is no amount, no number: as if the till had said so
            wrong(error)
            return
        if app.do(name, job, finished, wrong):
            dialog.work(True)

    def finished(result: Any) -> None:
        dialog.close()
        done(result)

    def wrong(error: Exception) -> None:
        dialog.work(False)
        told = app.explain(error)
        if isinstance(error, BadField) and error.field in dialog.names:
            dialog.complain(error.field, told.what)
        elif failed(error):
            dialog.close()
        else:
            dialog.texts = [f"{told.what}\n{told.safe}\n{told.next}"]
            dialog.tone = "danger"

    answers = [Answer(app.say("dialog.back"), "plain", None), Answer(yes, kind, give)]
    dialog = Dialog(answers, asks, title=title, icon=icon, texts=list(texts), columns=columns, wide=columns > 1)
    dialog.on_cancel = None if stop is None else stop.ask
    app.root.open_dialog(dialog)
    return dialog


def payment_ask(app: Any) -> Ask:
    """How it is paid."""
    options = [(name, sentence(app.say(f"payment.{name}"))) for name in PAYMENTS]
    return Ask("payment", app.say("ask.payment"), "cash", options=options)


def supervisor_asks(app: Any, supervisors: Sequence[tuple[str, str]]) -> list[Ask]:
    """Who stands by it, with which PIN, and why."""
    first = supervisors[0][0] if supervisors else ""
    return [
        Ask("by", app.say("ask.by"), first, options=supervisors),
        Ask("pin", app.say("ask.pin"), password=True, digits_only=True),
        Ask("reason", app.say("ask.reason")),
    ]


def supervisor_of(value: Callable[[str], str]) -> Supervisor:
    """The approval that was typed."""
    return Supervisor(clerk=value("by"), pin=value("pin"), reason=value("reason"))


def with_supervisors(app: Any, then: Callable[[Sequence[tuple[str, str]]], object]) -> None:
    """Find out who may approve here, then ask."""

    def shown(found: Sequence[tuple[str, str]]) -> None:
        if found:
            then(found)
        else:
            app.root.toast(app.say("ask.no_supervisor"), "warn")

    app.do("supervisors", _supervisors, shown)


def _supervisors(till: Till) -> list[tuple[str, str]]:
    clerks = till.desk.store.clerks.all()
    return [(known.clerk, known.name) for known in clerks if known.active and may(known.roles, Action.APPROVE)]
