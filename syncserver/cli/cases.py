"""`syncserver case`: what the rules leave to a person, or report."""

from typing import Annotated

import typer

from common.entries import OFFICE, Option, UtilitySet
from common.units import BadAmount, format_credit, format_money, parse_money
from syncserver.cli.app import Group, app, emit, session
from syncserver.office.cases import Case, case, cases, decide
from syncserver.office.errors import OfficeError
from syncserver.store import Reading

group = Group(help="Cases: list, show, decide.", no_args_is_help=True)
app.add_typer(group, name="case")

Key = Annotated[str, typer.Argument(help="The case's key, as the list shows it.")]


@group.command("list")
def list_(
    ctx: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Also those that are decided, or only reported.")] = False,
) -> None:
    """The cases that wait for a person."""
    with session(ctx).office() as office, office.store.read() as reading:
        found = cases(reading, every=every)
        digits = _digits(reading)
    emit(ctx, found, "\n".join(_line(one, digits) for one in found) or "No case waits.")


@group.command("show")
def show(ctx: typer.Context, key: Key) -> None:
    """One case: what happened, who did it, and what may be decided."""
    with session(ctx).office() as office, office.store.read() as reading:
        found = case(reading, key)
        digits = _digits(reading)
    emit(ctx, found, _text(found, digits))


@group.command("decide")
def decide_(
    ctx: typer.Context,
    key: Key,
    option: Annotated[Option, typer.Argument(help="One of the case's choices.")],
    by: Annotated[str, typer.Option(help="Who decides.")],
    reason: Annotated[str, typer.Option(help="Why, for the journal.")],
    amount: Annotated[str | None, typer.Option(help="Money to recover or refund; else what the case says.")] = None,
) -> None:
    """Decide a case. What was decided holds, and goes to the tills."""
    with session(ctx).office() as office, office.change() as intake:
        money = None if amount is None else _money(amount, _digits(intake.writing))
        word = decide(intake, key, option, by=by, reason=reason, amount=money)
    emit(ctx, word, f"Decided: {word.option} ({word.by}: {word.reason}). The tills hear of it at their next contact.")


def _money(text: str, digits: int) -> int:
    try:
        return parse_money(text, digits)
    except BadAmount as error:
        raise OfficeError(f"{text} is no amount: {error.reason}.", "Type it as 12.50.") from error


def _digits(reading: Reading) -> int:
    last = reading.of_type(OFFICE, "utility.set")[-1].signed.entry.body
    assert isinstance(last, UtilitySet)
    return last.digits


def _line(found: Case, digits: int) -> str:
    opened = found.case
    parts = [f"{found.state.value:<8}", opened.key, f"account {opened.account}"]
    if opened.credit:
        parts.append(format_credit(opened.credit, opened.unit, digits))
    if opened.amount:
        parts.append(f"money {format_money(opened.amount, digits)}")
    if opened.clerk:
        parts.append(f"{opened.writer} {opened.clerk} {opened.receipt or ''}".rstrip())
    return "  ".join(parts)


def _text(found: Case, digits: int) -> str:
    opened, word = found.case, found.decided
    lines = [
        f"{opened.key}: {found.state.value}",
        f"  rule      {opened.rule}",
        f"  account   {opened.account}",
        f"  about     {opened.about.value} {opened.subject}",
        f"  credit    {format_credit(opened.credit, opened.unit, digits)}",
        f"  money     {format_money(opened.amount, digits)}",
        f"  done at   {opened.writer or '-'} {found.branch}",
        f"  by        {opened.clerk or '-'}",
        f"  receipt   {opened.receipt or '-'}",
        f"  choices   {', '.join(opened.options) or 'none: the rules settled it'}",
    ]
    if word is not None:
        lines.append(f"  decided   {word.option}, {format_money(word.amount, digits)}, by {word.by}: {word.reason}")
    return "\n".join(lines)
