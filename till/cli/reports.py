"""`till report`: the branch's month, receipts, shifts, accounts and cards, as this till knows them."""

from typing import Annotated

import typer

from common.documents import Document
from common.reports.calendar import Month
from common.reports.month import MOST, By
from till.cli.app import Group, app
from till.cli.documents import Asked, Make, report
from till.operations.refusals import BadField
from till.reports import accounts, drawer
from till.reports.month import month as month_of
from till.reports.month import month_of_clerk

group = Group(help="Reports of the branch: what was sold, what is owed, what there is.", no_args_is_help=True)
app.add_typer(group, name="report")

OfMonth = Annotated[str | None, typer.Argument(metavar="[MONTH]", help="Such as 2026-11; else this month.")]


@report(group, "month")
def month(
    of: OfMonth = None,
    by: Annotated[By, typer.Option(help="What a row is of.")] = By.CLERK,
    clerk: Annotated[str, typer.Option(help="The month of one clerk, day by day.")] = "",
) -> Make:
    """The month on one page: sales, make-ups, reversals and refunds of each clerk, till, class or way of paying."""

    def make(asked: Asked) -> Document:
        chosen, most = _month(asked, of), MOST if asked.format.is_for_people else None
        if clerk:
            return month_of_clerk(asked.reading, asked.source, chosen, clerk)
        return month_of(asked.reading, asked.source, chosen, by=by, most=most)

    return make


@report(group, "receipts")
def receipts(of: OfMonth = None) -> Make:
    """The register: every receipt that this till gave out in a month, and every number accounted for."""
    return lambda asked: drawer.receipts(asked.reading, asked.source, _month(asked, of))


@report(group, "shifts")
def shifts(of: OfMonth = None) -> Make:
    """Every drawer that was counted at this till in a month: what should have been there, what was, and why not."""
    return lambda asked: drawer.shifts(asked.reading, asked.source, _month(asked, of))


@report(group, "shift")
def shift(
    number: Annotated[int, typer.Argument(help="Of the Z report.")],
    epoch: Annotated[int | None, typer.Option(help="Of the till's journal; else the latest.")] = None,
) -> Make:
    """One shift's report, from the till's journal."""
    return lambda asked: drawer.shift(asked.reading, asked.source, number, epoch)


@report(group, "arrears")
def arrears() -> Make:
    """What accounts owe."""
    return lambda asked: accounts.arrears(asked.reading, asked.source)


@report(group, "makeups")
def makeups() -> Make:
    """Credit that was paid for, never reached its meter, and waits to be made up."""
    return lambda asked: accounts.makeups_owed(asked.reading, asked.source)


@report(group, "closed")
def closed() -> Make:
    """Accounts that are closed for good, with all that they ever bought."""
    return lambda asked: accounts.closed(asked.reading, asked.source)


@report(group, "stock")
def stock() -> Make:
    """The branch's stock of cards: allotted, blank, in use, replaced, blocked."""
    return lambda asked: accounts.stock(asked.reading, asked.source)


@report(group, "statement")
def statement(account: Annotated[str, typer.Argument(help="Its number.")]) -> Make:
    """All that ever happened to one account."""
    return lambda asked: accounts.statement(asked.reading, asked.source, account)


def _month(asked: Asked, text: str | None) -> Month:
    if text is None:
        return Month.of(asked.today)
    try:
        return Month.parse(text)
    except ValueError as error:
        raise BadField("month", "no_month") from error
