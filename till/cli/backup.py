"""`till backup`, `till restore`, `till move`."""

from pathlib import Path
from typing import Annotated

import typer

from till.cli.app import Group, app, emit, say, session
from till.cli.bars import bar
from till.operations.backup import BackedUp, back_up, move_in, move_out, restore
from till.operations.opening import TillFolder

group = Group(help="Move this till to another machine: out there, in here.", no_args_is_help=True)
app.add_typer(group, name="move")

Target = Annotated[Path, typer.Argument(help="The file, best on another disk.")]
Passphrase = Annotated[
    str | None,
    typer.Option("--passphrase", envvar="KILOTILL_PASSPHRASE", help="Else it is asked for.", show_envvar=True),
]
Plain = Annotated[bool, typer.Option("--plain", help="Without a passphrase: the till's keys are left out.")]


@app.command("backup")
def backup(ctx: typer.Context, target: Target, passphrase: Passphrase = None, plain: Plain = False) -> None:
    """Copy the till while it works, into a file that only the passphrase opens; it is read back at once."""
    secret = None if plain else passphrase or _ask(ctx, twice=True)
    with session(ctx).desk(signed_in=False) as desk, bar(ctx, "progress.copying") as told:
        said = back_up(desk, TillFolder(session(ctx).data), target, secret, told)
    lines = [say(ctx, "backup.done", path=target, count=said.head.seq)]
    emit(ctx, said, *(lines if said.secrets else [*lines, say(ctx, "backup.no_keys")]))


@app.command("restore")
def restore_(
    ctx: typer.Context,
    source: Target,
    mirror: Annotated[Path | None, typer.Option(help="The mirror's folder: it has what came after.")] = None,
    passphrase: Passphrase = None,
    plain: Plain = False,
) -> None:
    """Put the till back from a backup, into a folder that has none. From the mirror comes what was sold since."""
    secret = None if plain else passphrase or _ask(ctx, twice=False)
    with bar(ctx, "progress.copying") as told:
        said = restore(TillFolder(session(ctx).data), source, secret, mirror, told)
    emit(ctx, said, say(ctx, "backup.restored" if mirror else "backup.restored_waits", till=said.till))


@group.command("out")
def out(ctx: typer.Context, target: Target, passphrase: Passphrase = None) -> None:
    """Close this till here for good, and write it into a file for the new machine. Safe to repeat."""
    secret = passphrase or _ask(ctx, twice=True)
    with session(ctx).desk(signed_in=False) as desk, bar(ctx, "progress.copying") as told:
        said: BackedUp = move_out(desk, TillFolder(session(ctx).data), target, secret, told)
    emit(ctx, said, say(ctx, "backup.moved_out", till=said.till, path=target))


@group.command("in")
def in_(ctx: typer.Context, source: Target, passphrase: Passphrase = None) -> None:
    """Go on with the till here. The file is deleted, so that it goes on nowhere else. Safe to repeat."""
    secret = passphrase or _ask(ctx, twice=False)
    with bar(ctx, "progress.copying") as told:
        head = move_in(TillFolder(session(ctx).data), source, secret, told)
    emit(ctx, head, say(ctx, "backup.moved_in", till=head.writer, count=head.seq))


def _ask(ctx: typer.Context, *, twice: bool) -> str:
    again = say(ctx, "ask.again") if twice else False
    return str(typer.prompt(say(ctx, "ask.passphrase"), hide_input=True, confirmation_prompt=again, err=True))
