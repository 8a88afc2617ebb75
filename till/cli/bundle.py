"""`till bundle`: sync on a stick, for a branch without a line."""

from pathlib import Path
from typing import Annotated

import typer

from till.cli.app import Group, app, emit, say, session
from till.cli.bars import bar
from till.cli.mirror import refresh_spare
from till.operations.bundle import bundle_from_stick, bundle_to_stick
from till.sync.bundle.take import Imported

group = Group(help="Sync on a stick: signed, sealed to the office; a lost one tells nothing.", no_args_is_help=True)
app.add_typer(group, name="bundle")


@group.command("export")
def export(
    ctx: typer.Context,
    target: Annotated[Path, typer.Argument(help="A folder (the stick), or a file ending in .kilotill.")],
) -> None:
    """Write what the office lacks on a stick. Safe to repeat; a stick that is lost is made again."""
    with session(ctx).desk(signed_in=False) as desk, bar(ctx, "progress.writing") as told:
        done = bundle_to_stick(desk, target, told)
    emit(ctx, done, say(ctx, "bundle.written", path=done.path, entries=done.entries))


@group.command("import")
def import_(
    ctx: typer.Context,
    place: Annotated[Path, typer.Argument(help="A folder (the stick), or a file ending in .kilotill.")],
) -> None:
    """Take what the office wrote on a stick for this till. Safe to repeat, in any order."""
    with session(ctx).desk(signed_in=False) as desk:
        with bar(ctx, "progress.reading") as told:
            taken = bundle_from_stick(desk, place, told)
        refresh_spare(ctx, desk)
    emit(ctx, taken, *(_text(ctx, found) for found in taken))


def _text(ctx: typer.Context, found: Imported) -> str:
    key = "bundle.restored" if found.restored else "bundle.stale" if found.stale else "bundle.taken"
    return say(
        ctx, key, path=found.path, received=found.received, acknowledged=found.acknowledged, waiting=found.waiting
    )
