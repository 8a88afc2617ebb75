"""`till account`: open, amend, find, show, arrears, refund, close for good."""

from typing import Annotated

import typer
from msgspec import Struct
from rich.table import Table

from common.account import AccountFacts, Details, Purchase, Standing, details, latest_purchases, open_debts, standing
from common.admission import AccountUnknown
from common.clerks import Action
from common.units import CreditUnit, format_credit, format_money, parse_credit, parse_money
from till.cli.app import Group, app, emit, out, session
from till.cli.approving import By, Pin, Reason
from till.messages import Explanation, explain
from till.operations.accounts import amend_account, find_accounts, open_account
from till.operations.arrears import enter_arrears, pay_arrears
from till.operations.clerks import Supervisor, authorize
from till.operations.closing import freeze_account, next_step, refund, refund_owed
from till.operations.desk import Desk
from till.operations.meter_models import model_named, unit_of
from till.operations.receipts import print_queued
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
            limit=None if limit is None else parse_credit(limit, _unit_of_model(desk, model)),
            phone=phone,
            address=address,
            note=note,
        )
    emit(ctx, opened, f"Account {opened.account} is open: {opened.name}, meter {opened.meter}.")


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
            limit=None if limit is None else parse_credit(limit, unit_of(desk, number)),
            phone=phone,
            address=address,
            note=note,
        )
    emit(ctx, amended, f"Account {number} is put right.")


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
    lines = [
        f"{row.number}  {row.name}  {row.meter}  {row.phone}{'  closed for good' if row.frozen else ''}" for row in rows
    ]
    emit(ctx, found, "\n".join(lines) or "No account is found by that.")


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
    emit(ctx, shown, "")
    if not session(ctx).json:
        _print_account(facts, view)
        for notice in shown.notices:
            out.print(notice.text, markup=False)


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
    emit(ctx, found, "\n".join(map(_purchase_text, found)) or "Nothing yet.")


@group.command("arrears")
def arrears_(
    ctx: typer.Context,
    number: Number,
    name: Annotated[str, typer.Option(help="What for, as receipts say it.")],
    amount: Annotated[str, typer.Option(help="How much.")],
    by: By,
    reason: Reason,
    pin: Pin,
    share: Annotated[
        str, typer.Option(help="Recovered from each purchase: percent of what is paid, such as 30%.")
    ] = "",
    fixed: Annotated[str, typer.Option(help="Or a sum from each purchase.")] = "",
) -> None:
    """Enter that an account owes money from before; it is recovered from what it buys. A supervisor stands by it."""
    with session(ctx).desk() as desk:
        utility = desk.store.utility()
        digits = 2 if utility is None else utility.digits
        entered = enter_arrears(
            desk,
            number,
            name=name,
            amount=parse_money(amount, digits),
            share=parse_money(share.removesuffix("%") or "0", _PERCENT_DIGITS),
            fixed=parse_money(fixed or "0", digits),
            supervisor=Supervisor(clerk=by, pin=pin, reason=reason),
        )
    emit(ctx, entered, f"Account {number} owes {format_money(entered.amount)} for {name}, recovered from what it buys.")


@group.command("pay")
def pay(
    ctx: typer.Context,
    number: Number,
    amount: Annotated[str, typer.Argument(help="How much is paid.")],
    payment: Annotated[str, typer.Option(help="cash, card, transfer, ...")] = "cash",
) -> None:
    """Take money for what an account owes from before, without selling anything."""
    with session(ctx).desk() as desk:
        utility = desk.store.utility()
        paid = pay_arrears(desk, number, parse_money(amount, 2 if utility is None else utility.digits), payment=payment)
        print_queued(desk, session(ctx).printer)
    lines = [f"{format_money(part.amount)} paid. Receipt {part.receipt}." for part in paid]
    emit(ctx, paid, "\n".join(lines))


