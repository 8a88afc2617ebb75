"""The form of an account: to open one, to put one right."""

from collections.abc import Callable, Sequence
from typing import Any

from common.account import Details
from common.units import CreditUnit, format_decimal, parse_credit
from till.operations.accounts import amend_account, open_account
from till.operations.meter_models import unit_of
from till.screens.pages.asking import ask
from till.screens.views.words import sentence
from till.screens.widgets.dialog import Ask
from till.screens.work.till import Till

_MEMBERS = ("name", "tariff_class", "phone", "address", "note")


def open_asked(app: Any, done: Callable[[Any], None]) -> None:
    """Ask for a new account, then open it."""

    def shown(known: tuple[list[str], dict[str, CreditUnit]]) -> None:
        classes, models = known
        _open_form(app, classes, models, done)

    app.do("forms", _known, shown)


def amend_asked(app: Any, known: Details, done: Callable[[Any], None]) -> None:
    """Ask what is to be put right of an account."""

    def shown(found: tuple[list[str], CreditUnit]) -> None:
        classes, unit = found
        _amend_form(app, known, classes, unit, done)

    app.do("forms", lambda till: (_known(till)[0], unit_of(till.desk, known.account)), shown)


def _open_form(app: Any, classes: list[str], models: dict[str, CreditUnit], done: Callable[[Any], None]) -> None:
    say = app.say
    asks = [
        Ask("name", say("accounts.name")),
        Ask("meter", say("account.meter")),
        Ask("tariff_class", say("account.class"), classes[0], options=_class_options(app, classes)),
    ]
    if models:
        options = [("", say("accounts.no_model")), *((name, name) for name in models)]
        asks.append(Ask("model", say("accounts.model"), "", options=options))
    asks += [
        Ask("phone", say("account.phone")),
        Ask("address", say("account.address")),
        Ask("note", say("account.note")),
        Ask("account", say("accounts.number")),
    ]

    def work(value: Callable[[str], str]) -> Callable[[Till], Any]:
        number = value("account").upper() or None
        meter, model = value("meter").upper(), value("model") if models else ""
        name, tariff_class = value("name"), value("tariff_class")
        phone, address, note = value("phone"), value("address"), value("note")
        return lambda till: open_account(
            till.desk,
            number=number,
            name=name,
            meter=meter,
            tariff_class=tariff_class,
            model=model,
            phone=phone,
            address=address,
            note=note,
        )

    ask(
        app,
        "open_account",
        asks,
        work,
        done,
        title=say("accounts.new"),
        texts=[],
        yes=say("accounts.open"),
        icon="account",
        columns=2,
    )


def _amend_form(app: Any, known: Details, classes: list[str], unit: CreditUnit, done: Callable[[Any], None]) -> None:
    say, figures = app.say, app.figures
    digits = 3 if unit is CreditUnit.ENERGY else figures.digits
    limit = format_decimal(known.limit, digits)
    before = {member: str(getattr(known, member)) for member in _MEMBERS}
    asks = [
        Ask("name", say("accounts.name"), known.name),
        Ask("tariff_class", say("account.class"), known.tariff_class, options=_class_options(app, classes)),
        Ask("phone", say("account.phone"), known.phone),
        Ask("address", say("account.address"), known.address),
        Ask("note", say("account.note"), known.note),
        Ask("limit", say("accounts.limit"), limit, digits_only=True, unit="kWh" if digits == 3 else ""),
    ]

    def work(value: Callable[[str], str]) -> Callable[[Till], Any]:
        changed = {member: value(member) for member in _MEMBERS if value(member) != before[member]}
        most = None if value("limit") == limit else parse_credit(value("limit"), unit, figures.digits)
        return lambda till: amend_account(till.desk, known.account, limit=most, **changed)

    ask(
        app,
        "amend",
        asks,
        work,
        done,
        title=say("accounts.amend_title", account=known.account),
        texts=[],
        yes=say("accounts.keep"),
        icon="edit",
        columns=2,
    )


def _known(till: Till) -> tuple[list[str], dict[str, CreditUnit]]:
    classes = sorted({name for tariff in till.desk.store.tariffs() for name in tariff.classes}) or ["residential"]
    return classes, {model.model: model.unit for model in till.desk.store.models.all()}


def _class_options(app: Any, classes: Sequence[str]) -> list[tuple[str, str]]:
    return [(name, sentence(app.say.known("tariff_class", name))) for name in classes]
