"""`syncserver backup`, `syncserver restore`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from common import progress as progress_of
from syncserver.backup.backup import back_up, restore
from syncserver.cli.app import app, emit, err, session

Passphrase = Annotated[
    str | None,
    typer.Option("--passphrase", envvar="KILOTILL_PASSPHRASE", help="Else it is asked for.", show_envvar=True),
]
Plain = Annotated[bool, typer.Option("--plain", help="Without a passphrase: the office's keys are left out.")]


@app.command("backup")
def backup(
    ctx: typer.Context,
    target: Annotated[Path, typer.Argument(help="The file, best on another disk.")],
    passphrase: Passphrase = None,
    plain: Plain = False,
) -> None:
    """Copy the office while it serves, into a file that only the passphrase opens; it is read back at once."""
    secret = None if plain else passphrase or _ask(twice=True)
    with session(ctx).office() as office, _bar() as told:
        said = back_up(office, target, secret, told)
    text = f"{target} holds {said.entries} entries, and was read back."
    if not said.secrets:
        text += f" The keys are not in it: keep a copy of {session(ctx).folder.path / 'keys'} in a safe."
    if said.postgresql:
        text += (
            "\nIt is of one moment, as a SQLite file: restore it into a new folder, then migrate-store it."
            "\nFor more than some gigabytes: pg_basebackup and an archive of the WAL, and the keys (POSTGRESQL.md)."
        )
    emit(ctx, said, text)


@app.command("restore")
def restore_(
    ctx: typer.Context,
    source: Annotated[Path, typer.Argument(help="The backup.")],
    passphrase: Passphrase = None,
    plain: Plain = False,
) -> None:
    """Put the office back from a backup, into a folder that has none. The mirror or the tills have what came after."""
    secret = None if plain else passphrase or _ask(twice=False)
    with _bar() as told:
        said = restore(session(ctx).folder, source, secret, told)
    text = f"The office is back with {said.entries} entries."
    if not said.secrets:
        text += f" Put its keys into {session(ctx).folder.path / 'keys'}."
    if said.postgresql:
        text += f" For PostgreSQL again: syncserver migrate-store {session(ctx).folder.database} postgresql://..."
    text += " If its mirror is there: syncserver mirror heal --folder FOLDER. The tills send the rest as they sync."
    emit(ctx, said, text)


def _ask(*, twice: bool) -> str:
    return str(typer.prompt("Passphrase", hide_input=True, confirmation_prompt=twice, err=True))


@contextmanager
def _bar() -> Iterator[progress_of.Progress]:
    with Progress(console=err, transient=True) as bar:
        task = bar.add_task("copying", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
