"""`till shift`: open with a float, look (X), count and close (Z), hand over, list, print a Z report again."""

from typing import Annotated

import typer

from common.entries import CashCount
from common.shift import ZReport
from common.units import BadAmount, parse_money
from till.cli.app import Group, app, emit, figures, say, session
from till.cli.approving import OptionalBy, OptionalPin, optional_supervisor
from till.cli.asking import asked
from till.cli.layout import columns
from till.cli.receipts import print_what_waits
from till.operations.desk import Desk
from till.operations.receipts import print_z, x_text, z_text
from till.operations.refusals import BadField
from till.operations.shift import (
    Counted,
    close_shift,
    closed_shift,
    denominations,
    difference,
    hand_over,
    open_shift,
    x_report,
)

group = Group(help="Shifts: a float, the drawer counted, X and Z reports, hand-over.", no_args_is_help=True)
app.add_typer(group, name="shift")

_SHOWN = 20

Pieces = Annotated[
    str,
    typer.Option("--pieces", help="Notes and coins as VALUExCOUNT, such as '100x3 50x1 0.5x4'; all that there are."),
]
Cash = Annotated[str | None, typer.Option("--cash", help="The sum, where notes and coins are not told apart.")]
Why = Annotated[str, typer.Option("--explanation", help="Of a difference.")]
Reason = Annotated[str, typer.Option("--reason", help="Why the supervisor stands by it.")]
To = Annotated[str, typer.Argument(help="The clerk who goes on with the drawer.")]
ToPin = Annotated[
    str, typer.Option("--to-pin", callback=asked("ask.receiver_pin"), envvar="KILOTILL_PIN", help="Theirs; else asked.")
]


@group.command("open")
def open_(
    ctx: typer.Context,
    opening_float: Annotated[str, typer.Argument(metavar="FLOAT", help="Cash in the drawer, such as 200.")] = "0",
) -> None:
    """Begin a shift. Without one the first sale opens it by itself, without a float."""
    with session(ctx).desk() as desk:
        opened = open_shift(desk, parse_money(opening_float, figures(ctx).digits))
    emit(ctx, opened, say(ctx, "shift.opened", money=figures(ctx).money(opened.opening_float)))


@group.command("show")
def show(
    ctx: typer.Context,
    number: Annotated[int | None, typer.Argument(help="Of a Z report; else the open shift.")] = None,
) -> None:
    """The X report of the open shift, or a Z report again. Nothing is counted."""
    with session(ctx).desk() as desk:
        if number is None:
            report = x_report(desk)
            emit(ctx, report, x_text(desk, report).rstrip("\n"))
        else:
            closed = closed_shift(desk, number)
            emit(ctx, closed, z_text(desk, closed).rstrip("\n"))


@group.command("count")
def count(ctx: typer.Context, pieces: Pieces = "", cash: Cash = None) -> None:
    """By how much the drawer is off, before the shift is closed. Nothing is written."""
    with session(ctx).desk() as desk:
        off = difference(desk, _counted(ctx, desk, pieces, cash))
    emit(ctx, {"difference": off}, _off_text(ctx, off))


@group.command("close")
def close(
    ctx: typer.Context,
    pieces: Pieces = "",
    cash: Cash = None,
    explanation: Why = "",
    by: OptionalBy = None,
    reason: Reason = "",
    pin: OptionalPin = "",
) -> None:
    """Close the shift with what was counted, and print its Z report."""
    with session(ctx).desk() as desk:
        counted = _counted(ctx, desk, pieces, cash)
        supervisor = optional_supervisor(ctx, by, reason, pin)
        report = close_shift(desk, counted, explanation=explanation, supervisor=supervisor)
        _closed(ctx, desk, report)


@group.command("hand-over")
def hand_over_(
    ctx: typer.Context,
    to: To,
    to_pin: ToPin = "",
    pieces: Pieces = "",
    cash: Cash = None,
    explanation: Why = "",
    by: OptionalBy = None,
    reason: Reason = "",
    pin: OptionalPin = "",
) -> None:
    """Close the shift, and let another clerk go on with the drawer; the other is signed in."""
    with session(ctx).desk() as desk:
        counted = _counted(ctx, desk, pieces, cash)
        supervisor = optional_supervisor(ctx, by, reason, pin)
        report = hand_over(desk, counted, to=to, pin=to_pin, explanation=explanation, supervisor=supervisor)
        _closed(ctx, desk, report)


@group.command("list")
def list_(ctx: typer.Context, limit: Annotated[int, typer.Option(help="At most so many.")] = _SHOWN) -> None:
    """Shifts that were closed, the latest first."""
    with session(ctx).desk() as desk:
        found = desk.store.shifts.latest(limit)
    emit(ctx, found, *(_table(ctx, found) if found else [say(ctx, "shift.none")]))


@group.command("print")
def print_(ctx: typer.Context, number: Annotated[int, typer.Argument(help="Of the Z report.")]) -> None:
    """Print a Z report again: it says the same."""
    with session(ctx).desk() as desk:
        printed = print_z(desk, session(ctx).printer(desk.store), closed_shift(desk, number))
    emit(ctx, {"printed": printed}, say(ctx, "shift.printed", number=printed))


def _closed(ctx: typer.Context, desk: Desk, report: ZReport) -> None:
    """Closed it is, whatever the printer does."""
    lines = [z_text(desk, report).rstrip("\n"), _off_text(ctx, report.closing.difference)]
    printed = print_what_waits(ctx, desk)
    if printed:
        lines.append(say(ctx, "shift.printed", number=printed[-1]))
    emit(ctx, report, *lines)


def _counted(ctx: typer.Context, desk: Desk, pieces: str, cash: str | None) -> Counted:
    if bool(pieces) == (cash is not None):
        raise BadField("cash", "pieces_and_sum")
    if cash is not None:
        return parse_money(cash, figures(ctx).digits)
    return [_pieces(ctx, desk, part) for part in pieces.split()]


def _pieces(ctx: typer.Context, desk: Desk, part: str) -> CashCount:
    value, _, number = part.lower().replace("×", "x").partition("x")
    try:
        worth = parse_money(value, figures(ctx).digits)
    except BadAmount as error:
        raise BadField("counted", "pieces_form") from error
    if not (number.isascii() and number.isdigit()) or len(number) > 7:
        raise BadField("counted", "pieces_form")
    if worth not in denominations(desk):
        raise BadField("counted", "no_such_money")
    return CashCount(worth, int(number))


def _off_text(ctx: typer.Context, off: int) -> str:
    money = figures(ctx).money(abs(off))
    if not off:
        return say(ctx, "shift.right")
    return say(ctx, "shift.over", money=money) if off > 0 else say(ctx, "shift.short", money=money)


def _table(ctx: typer.Context, reports: list[ZReport]) -> list[str]:
    written = figures(ctx)
    head = [say(ctx, f"label.{name}") for name in ("z", "from", "to", "clerk", "cash", "difference")]
    rows = [
        [
            str(report.closing.number),
            written.at(report.shift.at),
            written.at(report.at),
            report.shift.clerk or report.closing.clerk,
            written.money(report.closing.cash),
            written.money(report.closing.difference),
        ]
        for report in reports
    ]
    return columns([head, *rows], right=[0, 4, 5])
