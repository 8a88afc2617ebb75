"""`till vend`, `till quote`."""

from typing import Annotated

import typer
from msgspec import Struct

from common.lease import LeaseState
from common.tariff import LineKind, Quote, QuoteLine
from common.units import CreditUnit, format_energy, parse_energy, parse_money
from till.cli.app import app, emit, err, figures, say, session
from till.cli.layout import columns
from till.cli.receipts import print_what_waits
from till.messages import Explanation, Figures
from till.operations.card_job import JobDone
from till.operations.desk import Desk
from till.operations.lease import LeaseView, lease_now
from till.operations.quotes import sell_shown, show_quote
from till.operations.refusals import BadField
from till.operations.vend import Amount, vend
from till.presenting.notices import told

Money = Annotated[str | None, typer.Option(help="Sell what this much money buys, such as 100 or 100.50.")]
Energy = Annotated[str | None, typer.Option(help="Sell this much energy, in kWh.")]


class Sold(Struct, frozen=True, kw_only=True):
    """A vend as `till vend` prints it. `unprinted`: why its receipt is not out; null when it is."""

    job: JobDone
    amount: int
    printed: list[str]
    unprinted: str | None
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
        printed = print_what_waits(ctx, desk)
        sold = desk.store.job(done.job)
        paid = 0 if sold is None else sold.amount
        lease = lease_now(desk, desk.now())
        notices = told(desk.store.account(done.account), session(ctx).figures)
    failed = session(ctx).unprinted
    view = Sold(
        job=done,
        amount=paid,
        printed=printed,
        unprinted=None if failed is None else failed.reason,
        lease=lease.state,
        notices=notices,
    )
    emit(ctx, view, _vend_text(ctx, done, paid), *(f"\n{notice.text}" for notice in notices))
    if lease.state is LeaseState.LOW and not session(ctx).json:
        err.print(_lease_text(ctx, lease), style="yellow", markup=False)


@app.command("quote")
def quote_(ctx: typer.Context, money: Money = None, energy: Energy = None) -> None:
    """What credit would cost for the card in the reader. Nothing is written."""
    with session(ctx).desk() as desk, session(ctx).card(desk) as driver:
        quote = show_quote(desk, driver, _amount(desk, money, energy))
    emit(ctx, quote, *_quote_text(figures(ctx), quote))


def _amount(desk: Desk, money: str | None, energy: str | None) -> Amount:
    if (money is None) == (energy is None):
        raise BadField("amount", "money_or_energy")
    if money is not None:
        utility = desk.store.utility()
        return Amount(money=parse_money(money, 2 if utility is None else utility.digits))
    return Amount(energy=parse_energy(energy or ""))


def _vend_text(ctx: typer.Context, done: JobDone, amount: int) -> str:
    written = figures(ctx)
    credit, money = written.credit(done.credit, done.unit), written.money(amount)
    return say(
        ctx, "sell.sold", credit=credit, money=money, count=done.count, card=done.card, receipt=done.receipt or "-"
    )


def _lease_text(ctx: typer.Context, lease: LeaseView) -> str:
    hours = round(lease.time_left.total_seconds() / 3600)
    return say(ctx, "sell.lease_low", hours=hours, money=figures(ctx).money(lease.money_left))


def _quote_text(written: Figures, quote: Quote) -> list[str]:
    """What it costs line by line, what is bought, and the command that sells it."""
    words, money = written.words, written.money(quote.amount)
    rows = [[_line_text(written, line), written.money(line.amount)] for line in quote.lines]
    if quote.vat and not any(line.kind is LineKind.VAT for line in quote.lines):
        rows.append([words("quote.vat_within"), written.money(quote.vat)])
    if quote.money_credit:
        credit = written.credit(quote.money_credit, CreditUnit.MONEY)
        total = words("quote.total_credit", credit=credit, money=money)
    else:
        total = words("quote.total_energy", energy=format_energy(quote.energy), money=money, tariff=quote.tariff)
    return [*columns(rows, right=[1]), total, words("quote.sell", job=quote.job)]


def _line_text(written: Figures, line: QuoteLine) -> str:
    words = written.words
    match line.kind:
        case LineKind.ENERGY:
            energy, price = format_energy(line.energy), written.price(line.price)
            return words("quote.tier", tier=line.tier, energy=energy, price=price)
        case LineKind.CREDIT:
            return words("quote.credit")
        case LineKind.SURCHARGE:
            return words("quote.surcharge", name=line.name)
        case LineKind.VAT:
            return words("quote.vat")
        case LineKind.ARREARS:
            return words("quote.arrears", name=line.name)