@group.command("refund")
def refund_(
    ctx: typer.Context,
    number: Number,
    by: By,
    reason: Reason,
    pin: Pin,
    payment: Annotated[str, typer.Option(help="How the money is given back.")] = "cash",
    job: Annotated[str | None, typer.Option(help="Of credit that is owed and not to be made up: whose job.")] = None,
) -> None:
    """Give back the money for credit that the account's meters gave up, or that is owed. A supervisor stands by it."""
    supervisor = Supervisor(clerk=by, pin=pin, reason=reason)
    with session(ctx).desk() as desk:
        if job is None:
            paid = refund(desk, number, payment=payment, supervisor=supervisor)
        else:
            paid = refund_owed(desk, number, job, payment=payment, supervisor=supervisor)
        print_queued(desk, session(ctx).printer)
    text = f"Give back {format_money(paid.amount)} for {format_credit(paid.credit, paid.unit)}. Receipt {paid.receipt}."
    emit(ctx, paid, text)


@group.command("closing")
def closing(ctx: typer.Context, number: Number) -> None:
    """What still has to be done before an account can be closed for good."""
    with session(ctx).desk() as desk:
        waits = next_step(desk, number)
    words = None if waits is None else explain(waits, session(ctx).lang)
    text = f"Account {number} can be closed: till account freeze {number}" if words is None else words.text
    emit(ctx, {"account": number, "next": words}, text)


@group.command("freeze")
def freeze(ctx: typer.Context, number: Number, by: By, reason: Reason, pin: Pin) -> None:
    """Close an account for good, when nothing of it is open any more. A supervisor stands by it."""
    with session(ctx).desk() as desk:
        frozen = freeze_account(desk, number, Supervisor(clerk=by, pin=pin, reason=reason))
    emit(ctx, frozen, f"Account {number} is closed for good. Nothing of it is deleted; nothing is sold to it again.")


def _print_account(facts: AccountFacts, view: Standing) -> None:
    known = details(facts)
    assert known is not None
    closed = ", closed for good" if facts.frozen is not None else ""
    out.print(
        f"{known.account} {known.name}, meter {view.meter}, {known.tariff_class}{closed}", markup=False, style="bold"
    )
    about = "  ".join(text for text in (known.phone, known.address, known.note) if text)
    if about:
        out.print(f"  {about}", markup=False)
    for card in view.cards.values():
        out.print(f"  card {card.serial}: issue {card.issue}, purchase count {card.count}, {card.state.value}")
    table = Table(box=None, padding=(0, 2))
    for column in ("count", "purpose", "credit", "money", "receipt", "where"):
        table.add_column(column, justify="right" if column in ("count", "credit", "money") else "left")
    for credit in view.credits:
        job = credit.job
        table.add_row(
            str(job.count),
            job.purpose.value,
            format_credit(job.credit, job.unit),
            format_money(job.amount) if job.amount else "",
            job.receipt or "",
            credit.where.value.replace("_", " "),
        )
    out.print(table)
    for bought in latest_purchases(facts):
        out.print(f"  {_purchase_text(bought)}", markup=False)
    for debt in view.owed:
        out.print(f"  owed: {format_credit(debt.credit, debt.unit)} as make-up")
    for arrears in open_debts(facts):
        out.print(f"  arrears: {format_money(arrears.outstanding)} for {arrears.name}", markup=False)
    for job in view.in_doubt:
        out.print(f"  in doubt: {job.purpose.value} of {format_credit(job.credit, job.unit)} on card {job.card}")


def _unit_of_model(desk: Desk, model: str) -> CreditUnit:
    return model_named(desk, model).unit if model else CreditUnit.ENERGY


def _purchase_text(bought: Purchase) -> str:
    return (
        f"{bought.at:%Y-%m-%d %H:%M} UTC  purchase {bought.count:>4}  {format_credit(bought.credit, bought.unit):>18}  "
        f"{format_money(bought.amount):>12}  receipt {bought.receipt or '-'}"
    )
