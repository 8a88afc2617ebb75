"""`till meter`: read one for good, change one."""

from typing import Annotated

import typer

from common.units import CreditUnit, parse_credit
from till.cli.app import Group, app, emit, figures, say, session
from till.cli.approving import By, OptionalBy, OptionalPin, Pin, Reason, optional_supervisor
from till.cli.layout import columns
from till.operations.meter_models import model_of, reads, unit_of
from till.operations.meters import Reading, change_meter, enter_reading
from till.operations.refusals import BadField

group = Group(help="Meters: change one, read one that is taken out of use.", no_args_is_help=True)
app.add_typer(group, name="meter")

Old = Annotated[str, typer.Option("--meter", help="The number on the meter that is taken out of use.")]
Count = Annotated[int, typer.Option(min=0, help="The purchase count that it shows.")]
Left = Annotated[str, typer.Option(help="The credit that it shows: kWh, or money.")]
Used = Annotated[str, typer.Option(help="The total use that it shows: kWh, or money.")]


@group.command("read")
def read(
    ctx: typer.Context,
    account: Annotated[str, typer.Argument(help="The account's number.")],
    meter: Old,
    count: Count,
    left: Left,
    used: Used,
    by: By,
    reason: Reason,
    pin: Pin = "",
) -> None:
    """Enter what a meter that is taken out of use shows; its credit can then move to another, or be refunded."""
    supervisor = optional_supervisor(ctx, by, reason, pin)
    assert supervisor is not None
    with session(ctx).desk() as desk:
        unit = unit_of(desk, account)
        reading = Reading(meter, count, _parse(ctx, left, unit), _parse(ctx, used, unit), supervisor)
        entered = enter_reading(desk, account, reading)
    emit(ctx, entered, say(ctx, "meter.read", meter=meter, credit=figures(ctx).credit(entered.remaining, unit)))


@group.command("change")
def change(
    ctx: typer.Context,
    new: Annotated[str, typer.Argument(help="The number of the meter that is on the wall now.")],
    old: Annotated[str | None, typer.Option(help="The old meter's number, if it was not cleared by card.")] = None,
    count: Annotated[int | None, typer.Option(min=0, help="The purchase count that it shows.")] = None,
    left: Annotated[str | None, typer.Option(help="The credit that it shows: kWh, or money.")] = None,
    used: Annotated[str | None, typer.Option(help="The total use that it shows: kWh, or money.")] = None,
    model: Annotated[str | None, typer.Option(help="The new meter's, if it is another: till meter models")] = None,
    by: OptionalBy = None,
    reason: Reason = "",
    pin: OptionalPin = "",
) -> None:
    """The meter was changed: the card in the reader becomes the new one's and carries what the old one gave up."""
    supervisor = optional_supervisor(ctx, by, reason, pin)
    with session(ctx).desk() as desk, session(ctx).card(desk) as driver:
        reading = None
        if old is not None:
            if count is None or left is None or used is None or supervisor is None:
                raise BadField("reading", "all_together")
            unit = unit_of(desk, desk.store.account_of_meter(old) or "")
            reading = Reading(old, count, _parse(ctx, left, unit), _parse(ctx, used, unit), supervisor)
        done = change_meter(desk, driver, new, reading, model=model)
        facts = desk.store.account(done.account)
        kind = None if facts is None else model_of(desk, facts)
        fits = kind is None or reads(kind, driver)
    carries = figures(ctx).credit(done.credit, done.unit)
    lines = [say(ctx, "meter.changed", card=done.card, meter=new, credit=carries)]
    if kind is not None and not fits:
        lines.append(say(ctx, "meter.other_cards", layout=kind.layout, account=done.account))
    emit(ctx, done, *lines)


@group.command("models")
def models(ctx: typer.Context) -> None:
    """The meter models that the office has set."""
    with session(ctx).desk() as desk:
        found = desk.store.models.all()
    written = figures(ctx)
    rows = [
        [model.model, written.words(f"unit.{model.unit.value}"), written.credit(model.limit, model.unit), model.layout]
        for model in found
    ]
    head = [say(ctx, f"label.{name}") for name in ("model", "unit", "limit", "cards")]
    emit(ctx, found, *(columns([head, *rows], right=[2]) if rows else [say(ctx, "meter.no_models")]))


def _parse(ctx: typer.Context, text: str, unit: CreditUnit) -> int:
    return parse_credit(text, unit, figures(ctx).digits)
