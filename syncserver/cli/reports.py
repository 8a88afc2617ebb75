"""`syncserver report`: what was sold."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from common.units import format_energy, format_money
from syncserver.cli.app import Group, app, emit, session
from syncserver.office.utility import utility_of
from syncserver.reports.day import TillDay, day_report

group = Group(help="Reports: what was sold.", no_args_is_help=True)
app.add_typer(group, name="report")


@group.command("day")
def day(
    ctx: typer.Context,
    on: Annotated[datetime | None, typer.Argument(formats=["%Y-%m-%d"], help="The day; else today.")] = None,
) -> None:
    """What each till sold on a day by the utility's time zone and the office's clock."""
    with session(ctx).office() as office, office.store.read() as reading:
        utility = utility_of(reading)
        zone = ZoneInfo(utility.zone)
        chosen = office.clock().astimezone(zone).date() if on is None else on.date()
        found = day_report(reading, chosen, zone)
    lines = [f"{chosen}, {utility.zone}", *(_text(till, utility.digits) for till in found)]
    emit(ctx, {"day": chosen.isoformat(), "tills": found}, "\n".join(lines))


def _text(till: TillDay, digits: int) -> str:
    line = (
        f"{till.till} {till.name}  {till.vends} vends  {format_energy(till.energy)}  {format_money(till.money, digits)}"
    )
    if till.ahead_ms:
        line += f"  clock {till.ahead_ms / 1000:+.0f} s"
    return line + (f"  {till.by_its_clock} on another day by its own clock" if till.by_its_clock else "")
