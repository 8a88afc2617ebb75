"""The meter on the wall was changed: its number, and what the old one showed where it gave up nothing by card."""

from collections.abc import Callable
from typing import Any

from common.account import standing
from common.units import CreditUnit, parse_credit
from till.operations.meters import Reading, change_meter, enter_reading
from till.operations.refusals import BadField, ReadingMissing
from till.screens.pages.asking import ask, supervisor_asks, supervisor_of, with_supervisors
from till.screens.widgets.dialog import Ask
from till.screens.work.till import Written


def change_meter_asked(
    app: Any, begin: Callable[[], None], done: Callable[[Written], None], ended: Callable[[Exception], bool]
) -> None:
    """Ask for the new meter's number, and for the old one's reading when it must be known; then write the card.

    Args:
        ended: told of each error: the work that was begun is not under way any more.
    """
    say = app.say

    def work(value: Callable[[str], str]) -> Any:
        number = value("meter").upper()
        begin()
        return lambda till: till.write(lambda desk, driver: change_meter(desk, driver, number, None))

    def failed(error: Exception) -> bool:
        ended(error)
        if isinstance(error, ReadingMissing):
            number, old = number_of(), error.meter
            with_supervisors(app, lambda found: _with_reading(app, number, old, found, begin, done, ended))
            return True
        return False

    def number_of() -> str:
        return dialog.value("meter").upper()

    dialog = ask(
        app,
        "write",
        [Ask("meter", say("meter.new"))],
        work,
        done,
        title=say("meter.change"),
        texts=[say("meter.change_text")],
        yes=say("dialog.on"),
        icon="meter",
        failed=failed,
    )


def _with_reading(
    app: Any,
    number: str,
    old: str,
    supervisors: Any,
    begin: Callable[[], None],
    done: Callable[[Written], None],
    ended: Callable[[Exception], bool],
) -> None:
    say = app.say
    card = app.card
    unit = CreditUnit.ENERGY if card is None or card.facts is None else standing(card.facts).unit

    def work(value: Callable[[str], str]) -> Any:
        reading = reading_of(app, old, unit, value)
        begin()
        return lambda till: till.write(lambda desk, driver: change_meter(desk, driver, number, reading))

    ask(
        app,
        "write",
        reading_asks(app, supervisors, unit),
        work,
        done,
        title=say("meter.read_old", meter=old),
        texts=[say("meter.read_text")],
        yes=say("sell.write"),
        icon="meter",
        columns=2,
        failed=ended,
    )


def enter_reading_asked(app: Any, account: str, meter: str, unit: CreditUnit, done: Callable[[Any], None]) -> None:
    """Ask what a meter shows that is taken out of use, and enter it."""
    say = app.say

    def work(value: Callable[[str], str]) -> Any:
        reading = reading_of(app, meter, unit, value)
        return lambda till: enter_reading(till.desk, account, reading)

    with_supervisors(
        app,
        lambda found: ask(
            app,
            "reading",
            reading_asks(app, found, unit),
            work,
            done,
            title=say("meter.read_old", meter=meter),
            texts=[say("meter.read_text")],
            yes=say("meter.enter"),
            icon="meter",
            columns=2,
        ),
    )


def reading_asks(app: Any, supervisors: Any, unit: CreditUnit) -> list[Ask]:
    """What stands on the meter, and who stands by it."""
    say = app.say
    shown = "kWh" if unit is CreditUnit.ENERGY else app.figures.currency_name
    return [
        Ask("count", say("meter.count"), digits_only=True),
        Ask("left", say("meter.left"), digits_only=True, unit=shown),
        Ask("used", say("meter.used"), digits_only=True, unit=shown),
        *supervisor_asks(app, supervisors),
    ]


def reading_of(app: Any, meter: str, unit: CreditUnit, value: Callable[[str], str]) -> Reading:
    """The reading that was typed.

    Raises:
        BadField, BadAmount: it is none.
    """
    if not value("count").isdigit():
        raise BadField("count", app.say("ask.digits"))
    digits = app.figures.digits
    return Reading(
        meter=meter,
        count=int(value("count")),
        remaining=parse_credit(value("left"), unit, digits),
        use=parse_credit(value("used"), unit, digits),
        supervisor=supervisor_of(value),
    )
