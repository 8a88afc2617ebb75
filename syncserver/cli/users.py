"""`syncserver user`: who may use the office's pages."""

from typing import Annotated

import typer
from msgspec import Struct

from common.entries import UserSet
from common.users import UserRole
from syncserver.cli.app import Group, app, emit, session
from syncserver.office.users import add_user, change_user, retire_user, set_password, users

group = Group(help="Users of the office's pages: add, change, new password, retire, list.", no_args_is_help=True)
app.add_typer(group, name="user")

Name = Annotated[str, typer.Argument(help="The user's short name: lower-case letters, digits.")]
Password = Annotated[
    str,
    typer.Option(
        "--password",
        prompt="Password",
        confirmation_prompt=True,
        hide_input=True,
        envvar="KILOTILL_PASSWORD",
        help="Else asked.",
    ),
]
Roles = Annotated[list[UserRole], typer.Option("--role", help="May be repeated.")]


class UserView(Struct, frozen=True, kw_only=True):
    """A user as this command prints one; never the password."""

    user: str
    name: str
    roles: list[UserRole]
    active: bool


@group.command("add")
def add(
    ctx: typer.Context,
    user: Name,
    name: Annotated[str, typer.Option(help="The full name.")],
    role: Roles,
    password: Password,
) -> None:
    """Let somebody use the office's pages. The first must be an administrator."""
    with session(ctx).office() as office, office.change() as intake:
        made = add_user(intake, user, name=name, roles=role, password=password)
    _tell(ctx, made)


@group.command("change")
def change(
    ctx: typer.Context,
    user: Name,
    name: Annotated[str | None, typer.Option(help="Else as it is.")] = None,
    role: Annotated[list[UserRole] | None, typer.Option("--role", help="All of them; else as they are.")] = None,
) -> None:
    """Change a user's full name or roles. A retired user may sign in again."""
    with session(ctx).office() as office, office.change() as intake:
        made = change_user(intake, user, name=name, roles=role or None)
    _tell(ctx, made)


@group.command("password")
def password_(ctx: typer.Context, user: Name, password: Password) -> None:
    """Give a user a new password."""
    with session(ctx).office() as office, office.change() as intake:
        made = set_password(intake, user, password)
    _tell(ctx, made)


@group.command("retire")
def retire(ctx: typer.Context, user: Name) -> None:
    """Let a user sign in no more, at once."""
    with session(ctx).office() as office, office.change() as intake:
        made = retire_user(intake, user)
    _tell(ctx, made)


@group.command("list")
def list_(ctx: typer.Context) -> None:
    """Every user."""
    with session(ctx).office() as office, office.store.read() as reading:
        found = [_view(user) for _, user in sorted(users(reading).items())]
    emit(ctx, found, "\n".join(map(_text, found)) or "No user yet: syncserver user add NAME --role administrator")


def _tell(ctx: typer.Context, user: UserSet) -> None:
    view = _view(user)
    emit(ctx, view, _text(view))


def _view(user: UserSet) -> UserView:
    return UserView(user=user.user, name=user.name, roles=user.roles, active=user.active)


def _text(view: UserView) -> str:
    return f"{view.user}  {view.name}  {', '.join(view.roles)}" + ("" if view.active else "  retired")
