"""`till sign-in`, `till sign-out`, `till clerk`: who is at the till."""

from typing import Annotated

import typer
from msgspec import Struct

from common.clerks import MAX_TRIES, Role, credential_of
from till.cli.app import Group, app, emit, figures, say, session
from till.cli.asking import asked
from till.cli.layout import columns
from till.operations.clerks import change_pin, set_idle_after, sign_in, sign_out, unlock

group = Group(help="Clerks: who works here, unlock a PIN, the automatic lock.", no_args_is_help=True)
app.add_typer(group, name="clerk")

Pin = Annotated[str, typer.Option("--pin", callback=asked("ask.pin"), envvar="KILOTILL_PIN", help="Else asked.")]


class ClerkView(Struct, frozen=True, kw_only=True):
    """A clerk as `till clerk list` prints one; never the PIN."""

    clerk: str
    name: str
    roles: list[Role]
    active: bool
    locked: bool


@app.command("sign-in")
def sign_in_(ctx: typer.Context, clerk: Annotated[str, typer.Argument(help="Your name here.")], pin: Pin = "") -> None:
    """Put a clerk at the till, until signed out or nobody uses it for a while."""
    with session(ctx).desk(signed_in=False) as desk:
        known = sign_in(desk, clerk, pin)
    text = say(ctx, "clerk.signed_in", name=known.name, roles=_roles(ctx, known.roles))
    emit(ctx, {"clerk": known.clerk, "roles": known.roles}, text)


@app.command("sign-out")
def sign_out_(ctx: typer.Context) -> None:
    """Leave the till."""
    with session(ctx).desk(signed_in=False) as desk:
        left = sign_out(desk)
    emit(ctx, {"clerk": left}, say(ctx, "clerk.nobody") if left is None else say(ctx, "clerk.signed_out", clerk=left))


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
    emit(ctx, found, *(_table(ctx, found) if found else [say(ctx, "clerk.none")]))


@group.command("unlock")
def unlock_(
    ctx: typer.Context,
    clerk: Annotated[str, typer.Argument(help="Whose PIN is locked.")],
    by: Annotated[str, typer.Option(help="The supervisor.")],
    pin: Pin = "",
) -> None:
    """Let a clerk's PIN be tried again; a supervisor says so, with the own PIN."""
    with session(ctx).desk(signed_in=False) as desk:
        unlock(desk, clerk, by, pin)
    emit(ctx, {"clerk": clerk, "by": by}, say(ctx, "clerk.unlocked", clerk=clerk))


@group.command("pin")
def pin_(
    ctx: typer.Context,
    clerk: Annotated[str, typer.Argument(help="Your name here.")],
    pin: Pin = "",
    new: Annotated[str, typer.Option("--new", callback=asked("ask.new_pin", twice=True), help="Else asked.")] = "",
) -> None:
    """Choose another PIN for this till, by the one before. A PIN that the office sets takes its place."""
    with session(ctx).desk(signed_in=False) as desk:
        change_pin(desk, clerk, pin, new)
    emit(ctx, {"clerk": clerk}, say(ctx, "clerk.pin_changed", clerk=clerk))


@group.command("lock-after")
def lock_after(ctx: typer.Context, minutes: Annotated[int, typer.Argument(help="1 to 1440.")]) -> None:
    """How long nobody may use the till before it locks itself."""
    with session(ctx).desk() as desk:
        set_idle_after(desk, minutes)
    emit(ctx, {"minutes": minutes}, say(ctx, "clerk.idle", minutes=minutes))


def _table(ctx: typer.Context, clerks: list[ClerkView]) -> list[str]:
    head = [say(ctx, f"label.{name}") for name in ("clerk", "name", "roles", "state")]
    return columns(
        [head, *([known.clerk, known.name, _roles(ctx, known.roles), _state(ctx, known)] for known in clerks)]
    )


def _roles(ctx: typer.Context, roles: list[Role]) -> str:
    return ", ".join(figures(ctx).words.known("role", role.value) for role in roles)


def _state(ctx: typer.Context, known: ClerkView) -> str:
    states = [] if known.active else [say(ctx, "clerk.retired")]
    states += [say(ctx, "clerk.locked")] if known.locked else []
    return ", ".join(states)
