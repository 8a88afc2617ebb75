"""`till keys`: the till's private keys behind a passphrase."""

from pathlib import Path
from typing import Annotated

import typer

from till.cli.app import Group, app, emit, say, session
from till.cli.mirror import refresh_spare
from till.operations.locking import forget_key, lock_till, locking_of, remember_key
from till.operations.opening import TillFolder
from till.operations.refusals import BadField

group = Group(help="The till's private keys, locked with a passphrase.", no_args_is_help=True)
app.add_typer(group, name="keys")

From = Annotated[Path | None, typer.Option("--passphrase-file", help="A file with the new one; else it is asked for.")]


@group.command("lock")
def lock(
    ctx: typer.Context,
    passphrase_file: From = None,
    remember: Annotated[bool, typer.Option("--remember", help="Let this machine's keyring open them.")] = False,
) -> None:
    """Lock the keys with a passphrase, or change it. Nobody who takes the disk can sign or write a card."""
    new = _new(ctx) if passphrase_file is None else _read(passphrase_file)
    found = lock_till(TillFolder(session(ctx).data), new, remember=remember)
    with session(ctx).desk(signed_in=False) as desk:
        refresh_spare(ctx, desk)
    told = "keys.remembered" if found.remembered else "keys.asked"
    emit(ctx, found, say(ctx, "keys.locked"), say(ctx, told))


@group.command("show")
def show(ctx: typer.Context) -> None:
    """Say whether the keys are locked, and whether this machine opens them by itself."""
    found = locking_of(TillFolder(session(ctx).data))
    state = "keys.open" if not found.locked else "keys.remembered" if found.remembered else "keys.asked"
    emit(ctx, found, *([say(ctx, "keys.are_locked")] if found.locked else []), say(ctx, state))


@group.command("remember")
def remember(ctx: typer.Context) -> None:
    """Let this machine's keyring open the keys while its user is signed in."""
    ring = remember_key(TillFolder(session(ctx).data))
    emit(ctx, {"keyring": ring}, say(ctx, "keys.remembered"))


@group.command("forget")
def forget(ctx: typer.Context) -> None:
    """Let the keyring forget: from now on the passphrase is asked for."""
    emit(ctx, {"known": forget_key(TillFolder(session(ctx).data))}, say(ctx, "keys.asked"))


def _new(ctx: typer.Context) -> str:
    question, again = say(ctx, "ask.new_passphrase"), say(ctx, "ask.again")
    return str(typer.prompt(question, hide_input=True, confirmation_prompt=again, err=True))


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8").rstrip("\r\n")
    except OSError as error:
        raise BadField("passphrase", "not_read", str(path), error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise BadField("passphrase", "not_text", str(path)) from error
