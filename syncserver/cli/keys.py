"""`syncserver keys`: the office's private keys behind a passphrase."""

from pathlib import Path
from typing import Annotated

import typer

from syncserver.cli.app import Group, app, emit, session
from syncserver.office.errors import OfficeError
from syncserver.office.keysafe import CREDENTIAL, FILE_VARIABLE, is_locked

group = Group(help="The office's private keys, locked with a passphrase.", no_args_is_help=True)
app.add_typer(group, name="keys")


@group.command("lock")
def lock(
    ctx: typer.Context,
    passphrase_file: Annotated[
        Path | None, typer.Option("--passphrase-file", help="A file with the new one; else it is asked for.")
    ] = None,
) -> None:
    """Lock the keys with a passphrase, or change it. A running server goes on; its next start asks."""
    new = _asked() if passphrase_file is None else _read(passphrase_file)
    session(ctx).folder.lock(new)
    text = (
        "The office's keys are locked: signing, bundles, TLS, cards. Keep the passphrase in a safe: without it nobody "
        f"opens them.\nFor a start that nobody watches: LoadCredentialEncrypted={CREDENTIAL}:FILE in the unit, or "
        f"{FILE_VARIABLE}."
    )
    emit(ctx, {"locked": True}, text)


@group.command("show")
def show(ctx: typer.Context) -> None:
    """Say whether the keys are locked."""
    locked = is_locked(session(ctx).folder.path / "keys")
    said = "The office's keys are locked." if locked else "The office's keys are not locked: syncserver keys lock"
    emit(ctx, {"locked": locked}, said)


def _asked() -> str:
    question = "New passphrase for the office's keys"
    return str(typer.prompt(question, hide_input=True, confirmation_prompt="The same again", err=True))


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise OfficeError(f"The passphrase cannot be read: {path}: {error}.", "Name another file.") from error
