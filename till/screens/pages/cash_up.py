"""The drawer is counted, by notes and coins with the running sum: to close the shift, or to hand it over."""

from collections.abc import Callable, Sequence
from typing import Any

from common.clerks import Action, may
from common.shift import ZReport, expected_cash
from till.operations.clerks import Supervisor
from till.operations.receipts import print_z
from till.operations.refusals import DifferenceNotApproved
from till.operations.shift import Counted, XReport, close_shift, denominations, hand_over, x_report
from till.printing.printer import PrinterFailed
from till.screens.pages.asking import ask, supervisor_asks, supervisor_of, with_supervisors
from till.screens.views.shift import SUM, coin_label, count_view, counted_of, field_of
from till.screens.widgets.dialog import Ask, Dialog
from till.screens.widgets.field import Field
from till.screens.work.till import Till

Closed = tuple[ZReport, Exception | None]
Close = Callable[[Till, Counted, str, Supervisor | None], ZReport]


def close_asked(app: Any, done: Callable[[Closed], None]) -> None:
    """Count, and close the shift."""

    def close_of(_: Callable[[str], str]) -> Close:
        return lambda till, counted, why, by: close_shift(till.desk, counted, explanation=why, supervisor=by)

    app.do("shift", _drawer, lambda drawer: _count(app, drawer, [], close_of, done, "shift.close"))


def hand_over_asked(app: Any, done: Callable[[Closed], None]) -> None:
    """Count, and hand the drawer over to another clerk, who gives the own PIN."""

    def close_of(value: Callable[[str], str]) -> Close:
        to, pin = value("to"), value("pin")
        return lambda till, counted, why, by: hand_over(
            till.desk, counted, to=to, pin=pin, explanation=why, supervisor=by
        )

    def found(others: Sequence[tuple[str, str]]) -> None:
        if not others:
            app.root.toast(app.say("shift.nobody_else"), "warn")
            return
        asks = [
            Ask("to", app.say("shift.to"), others[0][0], options=others),
            Ask("pin", app.say("shift.to_pin"), password=True, digits_only=True),
        ]
        app.do("shift", _drawer, lambda drawer: _count(app, drawer, asks, close_of, done, "shift.hand_over"))

    app.do("clerks", _others, found)


def _drawer(till: Till) -> tuple[XReport, tuple[int, ...]]:
    return x_report(till.desk), denominations(till.desk)


def _others(till: Till) -> list[tuple[str, str]]:
    return [
        (known.clerk, known.name)
        for known in till.desk.store.clerks.all()
        if known.active and known.clerk != till.desk.clerk and may(known.roles, Action.CASH_UP)
    ]


def _count(
    app: Any,
    drawer: tuple[XReport, tuple[int, ...]],
    asks: Sequence[Ask],
    close_of: Callable[[Callable[[str], str]], Close],
    done: Callable[[Closed], None],
    title: str,
) -> None:
    say, figures = app.say, app.figures
    report, known = drawer
    coins = [Ask(field_of(worth), coin_label(worth, figures), digits_only=True) for worth in known]
    coins = coins or [Ask(SUM, say("shift.sum"), digits_only=True)]

    def work(value: Callable[[str], str]) -> Callable[[Till], Closed]:
        counted, close, why = counted_of(known, figures.digits, value), close_of(value), value("explanation")
        return lambda till: _closed(till, close(till, counted, why, None))

    def failed(error: Exception) -> bool:
        if not isinstance(error, DifferenceNotApproved):
            return False
        counted = counted_of(known, figures.digits, dialog.value)
        close, why = close_of(dialog.value), dialog.value("explanation")
        told = app.explain(error)
        with_supervisors(app, lambda found: _approve(app, told.what, found, counted, close, why, done))
        return True

    dialog = ask(
        app,
        "close_shift",
        [*asks, *coins, Ask("explanation", say("shift.explanation"))],
        work,
        done,
        title=say(title),
        yes=say(title),
        icon="shift",
        columns=3,
        failed=failed,
    )
    _follow(app, dialog, known, expected_cash(report.shift))


def _follow(app: Any, dialog: Dialog, known: Sequence[int], due: int) -> None:
    """Say the sum and the difference with every piece that is typed."""

    def show(*_: Any) -> None:
        view = count_view(known, dialog.value, due, app.figures)
        dialog.texts, dialog.tone = [view.text], view.tone

    for name in [field_of(worth) for worth in known] or [SUM]:
        field = dialog.field(name)
        if isinstance(field, Field):
            field.bind(text=show)
    show()


def _approve(
    app: Any,
    told: str,
    supervisors: Sequence[tuple[str, str]],
    counted: Counted,
    close: Close,
    why: str,
    done: Callable[[Closed], None],
) -> None:
    def work(value: Callable[[str], str]) -> Callable[[Till], Closed]:
        by = supervisor_of(value)
        return lambda till: _closed(till, close(till, counted, why, by))

    ask(
        app,
        "close_shift",
        supervisor_asks(app, supervisors),
        work,
        done,
        title=app.say("shift.approve"),
        texts=[told],
        yes=app.say("shift.close"),
        icon="shift",
    )


def _closed(till: Till, report: ZReport) -> Closed:
    """Closed it is, whatever the printer does."""
    try:
        print_z(till.desk, till.printer, report)
    except PrinterFailed as failed:
        return report, failed
    return report, None
