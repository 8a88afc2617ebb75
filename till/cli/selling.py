"""`till vend`, `till quote`, `till receipt`."""

from typing import Annotated

import typer
from msgspec import Struct

from common.lease import LeaseState
from common.tariff import LineKind, Quote, QuoteLine
from common.units import format_credit, format_decimal, format_energy, format_money, parse_energy, parse_money
from till.cli.app import Group, app, emit, err, session
from till.messages import Explanation
from till.operations.card_job import JobDone
from till.operations.desk import Desk
from till.operations.lease import LeaseView, lease_now
from till.operations.quotes import sell_shown, show_quote
from till.operations.receipts import print_queued, reprint
from till.operations.refusals import BadField
from till.operations.vend import Amount, vend
from till.presenting.notices import told

receipts = Group(help="Receipts: print what waits, print a copy.", no_args_is_help=True)
app.add_typer(receipts, name="receipt")

Money = Annotated[str | None, typer.Option(help="Sell what this much money buys, such as 100 or 100.50.")]
Energy = Annotated[str | None, typer.Option(help="Sell this much energy, in kWh.")]


class Sold(Struct, frozen=True, kw_only=True):
    """A vend as `till vend` prints it."""

    job: JobDone
    amount: int
    printed: list[str]
    lease: LeaseState
    notices: list[Explanation]


@app.command("vend")
def vend_(
    ctx: typer.Context,
    money: Money = None,
    energy: Energy = None,
    payment: Annotated[str, typer.Option(help="cash, card, transfer, ...")] = "cash",
    vend_id: Annotated[
        str | None, typer.Option("--id", help="Of a quote: sells it as shown. Never sold twice.")
    ] = None,
) -> None:
    """Sell credit on the card in the reader."""
    with session(ctx).desk() as desk:
        with session(ctx).card(desk) as driver:
            if vend_id is not None and money is None and energy is None:
                done = sell_shown(desk, driver, vend_id, payment=payment)
            else:
                done = vend(desk, driver, _amount(desk, money, energy), payment=payment, job=vend_id)
        printed = print_queued(desk, session(ctx).printer)
        sold = desk.store.job(done.job)
        paid = 0 if sold is None else sold.amount
        lease = lease_now(desk, desk.now())
        notices = told(desk.store.account(done.account), session(ctx).figures)
    view = Sold(job=done, amount=paid, printed=printed, lease=lease.state, notices=notices)
    emit(ctx, view, "\n".join([_vend_text(done, paid), *(notice.text for notice in notices)]))
    if lease.state is LeaseState.LOW and not session(ctx).json:
        err.print(_lease_text(lease), style="yellow", markup=False)


@app.command("quote")
def quote_(ctx: typer.Context, money: Money = None, energy: Energy = None) -> None:
    """What credit would cost for the card in the reader. Nothing is written."""
    with session(ctx).desk() as desk, session(ctx).card(desk) as driver:
        quote = show_quote(desk, driver, _amount(desk, money, energy))
    emit(ctx, quote, _quote_text(quote))


@receipts.command("print")
def print_(ctx: typer.Context) -> None:
    """Print the receipts that wait."""
    with session(ctx).desk() as desk:
        printed = print_queued(desk, session(ctx).printer)
    emit(ctx, printed, "\n".join(printed) or "No receipt waits.")


@receipts.command("reprint")
def reprint_(ctx: typer.Context, number: Annotated[str, typer.Argument(help="The receipt's number.")]) -> None:
    """Print a copy; it says COPY and which."""
    with session(ctx).desk() as desk:
        copy = reprint(desk, session(ctx).printer, number)
    emit(ctx, {"receipt": number, "copy": copy}, f"Copy {copy} of {number} is printed.")


def _amount(desk: Desk, money: str | None, energy: str | None) -> Amount:
    if (money is None) == (energy is None):
        raise BadField("amount", "give --money or --energy, one of the two")
    if money is not None:
        utility = desk.store.utility()
        return Amount(money=parse_money(money, 2 if utility is None else utility.digits))
    return Amount(energy=parse_energy(energy or ""))


def _vend_text(done: JobDone, amount: int) -> str:
    return (
        f"Sold {format_credit(done.credit, done.unit)} for {format_money(amount)}, purchase count {done.count}, "
        f"on card {done.card}. Receipt {done.receipt}."
    )


def _lease_text(lease: LeaseView) -> str:
    hours = lease.time_left.total_seconds() / 3600
    money = format_money(lease.money_left)
    return f"Connect soon: without the office this till sells for {hours:.0f} hours more, or {money}."


def _quote_text(quote: Quote) -> str:
    lines = [f"{_line_text(line)}  {format_money(line.amount)}" for line in quote.lines]
    if quote.vat:
        lines.append(f"of which VAT  {format_money(quote.vat)}")
    if quote.money_credit:
        total = f"{format_money(quote.money_credit)} on the meter for {format_money(quote.amount)}"
    else:
        total = f"{format_energy(quote.energy)} for {format_money(quote.amount)}, tariff {quote.tariff}"
    return "\n".join([*lines, total, f"Sell it within 10 minutes: till vend --id {quote.job}"])


def _line_text(line: QuoteLine) -> str:
    if line.kind is LineKind.ENERGY:
        return f"tier {line.tier}: {format_energy(line.energy)} at {format_decimal(line.price, 6)}"
    return f"{line.kind.value} {line.name}".rstrip()
