"""`till sign-in`, `till sign-out`, `till clerk`: who is at the till."""

from typing import Annotated

import typer
from msgspec import Struct

from common.clerks import MAX_TRIES, Role, credential_of
from till.cli.app import Group, app, emit, session
from till.operations.clerks import change_pin, set_idle_after, sign_in, sign_out, unlock

group = Group(help="Clerks: who works here, unlock a PIN, the automatic lock.", no_args_is_help=True)
app.add_typer(group, name="clerk")

Pin = Annotated[str, typer.Option("--pin", prompt="PIN", hide_input=True, envvar="KILOTILL_PIN", help="Else asked.")]


class ClerkView(Struct, frozen=True, kw_only=True):
    """A clerk as `till clerk list` prints one; never the PIN."""

    clerk: str
    name: str
    roles: list[Role]
    active: bool
    locked: bool


@app.command("sign-in")
def sign_in_(ctx: typer.Context, clerk: Annotated[str, typer.Argument(help="Your name here.")], pin: Pin) -> None:
    """Put a clerk at the till, until signed out or nobody uses it for a while."""
    with session(ctx).desk(signed_in=False) as desk:
        known = sign_in(desk, clerk, pin)
    roles = ", ".join(known.roles)
    emit(ctx, {"clerk": known.clerk, "roles": known.roles}, f"{known.name} is at the till ({roles}).")


@app.command("sign-out")
def sign_out_(ctx: typer.Context) -> None:
    """Leave the till."""
    with session(ctx).desk(signed_in=False) as desk:
        left = sign_out(desk)
    emit(ctx, {"clerk": left}, "Nobody was at the till." if left is None else f"{left} has left the till.")


@group.command("list")
def list_(ctx: typer.Context) -> None:
    """Who works in this branch."""
    with session(ctx).desk(signed_in=False) as desk:
        clerks = desk.store.clerks
        found = [
            ClerkView(
                clerk=known.clerk,
                name=known.name,
                roles=known.roles,
                active=known.active,
                locked=clerks.tries(credential_of(known.pin)) >= MAX_TRIES,
            )
            for known in clerks.all()
        ]
    emit(ctx, found, "\n".join(map(_text, found)) or "Nobody yet: the office has to add clerks, then sync.")


@group.command("unlock")
def unlock_(
    ctx: typer.Context,
    clerk: Annotated[str, typer.Argument(help="Whose PIN is locked.")],
    by: Annotated[str, typer.Option(help="The supervisor.")],
    pin: Pin,
) -> None:
    """Let a clerk's PIN be tried again; a supervisor says so, with the own PIN."""
    with session(ctx).desk(signed_in=False) as desk:
        unlock(desk, clerk, by, pin)
    emit(ctx, {"clerk": clerk, "by": by}, f"The PIN of {clerk} may be tried again.")


@group.command("pin")
def pin_(
    ctx: typer.Context,
    clerk: Annotated[str, typer.Argument(help="Your name here.")],
    pin: Pin,
    new: Annotated[
        str, typer.Option("--new", prompt="New PIN", confirmation_prompt=True, hide_input=True, help="Else asked.")
    ],
) -> None:
    """Choose another PIN for this till, by the one before. A PIN that the office sets takes its place."""
    with session(ctx).desk(signed_in=False) as desk:
        change_pin(desk, clerk, pin, new)
    emit(ctx, {"clerk": clerk}, f"{clerk} has another PIN at this till.")


@group.command("lock-after")
def lock_after(ctx: typer.Context, minutes: Annotated[int, typer.Argument(help="1 to 1440.")]) -> None:
    """How long nobody may use the till before it locks itself."""
    with session(ctx).desk() as desk:
        set_idle_after(desk, minutes)
    emit(ctx, {"minutes": minutes}, f"The till locks itself when nobody has used it for {minutes} minutes.")


def _text(known: ClerkView) -> str:
    state = "" if known.active else ", retired"
    return f"{known.clerk}  {known.name}  {', '.join(known.roles)}{state}{', LOCKED' if known.locked else ''}"
