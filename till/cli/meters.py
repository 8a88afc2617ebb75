"""`till meter`: read one for good, change one."""

from typing import Annotated

import typer

from common.units import format_credit, parse_credit
from till.cli.app import Group, app, emit, session
from till.cli.approving import By, OptionalBy, OptionalPin, Pin, Reason, optional_supervisor
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
    pin: Pin,
) -> None:
    """Enter what a meter that is taken out of use shows; its credit can then move to another, or be refunded."""
    supervisor = optional_supervisor(by, reason, pin)
    assert supervisor is not None
    with session(ctx).desk() as desk:
        unit = unit_of(desk, account)
        reading = Reading(meter, count, parse_credit(left, unit), parse_credit(used, unit), supervisor)
        entered = enter_reading(desk, account, reading)
    emit(ctx, entered, f"Meter {meter} is out of use and gave up {format_credit(entered.remaining, unit)}.")


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
    supervisor = optional_supervisor(by, reason, pin)
    with session(ctx).desk() as desk, session(ctx).card(desk) as driver:
        reading = None
        if old is not None:
            if count is None or left is None or used is None or supervisor is None:
                raise BadField("reading", "give --old, --count, --left, --used, --by and --reason together")
            unit = unit_of(desk, desk.store.account_of_meter(old) or "")
            reading = Reading(old, count, parse_credit(left, unit), parse_credit(used, unit), supervisor)
        done = change_meter(desk, driver, new, reading, model=model)
        facts = desk.store.account(done.account)
        kind = None if facts is None else model_of(desk, facts)
        fits = kind is None or reads(kind, driver)
    carries = format_credit(done.credit, done.unit)
    text = f"Card {done.card} is for meter {new} now and carries {carries}. Nothing to pay."
    if kind is not None and not fits:
        text += (
            f"\nThe new meter reads other cards ({kind.layout}): replace the card now: till card replace {done.account}"
        )
    emit(ctx, done, text)


@group.command("models")
def models(ctx: typer.Context) -> None:
    """The meter models that the office has set."""
    with session(ctx).desk() as desk:
        found = desk.store.models.all()
    lines = [
        f"{model.model}  {model.unit.value}  at most {format_credit(model.limit, model.unit)}  cards: {model.layout}"
        for model in found
    ]
    emit(ctx, found, "\n".join(lines) or "The office has set none: every meter counts energy.")
