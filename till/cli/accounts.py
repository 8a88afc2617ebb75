"""`till account`: open, amend, find, show, arrears, refund, close for good."""

from typing import Annotated

import typer
from msgspec import Struct

from common.account import Details, Purchase, Standing, details, latest_purchases, standing
from common.admission import AccountUnknown
from common.clerks import Action
from common.units import CreditUnit, parse_credit, parse_money
from till.cli.account_text import account_lines, found_table, purchase_table
from till.cli.app import Group, app, emit, figures, say, session
from till.cli.approving import By, Pin, Reason
from till.cli.receipts import print_what_waits
from till.messages import Explanation, explain
from till.operations.accounts import amend_account, find_accounts, open_account
from till.operations.arrears import enter_arrears, pay_arrears
from till.operations.clerks import Supervisor, authorize
from till.operations.closing import freeze_account, next_step, refund, refund_owed
from till.operations.desk import Desk
from till.operations.meter_models import model_named, unit_of
from till.presenting.notices import told

group = Group(help="Accounts: open, amend, find, show, refund, close for good.", no_args_is_help=True)
app.add_typer(group, name="account")

_PERCENT_DIGITS = 4
"""A percent in millionths."""

Number = Annotated[str, typer.Argument(help="The account's number.")]


class AccountView(Struct, frozen=True, kw_only=True):
    """An account as `till account show` prints it."""

    account: str
    details: Details | None
    frozen: bool
    standing: Standing
    purchases: list[Purchase]
    notices: list[Explanation]


@group.command("open")
def open_(
    ctx: typer.Context,
    name: Annotated[str, typer.Option(help="Who pays.")],
    meter: Annotated[str, typer.Option(help="The number of the meter on the wall.")],
    number: Annotated[str | None, typer.Option(help="Else the next of this till's own block.")] = None,
    tariff_class: Annotated[str, typer.Option("--class", help="The tariff class it buys under.")] = "residential",
    model: Annotated[str, typer.Option(help="The meter's model: till meter models")] = "",
    limit: Annotated[str | None, typer.Option(help="The most that the meter takes at once: kWh, or money.")] = None,
    phone: Annotated[str, typer.Option(help="To be reached and found by.")] = "",
    address: Annotated[str, typer.Option(help="Where the meter is.")] = "",
    note: Annotated[str, typer.Option(help="For the next clerk.")] = "",
) -> None:
    """Open an account."""
    with session(ctx).desk() as desk:
        opened = open_account(
            desk,
            number=number,
            name=name,
            meter=meter,
            tariff_class=tariff_class,
            model=model,
            limit=None if limit is None else parse_credit(limit, _unit_of_model(desk, model), figures(ctx).digits),
            phone=phone,
            address=address,
            note=note,
        )
    emit(ctx, opened, say(ctx, "account.opened", account=opened.account, name=opened.name, meter=opened.meter))


@group.command("amend")
def amend(
    ctx: typer.Context,
    number: Number,
    name: Annotated[str | None, typer.Option(help="Who pays.")] = None,
    tariff_class: Annotated[str | None, typer.Option("--class", help="The tariff class it buys under.")] = None,
    limit: Annotated[str | None, typer.Option(help="The most that the meter takes at once: kWh, or money.")] = None,
    phone: Annotated[str | None, typer.Option(help="To be reached and found by.")] = None,
    address: Annotated[str | None, typer.Option(help="Where the meter is.")] = None,
    note: Annotated[str | None, typer.Option(help="For the next clerk.")] = None,
) -> None:
    """Put right what is kept of an account; what is not named stays. A meter is changed with `till meter change`."""
    with session(ctx).desk() as desk:
        amended = amend_account(
            desk,
            number,
            name=name,
            tariff_class=tariff_class,
            limit=None if limit is None else parse_credit(limit, unit_of(desk, number), figures(ctx).digits),
            phone=phone,
            address=address,
            note=note,
        )
    emit(ctx, amended, say(ctx, "account.amended", account=number))


