"""`syncserver till`: enrolment codes, the list of tills, taking one out of use."""

from typing import Annotated, Any

import typer

from common.clock import ahead_at
from common.units import format_money, parse_money
from syncserver.cli.app import Group, app, emit, session
from syncserver.office import grants
from syncserver.office.codes import code_for_new_till, code_for_till_again
from syncserver.office.leases import LeaseTerms, set_terms, terms_of
from syncserver.office.utility import utility_of
from syncserver.store import Reading

group = Group(help="Tills: enrolment codes, list, lease, revoke.", no_args_is_help=True)
app.add_typer(group, name="till")


@group.command("enrol-code")
def enrol_code(
    ctx: typer.Context,
    branch: Annotated[str, typer.Option(help="The branch that the till belongs to.")],
    name: Annotated[str, typer.Option(help="What to call it.")],
    again: Annotated[str | None, typer.Option(help="Enrol this till anew, under its next epoch.")] = None,
    hours: Annotated[int, typer.Option(min=1, max=24 * 30, help="How long the code holds.")] = 24,
) -> None:
    """Make a one-time code; type it in at the till within a day."""
    with session(ctx).office() as office, office.store.write() as writing:
        code = code_for_new_till(office, writing, branch=branch, name=name, hours=hours, again=again)
    until = f"{code.expires:%Y-%m-%d %H:%M} UTC"
    text = f"{code.text}\nHolds until {until}, once. At the till: till enrol --server ... --code ..."
    emit(ctx, {"code": code.text, "expires": code.expires}, text)


@group.command("enrol-again")
def enrol_again(
    ctx: typer.Context,
    till: Annotated[str, typer.Argument(help="Such as till-0001.")],
    hours: Annotated[int, typer.Option(min=1, max=24 * 30, help="How long the code holds.")] = 24,
) -> None:
    """Make a one-time code for a till whose disk was restored or copied: it goes on under its next epoch."""
    with session(ctx).office() as office, office.store.write() as writing:
        code = code_for_till_again(office, writing, till, hours=hours)
    text = f"{code.text}\nHolds until {code.expires:%Y-%m-%d %H:%M} UTC, once. At the till: till re-enrol {code.text}"
    emit(ctx, {"code": code.text, "expires": code.expires}, text)


@group.command("list")
def list_(ctx: typer.Context) -> None:
    """Every till, each epoch of its journal, and what the office holds of it."""
    with session(ctx).office() as office, office.store.read() as reading:
        rows = [row for row in reading.writers() if row.is_till]
        offsets = {row.id: _clock_offset(reading, row.id) for row in rows}
    found: list[dict[str, Any]] = [
        {
            "till": row.id,
            "epoch": row.epoch,
            "branch": row.branch,
            "name": row.name,
            "entries": row.seq,
            "state": row.state.value,
            "reason": row.reason,
            "clock_offset_ms": offsets[row.id],
        }
        for row in rows
    ]
    lines = ["  ".join(_shown(name, value) for name, value in row.items() if value not in ("", 0)) for row in found]
    emit(ctx, found, "\n".join(lines) or "No till is enrolled yet.")


@group.command("lease")
def lease(
    ctx: typer.Context,
    till: Annotated[str, typer.Argument(help="Such as till-0001.")],
    days: Annotated[float | None, typer.Option(help="How long it may sell unseen.")] = None,
    money: Annotated[str | None, typer.Option(help="How much it may sell unseen.")] = None,
    clock_minutes: Annotated[int | None, typer.Option(help="How far its clock may be set unnoticed.")] = None,
) -> None:
    """Say what a till may do while it cannot be reached; what is not named stays. It hears of it when it syncs."""
    with session(ctx).office() as office, office.change() as intake:
        digits = utility_of(intake.writing).digits
        old = terms_of(intake.writing, till)
        terms = LeaseTerms(
            seconds=old.seconds if days is None else round(days * 24 * 3600),
            money=old.money if money is None else parse_money(money, digits),
            clock_tolerance_s=old.clock_tolerance_s if clock_minutes is None else clock_minutes * 60,
        )
        set_terms(intake, till, terms, office.clock())
    hours, tolerated = terms.seconds / 3600, terms.clock_tolerance_s / 60
    text = f"{till} may sell unseen for {hours:,.1f} hours and {format_money(terms.money, digits)}"
    emit(ctx, {"till": till, "terms": terms}, f"{text}; its clock may be set by {tolerated:.0f} minutes.")


@group.command("revoke")
def revoke(
    ctx: typer.Context,
    till: Annotated[str, typer.Argument(help="Such as till-0001.")],
    reason: Annotated[str, typer.Option(help="Why; its clerk reads it.")],
) -> None:
    """Take a till out of use. What it sold before is still taken."""
    with session(ctx).office() as office, office.change() as intake:
        grants.revoke(intake, till, reason)
    emit(ctx, {"till": till, "reason": reason}, f"{till} may not sell any more, from its next contact on.")


def _clock_offset(reading: Reading, till: str) -> int:
    """How far the till's clock is known to be ahead of the office's, milliseconds."""
    words = reading.clock_words(till)
    return ahead_at(words, words[-1].epoch, words[-1].seq) if words else 0


def _shown(name: str, value: object) -> str:
    return f"clock {int(str(value)) / 1000:+.0f} s" if name == "clock_offset_ms" else str(value)
