"""`syncserver upgrade`, `syncserver migrate-store`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from syncserver.cli.app import app, emit, err, session
from syncserver.office.errors import OfficeError
from syncserver.office.folder import OfficeFolder
from syncserver.office.office import utc_now
from syncserver.store import Address, MasterStore, TableProof, move_store, shown

_COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())


@app.command("upgrade")
def upgrade(ctx: typer.Context) -> None:
    """Bring the database up to this program's version. Stop every server first, and take a backup."""
    address = session(ctx).folder.address
    before, after = MasterStore.upgrade(address)
    text = f"{shown(address)} is of version {after} already."
    if before != after:
        text = f"{shown(address)} was of version {before} and is of version {after} now.\nThen: syncserver rebuild"
    emit(ctx, {"before": before, "after": after}, text)


@app.command("migrate-store")
def migrate_store(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(metavar="FROM", help="A SQLite file, or postgresql://USER@HOST/NAME.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="A new file, or an empty database of PostgreSQL.")],
) -> None:
    """Move the office to another database, and prove that both hold the same. Stop every server first."""
    here, there = _address(source), _address(target)
    if isinstance(there, Path) and there.exists():
        raise OfficeError(f"{there} is there already.", "Name a new file.")
    with Progress(*_COLUMNS, console=err, transient=True) as bar:
        task = bar.add_task("copying and comparing", total=None)
        found = move_store(here, there, utc_now(), lambda done, of: bar.update(task, completed=done, total=of))
    emit(ctx, found, _text(found, session(ctx).folder, here, there))


def _text(found: list[TableProof], folder: OfficeFolder, here: Address, there: Address) -> str:
    lines = [f"{proof.table:<16}{proof.rows:>14,}  {proof.digest}" for proof in found]
    lines.append(f"{sum(proof.rows for proof in found):,} rows, the same in {shown(here)} and {shown(there)}.")
    lines.append(f"{shown(here)} takes nothing more. Keep it until you have a backup of the other.")
    if not _same(here, folder.address):
        return "\n".join(lines)
    if isinstance(there, Path) and not _same(there, folder.database):
        lines.append(f"To work with it, put it at {folder.database}, and delete {folder.store_url}.")
    else:
        folder.keep_address(there)
        lines.append(f"The office in {folder.path} works with {shown(there)} from now on.")
    return "\n".join(lines)


def _same(one: Address, other: Address) -> bool:
    if isinstance(one, Path) and isinstance(other, Path):
        return one.resolve() == other.resolve()
    return one == other


def _address(text: str) -> Address:
    return text if "://" in text else Path(text)
