"""`syncserver report`: what was sold, what is owed, what there is."""

from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from common.documents import Format
from common.reports.calendar import Month
from common.reports.month import MOST, By
from common.units import format_energy, format_money
from syncserver.cli.app import Group, app, emit, session
from syncserver.cli.documents import As, AsOf, Heads, Lang, Out, Wanted, give
from syncserver.office.errors import OfficeError
from syncserver.office.utility import utility_of
from syncserver.reports.day import TillDay, day_report
from syncserver.reports.month import month as month_of
from syncserver.reports.month import month_of_clerk

group = Group(help="Reports: what was sold, what is owed, what there is.", no_args_is_help=True)
app.add_typer(group, name="report")

OfMonth = Annotated[str | None, typer.Argument(metavar="[MONTH]", help="Such as 2026-11; else this month.")]
Branch = Annotated[str, typer.Option("--branch", help="Of one branch; else of all.")]


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


@group.command("month")
def month(
    ctx: typer.Context,
    of: OfMonth = None,
    by: Annotated[By, typer.Option(help="What a row is of.")] = By.CLERK,
    branch: Branch = "",
    clerk: Annotated[str, typer.Option(help="The month of one clerk, day by day.")] = "",
    lang: Lang = None,
    format: As = Format.TEXT,
    out: Out = None,
    heads: Heads = None,
    as_of: AsOf = None,
) -> None:
    """The month on one page: sales, make-ups, reversals and refunds of each clerk, branch, class or way of paying."""
    chosen, most = _month(ctx, of), MOST if format.is_for_people else None
    give(
        ctx,
        Wanted(lang, format, out, heads, as_of),
        lambda reading, source: (
            month_of_clerk(reading, source, chosen, clerk)
            if clerk
            else month_of(reading, source, chosen, by=by, branch=branch, most=most)
        ),
    )


def _month(ctx: typer.Context, text: str | None) -> Month:
    if text is None:
        return Month.of(_today(ctx))
    try:
        return Month.parse(text)
    except ValueError as error:
        raise OfficeError(f"There is no month {text}.", "Name one such as 2026-11.") from error


def _today(ctx: typer.Context) -> date:
    with session(ctx).office() as office, office.store.read() as reading:
        return office.clock().astimezone(ZoneInfo(utility_of(reading).zone)).date()


def _text(till: TillDay, digits: int) -> str:
    line = (
        f"{till.till} {till.name}  {till.vends} vends  {format_energy(till.energy)}  {format_money(till.money, digits)}"
    )
    if till.ahead_ms:
        line += f"  clock {till.ahead_ms / 1000:+.0f} s"
    return line + (f"  {till.by_its_clock} on another day by its own clock" if till.by_its_clock else "")
