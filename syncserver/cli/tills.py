"""`syncserver till`: enrolment codes, the list of tills, taking one out of use."""

import secrets
from datetime import timedelta
from typing import Annotated, Any

import typer

from common.enrolment import make_code
from syncserver.cli.app import Group, app, emit, session
from syncserver.office import grants

group = Group(help="Tills: enrolment codes, list, revoke.", no_args_is_help=True)
app.add_typer(group, name="till")

_SECRET_BYTES = 10


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
        code = make_code(secrets.token_bytes(_SECRET_BYTES), office.keys.certificate)
        expires = office.clock() + timedelta(hours=hours)
        grants.add_code(writing, code.secret, branch=branch, name=name, expires=expires, again=again)
    text = (
        f"{code.text}\nHolds until {expires:%Y-%m-%d %H:%M} UTC, once. At the till: till enrol --server ... --code ..."
    )
    emit(ctx, {"code": code.text, "expires": expires}, text)


@group.command("list")
def list_(ctx: typer.Context) -> None:
    """Every till, each epoch of its journal, and what the office holds of it."""
    with session(ctx).office() as office, office.store.read() as reading:
        rows = [row for row in reading.writers() if row.branch]
    found: list[dict[str, Any]] = [
        {
            "till": row.id,
            "epoch": row.epoch,
            "branch": row.branch,
            "name": row.name,
            "entries": row.seq,
            "state": row.state.value,
            "reason": row.reason,
        }
        for row in rows
    ]
    lines = ["  ".join(str(value) for value in row.values() if value != "") for row in found]
    emit(ctx, found, "\n".join(lines) or "No till is enrolled yet.")


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
