"""`till bundle`: sync on a stick, for a branch without a line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from common import progress as progress_of
from till.cli.app import Group, app, emit, err, say, session
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
    with session(ctx).desk(signed_in=False) as desk, _bar(ctx, "progress.writing") as told:
        done = bundle_to_stick(desk, target, told)
    emit(ctx, done, say(ctx, "bundle.written", path=done.path, entries=done.entries))


@group.command("import")
def import_(
    ctx: typer.Context,
    place: Annotated[Path, typer.Argument(help="A folder (the stick), or a file ending in .kilotill.")],
) -> None:
    """Take what the office wrote on a stick for this till. Safe to repeat, in any order."""
    with session(ctx).desk(signed_in=False) as desk, _bar(ctx, "progress.reading") as told:
        taken = bundle_from_stick(desk, place, told)
    emit(ctx, taken, *(_text(ctx, found) for found in taken))


def _text(ctx: typer.Context, found: Imported) -> str:
    key = "bundle.restored" if found.restored else "bundle.stale" if found.stale else "bundle.taken"
    return say(
        ctx, key, path=found.path, received=found.received, acknowledged=found.acknowledged, waiting=found.waiting
    )


@contextmanager
def _bar(ctx: typer.Context, key: str) -> Iterator[progress_of.Progress]:
    with Progress(console=err, transient=True) as bar:
        task = bar.add_task(say(ctx, key), total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
