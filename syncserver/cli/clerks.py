"""`syncserver clerk`: who works at the tills."""

from typing import Annotated

import typer
from msgspec import Struct

from common.clerks import Role
from common.entries import ClerkSet
from syncserver.cli.app import Group, app, emit, session
from syncserver.office.clerks import add_clerk, change_clerk, clerks, retire_clerk, set_pin

group = Group(help="Clerks: add, change, new PIN, retire, list.", no_args_is_help=True)
app.add_typer(group, name="clerk")

Name = Annotated[str, typer.Argument(help="The clerk's short name: lower-case letters, digits.")]
Pin = Annotated[
    str,
    typer.Option(
        "--pin", prompt="PIN", confirmation_prompt=True, hide_input=True, envvar="KILOTILL_PIN", help="Else asked."
    ),
]
Roles = Annotated[list[Role], typer.Option("--role", help="May be repeated.")]


class ClerkView(Struct, frozen=True, kw_only=True):
    """A clerk as this command prints one; never the PIN."""

    clerk: str
    name: str
    branch: str
    roles: list[Role]
    active: bool


@group.command("add")
def add(
    ctx: typer.Context,
    clerk: Name,
    name: Annotated[str, typer.Option(help="The full name.")],
    branch: Annotated[str, typer.Option(help="Where the clerk works.")],
    role: Roles,
    pin: Pin,
) -> None:
    """Let somebody work at a branch's tills, from their next contact on."""
    with session(ctx).office() as office, office.change() as intake:
        made = add_clerk(intake, clerk, name=name, branch=branch, roles=role, pin=pin)
    _tell(ctx, made)


@group.command("change")
def change(
    ctx: typer.Context,
    clerk: Name,
    name: Annotated[str | None, typer.Option(help="Else as it is.")] = None,
    branch: Annotated[str | None, typer.Option(help="Else as it is.")] = None,
    role: Annotated[list[Role] | None, typer.Option("--role", help="All of them; else as they are.")] = None,
) -> None:
    """Change a clerk's name, branch or roles. A retired clerk works again."""
    with session(ctx).office() as office, office.change() as intake:
        made = change_clerk(intake, clerk, name=name, branch=branch, roles=role or None)
    _tell(ctx, made)


@group.command("pin")
def pin_(ctx: typer.Context, clerk: Name, pin: Pin) -> None:
    """Give a clerk a new PIN, which is not locked."""
    with session(ctx).office() as office, office.change() as intake:
        made = set_pin(intake, clerk, pin)
    _tell(ctx, made)


@group.command("retire")
def retire(ctx: typer.Context, clerk: Name) -> None:
    """Let a clerk work no more, from each till's next contact on."""
    with session(ctx).office() as office, office.change() as intake:
        made = retire_clerk(intake, clerk)
    _tell(ctx, made)


@group.command("list")
def list_(ctx: typer.Context) -> None:
    """Every clerk."""
    with session(ctx).office() as office, office.store.read() as reading:
        found = [_view(clerk) for _, clerk in sorted(clerks(reading).items())]
    emit(ctx, found, "\n".join(map(_text, found)) or "No clerk yet: syncserver clerk add")


def _tell(ctx: typer.Context, clerk: ClerkSet) -> None:
    view = _view(clerk)
    emit(ctx, view, _text(view))


def _view(clerk: ClerkSet) -> ClerkView:
    return ClerkView(clerk=clerk.clerk, name=clerk.name, branch=clerk.branch, roles=clerk.roles, active=clerk.active)


def _text(view: ClerkView) -> str:
    state = "" if view.active else "  retired"
    return f"{view.clerk}  {view.name}  branch {view.branch}  {', '.join(view.roles)}{state}"
