"""`syncserver report`: what was sold, what is owed, what there is."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from common.documents import Document
from common.reports.calendar import Month
from common.reports.month import MOST, By
from common.units import format_energy, format_money
from syncserver.cli.app import FAILED, Group, app, emit, session
from syncserver.cli.documents import Asked, Make, report
from syncserver.office.errors import OfficeError
from syncserver.office.utility import utility_of
from syncserver.reports import accounts, tills
from syncserver.reports.check import check_totals
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


@report(group, "month")
def month(
    of: OfMonth = None,
    by: Annotated[By, typer.Option(help="What a row is of.")] = By.CLERK,
    branch: Branch = "",
    clerk: Annotated[str, typer.Option(help="The month of one clerk, day by day.")] = "",
) -> Make:
    """The month on one page: sales, make-ups, reversals and refunds of each clerk, branch, class or way of paying."""

    def make(asked: Asked) -> Document:
        chosen, most = _month(asked, of), MOST if asked.format.is_for_people else None
        if clerk:
            return month_of_clerk(asked.reading, asked.source, chosen, clerk)
        return month_of(asked.reading, asked.source, chosen, by=by, branch=branch, most=most)

    return make


@report(group, "receipts")
def receipts(of: OfMonth = None, branch: Branch = "") -> Make:
    """The register: every receipt that was given out in a month, and every number accounted for."""
    return lambda asked: tills.receipts(asked.reading, asked.source, _month(asked, of), branch)


@report(group, "shifts")
def shifts(of: OfMonth = None, branch: Branch = "") -> Make:
    """Every drawer that was counted in a month: what should have been there, what was, and why not."""
    return lambda asked: tills.shifts(asked.reading, asked.source, _month(asked, of), branch)


@report(group, "shift")
def shift(
    till: Annotated[str, typer.Argument(help="Such as till-0001.")],
    number: Annotated[int, typer.Argument(help="Of the Z report.")],
    epoch: Annotated[int | None, typer.Option(help="Of the till's journal; else the latest.")] = None,
) -> Make:
    """One shift's report, from the till's journal."""
    return lambda asked: tills.shift(asked.reading, asked.source, till, number, epoch)


@report(group, "arrears")
def arrears(branch: Branch = "") -> Make:
    """What accounts owe."""
    return lambda asked: accounts.arrears(asked.reading, asked.source, branch)


@report(group, "makeups")
def makeups(branch: Branch = "") -> Make:
    """Credit that was paid for, never reached its meter, and waits to be made up."""
    return lambda asked: accounts.makeups_owed(asked.reading, asked.source, branch)


@report(group, "closed")
def closed(branch: Branch = "") -> Make:
    """Accounts that are closed for good, with all that they ever bought."""
    return lambda asked: accounts.closed(asked.reading, asked.source, branch)


@report(group, "stock")
def stock(branch: Branch = "") -> Make:
    """The stock of cards: allotted, blank, in use, replaced, blocked."""
    return lambda asked: accounts.stock(asked.reading, asked.source, branch)


@report(group, "statement")
def statement(
    account: Annotated[str, typer.Argument(help="Its number.")],
) -> Make:
    """All that ever happened to one account."""
    return lambda asked: accounts.statement(asked.reading, asked.source, account)


@group.command("check")
def check(ctx: typer.Context) -> None:
    """Add up every sale afresh, and compare with the totals that are kept as entries arrive."""
    with session(ctx).office() as office, office.store.read() as reading:
        differences = check_totals(reading)
    emit(ctx, {"differences": differences}, "\n".join(differences) or "The totals are what the sales add up to.")
    if differences:
        raise typer.Exit(FAILED)


def _month(asked: Asked, text: str | None) -> Month:
    if text is None:
        return Month.of(asked.today)
    try:
        return Month.parse(text)
    except ValueError as error:
        raise OfficeError(f"There is no month {text}.", "Name one such as 2026-11.") from error


def _text(till: TillDay, digits: int) -> str:
    line = (
        f"{till.till} {till.name}  {till.vends} vends  {format_energy(till.energy)}  {format_money(till.money, digits)}"
    )
    if till.ahead_ms:
        line += f"  clock {till.ahead_ms / 1000:+.0f} s"
    return line + (f"  {till.by_its_clock} on another day by its own clock" if till.by_its_clock else "")