@group.command("find")
def find(
    ctx: typer.Context,
    words: Annotated[str, typer.Argument(help="Start of a number, meter or card; phone; name; pinyin initials.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
) -> None:
    """Find accounts, closed ones too."""
    with session(ctx).desk() as desk:
        rows = find_accounts(desk, words, limit)
    found = [row._asdict() for row in rows]
    emit(ctx, found, *found_table(figures(ctx), rows))


@group.command("show")
def show(ctx: typer.Context, number: Number) -> None:
    """How an account stands: its cards, every credit and where it is, what is owed."""
    with session(ctx).desk() as desk:
        authorize(desk, Action.LOOK)
        facts = desk.store.account(number)
    if facts is None or facts.opened is None:
        raise AccountUnknown(number)
    view = standing(facts)
    known = details(facts)
    shown = AccountView(
        account=number,
        details=known,
        frozen=facts.frozen is not None,
        standing=view,
        purchases=latest_purchases(facts),
        notices=told(facts, session(ctx).figures),
    )
    written = figures(ctx)
    emit(ctx, shown, *account_lines(written, facts, view), *(f"\n{notice.text}" for notice in shown.notices))


@group.command("history")
def history(
    ctx: typer.Context, number: Number, limit: Annotated[int, typer.Option(min=1, help="How many.")] = 50
) -> None:
    """What an account has bought, all the way back, the latest first."""
    with session(ctx).desk() as desk:
        authorize(desk, Action.LOOK)
        if desk.store.account(number) is None:
            raise AccountUnknown(number)
        found = desk.store.purchases(number, limit)
    emit(ctx, found, *purchase_table(figures(ctx), found))


@group.command("arrears")
def arrears_(
    ctx: typer.Context,
    number: Number,
    name: Annotated[str, typer.Option(help="What for, as receipts say it.")],
    amount: Annotated[str, typer.Option(help="How much.")],
    by: By,
    reason: Reason,
    pin: Pin = "",
    share: Annotated[
        str, typer.Option(help="Recovered from each purchase: percent of what is paid, such as 30%.")
    ] = "",
    fixed: Annotated[str, typer.Option(help="Or a sum from each purchase.")] = "",
) -> None:
    """Enter that an account owes money from before; it is recovered from what it buys. A supervisor stands by it."""
    with session(ctx).desk() as desk:
        digits = figures(ctx).digits
        entered = enter_arrears(
            desk,
            number,
            name=name,
            amount=parse_money(amount, digits),
            share=parse_money(share.removesuffix("%") or "0", _PERCENT_DIGITS),
            fixed=parse_money(fixed or "0", digits),
            supervisor=Supervisor(clerk=by, pin=pin, reason=reason),
        )
    emit(ctx, entered, say(ctx, "account.arrears", account=number, money=figures(ctx).money(entered.amount), name=name))


@group.command("pay")
def pay(
    ctx: typer.Context,
    number: Number,
    amount: Annotated[str, typer.Argument(help="How much is paid.")],
    payment: Annotated[str, typer.Option(help="cash, card, transfer, ...")] = "cash",
) -> None:
    """Take money for what an account owes from before, without selling anything."""
    with session(ctx).desk() as desk:
        paid = pay_arrears(desk, number, parse_money(amount, figures(ctx).digits), payment=payment)
        print_what_waits(ctx, desk)
    written = figures(ctx)
    emit(
        ctx,
        paid,
        *(say(ctx, "account.paid", money=written.money(part.amount), receipt=part.receipt) for part in paid),
    )


@group.command("refund")
def refund_(
    ctx: typer.Context,
    number: Number,
    by: By,
    reason: Reason,
    pin: Pin = "",
    payment: Annotated[str, typer.Option(help="How the money is given back.")] = "cash",
    job: Annotated[str | None, typer.Option(help="Of credit that is owed and not to be made up: whose job.")] = None,
) -> None:
    """Give back the money that the office decided on, or for credit that meters gave up, or that is owed.

    A supervisor stands by it.
    """
    supervisor = Supervisor(clerk=by, pin=pin, reason=reason)
    with session(ctx).desk() as desk:
        if job is None:
            paid = refund(desk, number, payment=payment, supervisor=supervisor)
        else:
            paid = refund_owed(desk, number, job, payment=payment, supervisor=supervisor)
        print_what_waits(ctx, desk)
    written = figures(ctx)
    money, credit = written.money(paid.amount), written.credit(paid.credit, paid.unit)
    key = "account.refunded" if paid.decision is None else "account.refunded_decided"
    emit(ctx, paid, say(ctx, key, money=money, credit=credit, receipt=paid.receipt))


@group.command("closing")
def closing(ctx: typer.Context, number: Number) -> None:
    """What still has to be done before an account can be closed for good."""
    with session(ctx).desk() as desk:
        waits = next_step(desk, number)
    words = None if waits is None else explain(waits, session(ctx).lang, figures(ctx))
    text = say(ctx, "account.can_close", account=number) if words is None else words.text
    emit(ctx, {"account": number, "next": words}, text)


@group.command("freeze")
def freeze(ctx: typer.Context, number: Number, by: By, reason: Reason, pin: Pin = "") -> None:
    """Close an account for good, when nothing of it is open any more. A supervisor stands by it."""
    with session(ctx).desk() as desk:
        frozen = freeze_account(desk, number, Supervisor(clerk=by, pin=pin, reason=reason))
    emit(ctx, frozen, say(ctx, "account.closed", account=number))


def _unit_of_model(desk: Desk, model: str) -> CreditUnit:
    return model_named(desk, model).unit if model else CreditUnit.ENERGY
